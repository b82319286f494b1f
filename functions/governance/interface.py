"""The governance interface, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.governance.routes import routes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.governance.compliance import Compliance
    from gatehouse.controlplane.governance.policies import GovernancePolicies
    from gatehouse.controlplane.governance.rulesets import Rulesets


def interface(rulesets: Rulesets, policies: GovernancePolicies, compliance: Compliance) -> Interface:
    """`/api/am/governance/v1`."""
    return Interface(
        name="governance",
        title="Gatehouse Governance",
        base="/api/am/governance",
        version="v1",
        operations=routes(rulesets, policies, compliance),
    )
