"""Approvals: asking for one, and giving up what was asked for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gatehouse.controlplane.workflows.rules import ApprovalRules
    from gatehouse.domain.applications.application import Subscription
    from gatehouse.domain.publishing.workflow import WorkflowKind
    from gatehouse.ports.publishing.workflows import Along, Workflows
    from gatehouse.ports.world import Clock

DROPPED_AT_ONCE = 50
"""How many are given up in one transaction, when their subjects are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What shall be approved, as `Workflow` has it."""

    kind: WorkflowKind
    tenant: str
    by: str
    subject: str
    description: str
    api_id: str = ""
    properties: Mapping[str, str]
    details: Mapping[str, Any]
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Where requests go that must wait. `rules` says which do."""

    rules: ApprovalRules
    workflows: Workflows
    clock: Clock

    def needed(self, tenant: str, kind: WorkflowKind) -> bool:
        """Whether requests of this kind wait for an approval."""
        return self.rules.needed(tenant, kind)

    def ask(self, question: Question) -> tuple[str, Along]:
        """The reference of a new workflow, and what opens it when the subject that waits for it is written."""
        now = int(self.clock.now() * 1000)
        workflow = Workflow(
            tenant=question.tenant,
            id=str(uuid.uuid4()),
            kind=question.kind,
            subject=question.subject,
            by=question.by,
            home=question.home,
            description=question.description,
            api_id=question.api_id,
            properties=question.properties,
            details=question.details,
            created_at=now,
            updated_at=now,
        )
        return workflow.id, self.workflows.opening(workflow)

    def given_up(self, tenant: str, reference: str) -> list[Along]:
        """What forgets a workflow with its subject; nothing for the reference ""."""
        return [self.workflows.dropping(tenant, reference)] if reference else []

    def drop_of(self, subscriptions: Sequence[Subscription]) -> None:
        """Forget what subscriptions that are gone waited for: the tenants of their APIs were asked. May be repeated."""
        for tenant in sorted({one.api_tenant for one in subscriptions}):
            self.drop(tenant, [one.workflow for one in subscriptions if one.api_tenant == tenant])

    def drop(self, tenant: str, references: Iterable[str]) -> None:
        """Forget workflows whose subjects are gone. "" is passed over; may be repeated."""
        waiting = sorted(set(references) - {""})
        for start in range(0, len(waiting), DROPPED_AT_ONCE):
            part = waiting[start : start + DROPPED_AT_ONCE]
            self.workflows.write(*(self.workflows.dropping(tenant, reference) for reference in part))
