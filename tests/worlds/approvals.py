"""Approvals for worlds in memory: nothing waits until a test says so (`waits`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.controlplane.workflows.approvals import Approvals
from gatehouse.controlplane.workflows.rules import APPROVAL, ELEMENTS, EXECUTOR, SECTION, ApprovalRules
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.workflows import InMemoryWorkflows

if TYPE_CHECKING:
    from gatehouse.domain.publishing.workflow import WorkflowKind
    from gatehouse.ports.publishing.workflows import Workflows
    from gatehouse.ports.world import Clock
    from tests.fakes.denials import InMemoryTenantConfigurations


def approvals_of(
    configurations: InMemoryTenantConfigurations, clock: Clock, workflows: Workflows | None = None
) -> Approvals:
    return Approvals(rules=ApprovalRules(configurations), workflows=workflows or InMemoryWorkflows(), clock=clock)


def some_seal() -> SecretSeal:
    return SecretSeal(SecretDocument(InMemorySecrets(stores='{"key": "k"}'), "stores"))


def waits(
    configurations: InMemoryTenantConfigurations, *kinds: WorkflowKind, states: str = "", tenant: str = SUPER_TENANT
) -> None:
    """From now on requests of these kinds, and of no others, wait for an approval."""
    element = {EXECUTOR: APPROVAL, **({"stateList": states} if states else {})}
    known = configurations.get(tenant)
    configurations.save(tenant, {**known, SECTION: {ELEMENTS[kind]: element for kind in kinds}})
