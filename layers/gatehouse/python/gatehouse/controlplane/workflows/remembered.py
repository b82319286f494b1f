"""Remembered configurations: a tenant's configuration, read anew only when it is a few seconds old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.world import Clock

TENANTS_MAX = 1_000
"""How many are remembered at a time; the oldest goes first."""


class RememberedConfigurations:
    """Implements `ports.tenant_configuration.TenantConfigurations` in front of another."""

    def __init__(self, configurations: TenantConfigurations, clock: Clock, *, seconds: float) -> None:
        """What somebody else saves is seen after this many seconds."""
        self._configurations = configurations
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def get(self, tenant: str) -> Mapping[str, Any]:
        """What the tenant has set, or had a moment ago."""
        now = self._clock.now()
        until, known = self._known.get(tenant, (0.0, {}))
        if until > now:
            return known
        found = self._configurations.get(tenant)
        self._known.pop(tenant, None)
        while len(self._known) >= TENANTS_MAX:
            del self._known[next(iter(self._known))]
        self._known[tenant] = now + self._seconds, found
        return found

    def save(self, tenant: str, document: Mapping[str, Any]) -> None:
        """Replace the whole of it."""
        self._configurations.save(tenant, document)
        self._known.pop(tenant, None)
