"""An office decides about some kinds of workflows: the administrator's about all, the providers' about subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gatehouse.controlplane.publishing import access
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.publishing.workflow import (
    PROVIDER_KINDS,
    NotForPublishers,
    Workflow,
    WorkflowKind,
    WorkflowNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.controlplane.workflows.deciding import Decisions
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup


class Office(Protocol):
    """What the interfaces of administrators and providers both serve."""

    def pending(self, principal: Principal, kinds: Collection[WorkflowKind]) -> list[Workflow]:
        """Those of these kinds that wait and that the caller may see, oldest first."""
        ...

    def get(self, principal: Principal, reference: str) -> Workflow:
        """One that waits. Raises WorkflowNotFound."""
        ...

    def decide(self, principal: Principal, reference: str, answer: Mapping[str, Any], *, approved: bool) -> Workflow:
        """The workflow, decided. Raises WorkflowNotFound, WorkflowDecided, and what carrying it out raises."""
        ...


@dataclass(frozen=True, slots=True)
class AdminOffice:
    """Implements `Office` for administrators: all that waits in the tenant."""

    decisions: Decisions

    def pending(self, principal: Principal, kinds: Collection[WorkflowKind]) -> list[Workflow]:
        """Those of these kinds that wait, oldest first."""
        return self.decisions.pending(principal.tenant, kinds)

    def get(self, principal: Principal, reference: str) -> Workflow:
        """One that waits."""
        return self.decisions.get(principal.tenant, reference)

    def decide(self, principal: Principal, reference: str, answer: Mapping[str, Any], *, approved: bool) -> Workflow:
        """The workflow, decided."""
        return self.decisions.decide(principal, reference, answer, approved=approved)


@dataclass(frozen=True, slots=True)
class ProviderOffice:
    """Implements `Office` for providers: subscriptions to the APIs that they see."""

    decisions: Decisions
    apis: ApiLookup

    def pending(self, principal: Principal, kinds: Collection[WorkflowKind]) -> list[Workflow]:
        """Those that wait, oldest first; nothing of kinds that providers do not decide about."""
        found = self.decisions.pending(principal.tenant, PROVIDER_KINDS.intersection(kinds))
        if not found:
            return []
        seen = {one.id for one in self.apis.summaries(principal.tenant) if access.may_work_on(principal, one)}
        return [workflow for workflow in found if workflow.api_id in seen]

    def get(self, principal: Principal, reference: str) -> Workflow:
        """One that waits. Raises NotForPublishers."""
        found = self.decisions.get(principal.tenant, reference)
        self._require(principal, found)
        return found

    def decide(self, principal: Principal, reference: str, answer: Mapping[str, Any], *, approved: bool) -> Workflow:
        """The workflow, decided. Raises NotForPublishers."""
        found = self.decisions.any(principal.tenant, reference)
        self._require(principal, found)
        return self.decisions.decide(principal, reference, answer, approved=approved)

    def _require(self, principal: Principal, workflow: Workflow) -> None:
        if workflow.kind not in PROVIDER_KINDS:
            raise NotForPublishers(f"Only an administrator decides about {workflow.kind}")
        api = self.apis.some(principal.tenant, [workflow.api_id]).get(workflow.api_id)
        if api is None or not access.may_work_on(principal, summary_of(api)):
            raise WorkflowNotFound.by_id(workflow.id)
