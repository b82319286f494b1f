"""A tenant's configuration: one document of switches and texts, as its admin keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class TenantConfigurations(Protocol):
    """Keeping configurations."""

    def get(self, tenant: str) -> Mapping[str, Any]:
        """What the tenant has set; empty when it has set nothing."""
        ...

    def save(self, tenant: str, document: Mapping[str, Any]) -> None:
        """Replace the whole of it."""
        ...
