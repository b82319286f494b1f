"""Shared scopes: made, bound to roles, and told to the token endpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access
from gatehouse.domain.artifact import Artifact, Withdrawal, scope_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.record import Kind, Record, new_id
from gatehouse.domain.tokens.scopes import ROLES_OF_SCOPE
from gatehouse.domain.tokens.shared_scope import ScopeUnknown, SharedScopeInUse, SharedScopeNotFound, SharedScopeTaken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

BINDINGS = "bindings"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedScopes:
    """The shared scopes of a tenant."""

    records: Records
    apis: ApiLookup
    clock: Clock

    def all(self, principal: Principal) -> list[Record]:
        """Every one, by name."""
        found = self.records.all(principal.tenant, Kind.SHARED_SCOPE)
        return sorted(found, key=lambda scope: scope.name)

    def get(self, principal: Principal, scope_id: str) -> Record:
        """One. Raises SharedScopeNotFound."""
        found = self.records.get(principal.tenant, Kind.SHARED_SCOPE, scope_id)
        if found is None:
            raise SharedScopeNotFound.by_id(scope_id)
        return found

    def require_known(self, principal: Principal, name: str) -> None:
        """Raises ScopeUnknown for a name that no scope has, neither a shared one nor an API's own."""
        if name not in ROLES_OF_SCOPE and not self.records.scope_exists(principal.tenant, name):
            raise ScopeUnknown(f"There is no scope '{name}'")

    def add(self, principal: Principal, name: str, body: Mapping[str, Any]) -> Record:
        """A new one. Raises SharedScopeTaken, Invalid for the name of one of the management interfaces'."""
        if name in ROLES_OF_SCOPE:
            raise Invalid.field("name", f"'{name}' is a scope of the management interfaces")
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        scope = Record(
            tenant=principal.tenant,
            kind=Kind.SHARED_SCOPE,
            id=new_id(),
            name=name,
            body=dict(body),
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return self.records.add(scope, taken=_taken(name), changes=[_granted(scope)])

    def update(self, principal: Principal, scope_id: str, name: str, body: Mapping[str, Any]) -> Record:
        """Replace all but its name. Raises SharedScopeNotFound, Invalid, Changed."""
        before = self.get(principal, scope_id)
        if name != before.name:
            raise Invalid.field("name", f"is '{before.name}' and cannot be changed: APIs and tokens refer to it")
        user = display_username(principal.tenant, principal.user)
        scope = replace(before, body=dict(body), updated_at=int(self.clock.now() * 1000), updated_by=user)
        return self.records.replace(before, scope, taken=_taken(name), changes=[_granted(scope)])

    def remove(self, principal: Principal, scope_id: str) -> None:
        """Forget one that no API asks for. Raises SharedScopeNotFound, SharedScopeInUse, Changed."""
        scope = self.get(principal, scope_id)
        if self.count(scope):
            raise SharedScopeInUse(f"APIs use the shared scope '{scope.name}'; detach it there first")
        self.records.remove([scope], [Withdrawal(scope_key(scope.tenant, scope.name))])

    def count(self, scope: Record) -> int:
        """How many APIs refer to it, whoever may see them."""
        return sum(_refers(summary, scope) for summary in self.apis.summaries(scope.tenant))

    def counts(self, principal: Principal) -> dict[str, int]:
        """How many APIs refer to each, by name."""
        found: dict[str, int] = {}
        for summary in self.apis.summaries(principal.tenant):
            for name in summary.info.get("sharedScopes") or ():
                found[name] = found.get(name, 0) + 1
        return found

    def users(self, principal: Principal, scope: Record) -> list[Api]:
        """The APIs that refer to it, as far as the caller may see them, by name and version."""
        seen = [
            summary.id
            for summary in self.apis.summaries(scope.tenant)
            if _refers(summary, scope) and access.may_work_on(principal, summary)
        ]
        found = self.apis.some(scope.tenant, seen)
        return [found[api_id] for api_id in seen if api_id in found]


def _refers(summary: ApiSummary, scope: Record) -> bool:
    return scope.name in (summary.info.get("sharedScopes") or ())


def _granted(scope: Record) -> Artifact:
    return Artifact(scope_key(scope.tenant, scope.name), {"roles": list(scope.body.get(BINDINGS) or ())})


def _taken(name: str) -> SharedScopeTaken:
    return SharedScopeTaken(f"name: there is a scope '{name}' already")
