"""Reach: the external key managers that a tenant has, its own and those that all tenants have.

One of its own stands before another of the same name: the tenant's admin named it, and the other came later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import ALL_TENANTS

if TYPE_CHECKING:
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.tokens.key_managers import KeyManagers


@dataclass(frozen=True, slots=True)
class Reach:
    """Looks key managers up for a tenant."""

    key_managers: KeyManagers

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        """Every one of them, by name."""
        own = self.key_managers.all(tenant)
        taken = {one.name.lower() for one in own}
        everybodys = [one for one in self.key_managers.all(ALL_TENANTS) if one.name.lower() not in taken]
        return sorted([*own, *everybodys], key=lambda one: one.name.lower())

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager | None:
        """The one with this id, or None."""
        own = self.key_managers.get(tenant, key_manager_id)
        return own or self.key_managers.get(ALL_TENANTS, key_manager_id)

    def named(self, tenant: str, name: str) -> ExternalKeyManager | None:
        """The one of this name, without regard to case, or of this id; or None."""
        own = self.key_managers.named(tenant, name)
        return own or self.key_managers.named(ALL_TENANTS, name) or self.get(tenant, name)
