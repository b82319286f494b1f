"""The attributes that a tenant wants of applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.applications.application_attributes import attributes_of, hidden_of, settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.applications.application_attributes import ApplicationAttribute
    from gatehouse.ports.tenant_configuration import TenantConfigurations


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Asks the tenant's configuration."""

    configurations: TenantConfigurations

    def known(self, tenant: str) -> tuple[ApplicationAttribute, ...]:
        """Those that developers are asked for, and those that they never see."""
        return attributes_of(self.configurations.get(tenant))

    def hidden(self, tenant: str) -> frozenset[str]:
        """The names of those that developers never see."""
        return hidden_of(self.known(tenant))

    def settled(self, tenant: str, given: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
        """As `application_attributes.settled`. Raises AttributesMissing."""
        return settled(self.known(tenant), given, before)
