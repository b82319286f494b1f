"""Deciding: a workflow is approved or rejected, once, and what follows from that is written in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from gatehouse.domain.publishing.workflow import (
    Workflow,
    WorkflowDecided,
    WorkflowKind,
    WorkflowNotFound,
    WorkflowStatus,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.publishing.workflows import Along, Desk, Workflows
    from gatehouse.ports.world import Clock


class Effect(Protocol):
    """What a decision about one kind does to its subject.

    `along` keeps the decision, in the first transaction that changes the subject. Raises WorkflowDecided when the subject
    does not wait for this workflow any more, and Changed when it moved in this very moment.
    """

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Make the subject what was asked for."""
        ...

    def reject(self, workflow: Workflow, along: Along) -> None:
        """Leave it, or make it, what it was before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDesk:
    """Implements `ports.publishing.workflows.Desk` where the subjects are at hand."""

    workflows: Workflows
    effects: Mapping[WorkflowKind, Effect]
    clock: Clock

    def decide(self, workflow: Workflow, answer: Mapping[str, Any], *, approved: bool, by: str) -> Workflow:
        """Carry the decision out and keep it."""
        decided = replace(
            workflow,
            status=WorkflowStatus.APPROVED if approved else WorkflowStatus.REJECTED,
            answer=answer,
            decided_by=by,
            updated_at=int(self.clock.now() * 1000),
        )
        effect, along = self.effects[workflow.kind], self.workflows.deciding(decided)
        if approved:
            effect.approve(workflow, along)
        else:
            effect.reject(workflow, along)
        return decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What waits in a tenant, and deciding about it. `desks` carry out decisions about the kinds that they have."""

    workflows: Workflows
    desks: Mapping[WorkflowKind, Desk]

    def pending(self, tenant: str, kinds: Collection[WorkflowKind]) -> list[Workflow]:
        """Those of these kinds that wait, oldest first."""
        return [workflow for workflow in self.workflows.pending(tenant) if workflow.kind in kinds]

    def get(self, tenant: str, reference: str) -> Workflow:
        """One that waits. Raises WorkflowNotFound."""
        found = self.any(tenant, reference)
        if found.status is not WorkflowStatus.CREATED:
            raise WorkflowNotFound.by_id(reference)
        return found

    def any(self, tenant: str, reference: str) -> Workflow:
        """One that waits, or was decided. Raises WorkflowNotFound."""
        found = self.workflows.get(tenant, reference)
        if found is None:
            raise WorkflowNotFound.by_id(reference)
        return found

    def decide(self, principal: Principal, reference: str, answer: Mapping[str, Any], *, approved: bool) -> Workflow:
        """The workflow, decided. Raises WorkflowNotFound, WorkflowDecided, and what carrying it out raises."""
        found = self.any(principal.tenant, reference)
        if found.status is not WorkflowStatus.CREATED:
            raise WorkflowDecided.as_it_is(found)
        return self.desks[found.kind].decide(found, answer, approved=approved, by=principal.user)
