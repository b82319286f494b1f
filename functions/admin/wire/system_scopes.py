"""What bindings of scopes look like in the admin interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.tokens.scopes import ScopeBindings

Name = Annotated[str, Field(min_length=1, max_length=255)]


class ScopeBody(Wire):
    """A scope with its roles. `tag` and `description` may be sent back."""

    name: Name
    roles: list[Name]
    tag: str | None = None
    description: str | None = None


class ScopeListBody(Wire):
    """Scopes to be bound anew; those that are not mentioned stay."""

    list: Annotated[Sequence[ScopeBody], Field(max_length=500)]
    count: int | None = None


class AliasBody(Wire):
    """What a role is called too."""

    role: Name
    aliases: list[Name]


class AliasListBody(Wire):
    """All aliases there are."""

    list: Annotated[Sequence[AliasBody], Field(max_length=100)]
    count: int | None = None


def scopes_shown(bindings: ScopeBindings) -> dict[str, Any]:
    """The list of scopes, by name."""
    found = sorted(bindings.roles.items())
    shown = [{"name": scope, "tag": _tag(scope), "roles": sorted(roles)} for scope, roles in found]
    return {"count": len(shown), "list": shown}


def aliases_shown(bindings: ScopeBindings) -> dict[str, Any]:
    """The list of aliases, by role."""
    shown = [{"role": role, "aliases": sorted(others)} for role, others in sorted(bindings.aliases.items())]
    return {"count": len(shown), "list": shown}


def _tag(scope: str) -> str:
    return "service_catalog" if scope.startswith("service_catalog:") else "apim"
