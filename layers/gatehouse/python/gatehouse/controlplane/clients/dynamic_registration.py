"""Dynamic registration: a user registers a client for themselves (WSO2's DCR v0.17, which apictl and pipelines begin with).

Repeating it answers the client as it stands, secret included; the grants and the callback of the first time stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.clients.registration import known_grant_types
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.people.identity import SUPER_TENANT, split_username

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.controlplane.clients.registration import Registration
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.people.identity import UserLookup

NAME_MAX = 400
CALLBACK_MAX = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicRegistration:
    """Registers clients on behalf of their owners."""

    users: UserLookup
    registration: Registration

    def __call__(
        self,
        caller: Principal,
        *,
        owner: str,
        name: str,
        grant_types: Collection[str],
        callback_url: str,
        saas: bool,
    ) -> Client:
        """The client of this name that belongs to `owner`, a user name as it stands on the wire.

        Raises Invalid that names the field of the interface (`owner`, `clientName`, `grantType`, `callbackUrl`), or
        Forbidden when the owner is nobody we know.
        """
        tenant, user = self.owner(caller, owner)
        if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
            raise Invalid.field("clientName", f"must be 1 to {NAME_MAX} printable characters")
        if len(callback_url) > CALLBACK_MAX:
            raise Invalid.field("callbackUrl", f"must not be longer than {CALLBACK_MAX} characters")
        if not grant_types:
            raise Invalid.field("grantType", "must name at least one grant type")
        return self.registration.register_once(
            tenant=tenant,
            owner=user,
            name=name,
            grant_types=known_grant_types(grant_types, field="grantType"),
            callback_url=callback_url,
            saas=saas,
        )

    def owner(self, caller: Principal, owner: str) -> tuple[str, str]:
        """The tenant and name of an owner, a user name as it stands on the wire. Raises Invalid (`owner`), Forbidden."""
        if not owner.strip():
            raise Invalid.field("owner", "must not be blank")
        tenant, name = split_username(owner)
        if (tenant, name.lower()) == (caller.tenant, caller.user.lower()):
            return tenant, caller.user
        if not (caller.is_admin and caller.tenant == SUPER_TENANT):
            raise Invalid.field(
                "owner", "must be the calling user; only a super tenant's administrator may name another"
            )
        found = self.users.get(tenant, name)
        if found is None:
            raise Forbidden("The owner of the client is not a known user.", tenant=tenant)
        return tenant, found.name
