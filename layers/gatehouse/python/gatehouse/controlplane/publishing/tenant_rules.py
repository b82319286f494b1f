"""Tenant rules: what a tenant's configuration says about the lives of its APIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.abroad import SWITCH
from gatehouse.domain.publishing.lifecycle import MACHINE, Machine, machine_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.tenant_configuration import TenantConfigurations

LIFE_CYCLE, STATES = "LifeCycle", "States"
CUSTOM_PROPERTIES = "CustomProperties"
REVISIONS = "ApiMaxRevisionCount"
NEW_VERSION = "new_api_version"
DEFAULT_TITLE = "Version $2 of $1 is out"
DEFAULT_TEXT = "You are subscribed to the API $1. Version $2 of it has just been published.\n"
REVISIONS_MAX = 20
"""How many revisions an API may have at a time where its tenant says nothing."""


@dataclass(frozen=True, slots=True)
class CustomProperty:
    """A property that a tenant's APIs have of their own; a `required` one must be filled in before they are published."""

    name: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class TenantRules:
    """Asked with each request, so the configurations should be remembered ones (`RememberedConfigurations`)."""

    configurations: TenantConfigurations

    def machine(self, tenant: str) -> Machine:
        """The life cycle of the tenant's APIs and API products."""
        section = self.configurations.get(tenant).get(LIFE_CYCLE)
        states = section.get(STATES) if isinstance(section, dict) else None
        return machine_of(states) if states else MACHINE

    def custom_properties(self, tenant: str) -> list[CustomProperty]:
        """The properties of the tenant's own."""
        found = self.configurations.get(tenant).get(CUSTOM_PROPERTIES)
        return [_property(one) for one in found] if isinstance(found, list) else []

    def version_notice(self, tenant: str) -> tuple[str, str] | None:
        """Subject and text of letters about new versions, with `$1` for the name and `$2` for the version; None for none."""
        document = self.configurations.get(tenant)
        if str(document.get("NotificationsEnabled")).lower() != "true":
            return None
        told = document.get("Notifications") or ()
        wanted: Mapping[str, Any] = next((one for one in told if str(one.get("Type")).lower() == NEW_VERSION), {})
        return str(wanted.get("Title") or DEFAULT_TITLE), str(wanted.get("Template") or DEFAULT_TEXT)

    def sells_abroad(self, tenant: str) -> bool:
        """Whether applications of other tenants may subscribe to the APIs that are offered to them."""
        return self.configurations.get(tenant).get(SWITCH) is True

    def revisions_max(self, tenant: str) -> int:
        """How many revisions an API may have at a time."""
        return int(self.configurations.get(tenant).get(REVISIONS) or REVISIONS_MAX)


def _property(entry: Mapping[str, Any]) -> CustomProperty:
    return CustomProperty(str(entry["Name"]), str(entry.get("Description") or ""), entry.get("Required") is True)
