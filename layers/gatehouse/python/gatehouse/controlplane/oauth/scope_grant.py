"""Scope grant: which of the scopes asked for a token gets, by the roles of the user behind it.

Nothing is refused here: what the roles do not allow is left out, as WSO2 does, and its clients rely on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import abroad_partition, client_key, scope_key, system_scopes_key
from gatehouse.domain.tokens.oauth import InvalidScope
from gatehouse.domain.tokens.scopes import ROLES_OF_SCOPE, ScopeBindings, is_free
from gatehouse.domain.tokens.token import DEFAULT_SCOPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.ports.artifacts import Artifacts

SCOPES_MAX = 300
_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeGrant:
    """Grants scopes: management scopes by the tenant's map (`tokens/scopes`), API scopes by what the publisher bound them to.

    A scope that the tenant does not have may be one of another, whose API the client's application is subscribed to. Roles
    are always those that the user has at home.
    """

    artifacts: Artifacts

    def __call__(
        self, tenant: str, roles: frozenset[str], wanted: Sequence[str], client_id: str = ""
    ) -> tuple[str, ...]:
        """The scopes to grant to a client ("" is none), in the order asked for; `default` when there are none."""
        of_apis = [s for s in wanted if s not in ROLES_OF_SCOPE and s != DEFAULT_SCOPE and not is_free(s)]
        bound = self._bound(tenant, of_apis)
        bound |= self._bound_abroad(tenant, client_id, [scope for scope in of_apis if scope not in bound])
        managing = self._managing(tenant, roles) if any(scope in ROLES_OF_SCOPE for scope in wanted) else frozenset()

        def allowed(scope: str) -> bool:
            if scope in ROLES_OF_SCOPE:
                return scope in managing
            return is_free(scope) or (scope in bound and (not bound[scope] or not bound[scope].isdisjoint(roles)))

        return tuple(scope for scope in wanted if allowed(scope)) or (DEFAULT_SCOPE,)

    def _managing(self, tenant: str, roles: frozenset[str]) -> frozenset[str]:
        """The management scopes of these roles, as the tenant has bound them."""
        (body,) = self.artifacts.get([system_scopes_key(tenant)])
        return ScopeBindings.from_body(body).scopes_of(roles)

    def _bound(self, tenant: str, scopes: Sequence[str]) -> dict[str, frozenset[str]]:
        """The roles each API scope is bound to, none for one that is free; unknown ones are missing."""
        if not scopes:
            return {}
        bodies = self.artifacts.get([scope_key(tenant, scope) for scope in scopes])
        return {scope: _roles(body) for scope, body in zip(scopes, bodies, strict=True) if body is not None}

    def _bound_abroad(self, tenant: str, client_id: str, scopes: Sequence[str]) -> dict[str, frozenset[str]]:
        """As `_bound`, of the tenants whose APIs the client's application is subscribed to; the first that has one counts."""
        (grant,) = self.artifacts.get([client_key(tenant, client_id)]) if scopes and client_id else [None]
        if grant is None:
            return {}
        there = self.artifacts.partition(abroad_partition(tenant, str(grant["application_id"])))
        bound: dict[str, frozenset[str]] = {}
        for other in sorted({str(body["tenant"]) for body in there.values()}):
            bound = self._bound(other, scopes) | bound
        return bound


def parse_scopes(text: str) -> tuple[str, ...]:
    """The scopes of a `scope` parameter, each once, in order. Raises InvalidScope."""
    scopes = tuple(dict.fromkeys(text.split()))
    if len(scopes) > SCOPES_MAX:
        raise InvalidScope(f"More than {SCOPES_MAX} scopes were requested.")
    if not all(_SCOPE_TOKEN.fullmatch(scope) for scope in scopes):
        raise InvalidScope("A scope contains a character that is not allowed.")
    return scopes


def _roles(body: dict[str, object]) -> frozenset[str]:
    roles = body.get("roles")
    return frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
