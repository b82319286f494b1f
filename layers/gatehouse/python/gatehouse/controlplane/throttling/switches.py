"""Switches of the tenant's configuration say which kinds of conditions its advanced policies may have.

Those that look into a request are off until an admin turns them on, as in WSO2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.throttling.condition import ConditionKind

if TYPE_CHECKING:
    from gatehouse.ports.tenant_configuration import TenantConfigurations

SWITCHES = {
    ConditionKind.HEADER: "EnableHeaderBasedThrottling",
    ConditionKind.QUERY: "EnableQueryParamBasedThrottling",
    ConditionKind.CLAIM: "EnableJWTClaimBasedThrottling",
}
"""The property of the tenant's configuration that allows a kind of condition; addresses need none."""


@dataclass(frozen=True, slots=True)
class Switches:
    """Asked when a policy is saved: turning a switch off later leaves the policies that are there."""

    configurations: TenantConfigurations

    def refusal(self, tenant: str, kind: ConditionKind) -> str:
        """Why the tenant's policies may not have conditions of this kind; "" when they may."""
        switch = SWITCHES.get(kind)
        if switch is None or self.configurations.get(tenant).get(switch) is True:
            return ""
        return f"conditions on a {kind} are off; set {switch} to true in /tenant-config to allow them"
