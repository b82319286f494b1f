"""Voiding: an administrator ends all tokens that were issued so far to a client, to a user, in a tenant or anywhere.

One record per subject does it, however many tokens there are: every token that is not younger is void. Sessions of the
sign-in page and refresh tokens go the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import only_admins, only_operators
from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key, tenant_revocation_key
from gatehouse.domain.people.identity import UserNotFound
from gatehouse.domain.tokens.oauth import ClientNotFound

if TYPE_CHECKING:
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.people.identity import Tenants, UserLookup
    from gatehouse.ports.tokens.oauth import Clients
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiding:
    """Every method raises Forbidden unless the caller administers the tenant, and answers with the second it is about.

    Tokens that are issued in that very second are void too. It holds everywhere within `max_staleness`.
    """

    clients: Clients
    users: UserLookup
    tenants: Tenants
    publication: Publication
    clock: Clock

    def client(self, caller: Principal, client_id: str) -> int:
        """All tokens of a client of the caller's tenant, in whatever tenant its users are. Raises ClientNotFound."""
        only_admins(caller)
        found = self.clients.get(caller.tenant, client_id)
        if found is None:
            raise ClientNotFound
        tenants = [tenant.domain for tenant in self.tenants.all()] if found.saas else [caller.tenant]
        return self._void(*(revocation_key(tenant, RevocationKind.CLIENT, client_id) for tenant in tenants))

    def user(self, caller: Principal, username: str) -> int:
        """All tokens of a user of the caller's tenant. Raises UserNotFound."""
        only_admins(caller)
        found = self.users.get(caller.tenant, username.removesuffix(f"@{caller.tenant}"))
        if found is None:
            raise UserNotFound
        return self._void(revocation_key(caller.tenant, RevocationKind.USER, found.name))

    def tenant(self, caller: Principal) -> int:
        """All tokens issued in the caller's tenant, the caller's own among them."""
        only_admins(caller)
        return self._void(tenant_revocation_key(caller.tenant))

    def everybody(self, caller: Principal) -> int:
        """All tokens of all tenants. Raises Forbidden unless the caller administers the super tenant."""
        only_operators(caller)
        return self._void(*(tenant_revocation_key(tenant.domain) for tenant in self.tenants.all()))

    def _void(self, *keys: ArtifactKey) -> int:
        before = int(self.clock.now())
        # Kept for ever: a token may have been issued with any lifetime.
        for key in keys:
            self.publication.publish([Artifact(key, {"before": before})])
        return before
