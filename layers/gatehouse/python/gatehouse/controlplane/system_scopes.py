"""System scopes: which roles have which rights to the management interfaces, as a tenant has set it.

What a tenant has not set is as `domain/tokens/scopes` has it. The administrator has every scope, whatever is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import only_admins
from gatehouse.domain.artifact import Artifact, system_scopes_key
from gatehouse.domain.errors import FieldError, Invalid, NotFound
from gatehouse.domain.tokens.scopes import ROLES_OF_SCOPE, ScopeBindings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.artifacts import Artifacts, Publication
    from gatehouse.ports.people.identity import UserLookup

ALIASES_MAX = 200
ROLES_MAX = 100


class ScopeNotGranted(NotFound):
    """There is no such scope, or no such user, or the user does not have it."""

    code = 901500
    default_description = "The user does not have this scope."


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemScopes:
    """Keeps the bindings. Changing them raises Forbidden unless the caller administers the tenant."""

    artifacts: Artifacts
    publication: Publication
    users: UserLookup

    def of(self, tenant: str) -> ScopeBindings:
        """The tenant's bindings."""
        return bindings_of(self.artifacts, tenant)

    def bind(self, caller: Principal, roles: Mapping[str, Sequence[str]]) -> ScopeBindings:
        """Bind these scopes to exactly these roles; the others stay. Raises Invalid that names what is wrong."""
        only_admins(caller)
        wrong = [
            FieldError(f"list.{scope}", "there is no such scope") for scope in roles if scope not in ROLES_OF_SCOPE
        ]
        wrong += [
            FieldError(f"list.{scope}", "has too many roles") for scope, own in roles.items() if len(own) > ROLES_MAX
        ]
        if wrong:
            raise Invalid("; ".join(f"{one.path}: {one.problem}" for one in wrong), fields=tuple(wrong))
        known = self.of(caller.tenant)
        return self._keep(caller.tenant, known.rebound({scope: frozenset(own) for scope, own in roles.items()}))

    def alias(self, caller: Principal, aliases: Mapping[str, Sequence[str]]) -> ScopeBindings:
        """Let these roles be called otherwise too; those that were before are forgotten. Raises Invalid."""
        only_admins(caller)
        if sum(map(len, aliases.values())) > ALIASES_MAX:
            raise Invalid.field("list", f"there may be at most {ALIASES_MAX} aliases")
        named = {role: frozenset(others) for role, others in aliases.items()}
        return self._keep(caller.tenant, self.of(caller.tenant).renamed(named))

    def granted(self, tenant: str, username: str, scope: str) -> str:
        """The scope, if this user's roles are bound to it. Raises ScopeNotGranted."""
        user = self.users.get(tenant, username)
        if user is None or scope not in self.of(tenant).scopes_of(user.roles):
            raise ScopeNotGranted
        return scope

    def _keep(self, tenant: str, bindings: ScopeBindings) -> ScopeBindings:
        self.publication.publish([Artifact(system_scopes_key(tenant), bindings.to_body())])
        return bindings


def bindings_of(artifacts: Artifacts, tenant: str) -> ScopeBindings:
    """The bindings of a tenant, as they are kept for who logs people in."""
    (body,) = artifacts.get([system_scopes_key(tenant)])
    return ScopeBindings.from_body(body)
