"""Applications that wait for an approval: of their making, of a change, and of their end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.controlplane.workflows.subjects.application_terms import (
    ApplicationTerms,
    changed,
    require_tier,
    terms_of,
    updates,
)
from gatehouse.domain.applications.application import ApplicationStatus
from gatehouse.domain.body import from_body, to_body
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind

if TYPE_CHECKING:
    from gatehouse.controlplane.store.removal import Removal
    from gatehouse.controlplane.workflows.deciding import Effect
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.applications.applications import Applications
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock

_K = WorkflowKind


def question(kind: WorkflowKind, application: Application) -> Question:
    """Asks for an application, or for its end."""
    owner = display_username(application.tenant, application.owner)
    verb = "creation" if kind is _K.APPLICATION_CREATION else "deletion"
    return Question(
        kind=kind,
        tenant=application.tenant,
        by=application.owner,
        subject=application.id,
        description=f"Approve the {verb} of application [{application.name}] of {owner} with the tier "
        f"{application.policy}",
        properties={"applicationName": application.name, "userName": owner, "applicationTier": application.policy},
        details={},
    )


def question_of_change(application: Application, wanted: ApplicationTerms) -> Question:
    """Asks for other terms of an application."""
    owner = display_username(application.tenant, application.owner)
    return Question(
        kind=_K.APPLICATION_UPDATE,
        tenant=application.tenant,
        by=application.owner,
        subject=application.id,
        description=f"Approve the change of application [{application.name}] of {owner}",
        properties={
            "applicationName": application.name,
            "userName": owner,
            "applicationTier": application.policy,
            "updates": updates(terms_of(application), wanted),
        },
        details={"terms": to_body(wanted)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEffects:
    """What decisions about applications do."""

    applications: Applications
    removal: Removal
    policies: Policies
    clock: Clock

    def all(self) -> dict[WorkflowKind, Effect]:
        """The effect of each kind."""
        return {
            _K.APPLICATION_CREATION: _Creation(self),
            _K.APPLICATION_UPDATE: _Update(self),
            _K.APPLICATION_DELETION: _Deletion(self),
        }

    def waiting(self, workflow: Workflow) -> Application:
        """The application that waits for this. Raises WorkflowDecided."""
        found = self.applications.get(workflow.tenant, workflow.subject)
        if found is None or found.workflow != workflow.id:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return found

    def settle(self, workflow: Workflow, along: Along, status: ApplicationStatus) -> None:
        """Let the application wait no more."""
        self.applications.save(replace(self.waiting(workflow), workflow="", status=status), along=[along])


@dataclass(frozen=True, slots=True)
class _Creation:
    of: ApplicationEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, ApplicationStatus.APPROVED)

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, ApplicationStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class _Update:
    of: ApplicationEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Raises TierInvalid, ApplicationExists when the application cannot be so any more."""
        found, terms = self.of.waiting(workflow), from_body(ApplicationTerms, workflow.details["terms"])
        require_tier(self.of.policies, workflow.tenant, terms.policy)
        self.of.applications.save(changed(found, terms, int(self.of.clock.now())), along=[along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, ApplicationStatus.UPDATE_REJECTED)


@dataclass(frozen=True, slots=True)
class _Deletion:
    of: ApplicationEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Raises as `Removal.remove`; what stops half way is gone on with when its owner deletes it again."""
        self.of.removal.remove(self.of.waiting(workflow), along=[along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, ApplicationStatus.APPROVED)
