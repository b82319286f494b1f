"""A shared scope is a scope of the tenant, which several APIs may ask for; an API's own scope is its alone."""

from __future__ import annotations

from gatehouse.domain.errors import Conflict, NotFound


class SharedScopeTaken(Conflict):
    """The tenant, or one of its APIs, has a scope of this name."""

    code = 900984
    message = "The scope is registered already"


class SharedScopeNotFound(NotFound):
    """The tenant has no such shared scope."""

    code = 900981
    message = "Shared scope not found"

    @classmethod
    def by_id(cls, scope_id: str) -> SharedScopeNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Shared Scope with Id '{scope_id}' not found")


class SharedScopeInUse(Conflict):
    """APIs ask for it."""

    code = 900985
    message = "The shared scope is in use"


class ScopeUnknown(NotFound):
    """Neither the tenant nor one of its APIs has a scope of this name."""

    code = 901501
    message = "Scope not found"
