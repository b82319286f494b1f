"""A scope is a right to a group of operations; roles are bound to scopes, and a token gets those its user's roles allow."""

from __future__ import annotations

ROLES_OF_SCOPE: dict[str, frozenset[str]] = {}


def scopes_of(roles: frozenset[str]) -> frozenset[str]:
    """Every scope that these roles are bound to."""
    return frozenset(scope for scope, allowed in ROLES_OF_SCOPE.items() if not allowed.isdisjoint(roles))
