"""Deny policies, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.throttling.denial import Denial


class Denials(Protocol):
    """Keeping deny policies. Environments hear of each write before it returns; they know only those that are on."""

    def all(self, tenant: str) -> list[Denial]:
        """Every one of the tenant, by id."""
        ...

    def get(self, tenant: str, denial_id: str) -> Denial | None:
        """The one with this id, or None."""
        ...

    def add(self, tenant: str, denial: Denial) -> None:
        """Keep a new one. Raises DenialExists: the tenant has one of the same kind and value."""
        ...

    def save(self, tenant: str, denial: Denial) -> None:
        """Keep it on or off; kind and value stay. Raises DenialNotFound."""
        ...

    def remove(self, tenant: str, denial: Denial) -> None:
        """Forget it. Removing what is not there changes nothing."""
        ...
