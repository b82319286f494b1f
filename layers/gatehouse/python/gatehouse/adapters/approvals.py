"""What every function builds alike that lets requests wait for approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.controlplane.workflows.approvals import Approvals
from gatehouse.controlplane.workflows.remembered import RememberedConfigurations
from gatehouse.controlplane.workflows.rules import ApprovalRules

if TYPE_CHECKING:
    from gatehouse.ports.world import Clock


def approvals(*, settings_table: str, workflows_table: str, clock: Clock, remembered_seconds: float) -> Approvals:
    """By the tenants' configurations in one table, with what waits in the other."""
    configurations = TenantConfigurationTable(settings_table)
    return Approvals(
        rules=ApprovalRules(RememberedConfigurations(configurations, clock, seconds=remembered_seconds)),
        workflows=WorkflowTable(workflows_table),
        clock=clock,
    )
