"""Subscriptions that wait for an approval: what is asked, and what becomes of them when it is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.applications.plan import places_of
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from gatehouse.controlplane.workflows.deciding import Effect
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, Subscription
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.applications.applications import Subscriptions
    from gatehouse.ports.publishing.workflows import Along
    from gatehouse.ports.throttling.policies import Policies

_K = WorkflowKind
_VERBS = {
    _K.SUBSCRIPTION_CREATION: "subscription to",
    _K.SUBSCRIPTION_UPDATE: "change of the plan of a subscription to",
    _K.SUBSCRIPTION_DELETION: "end of a subscription to",
}


def question(
    kind: WorkflowKind, subscription: Subscription, application: Application, api: Api | None, *, policy: str
) -> Question:
    """Asks for a subscription on this plan, for a change to it, or for the end of it. `api` is None when it is gone.

    Who has the API decides, whoever's the application is.
    """
    named = f"{api.name} - {api.version}" if api else subscription.api_id
    subscriber = display_username(application.tenant, application.owner)
    return Question(
        kind=kind,
        tenant=subscription.api_tenant,
        by=application.owner,
        home=application.tenant if subscription.abroad else "",
        subject=subscription.id,
        api_id=subscription.api_id,
        description=f"Approve the {_VERBS[kind]} [{named}] on plan {policy} by application [{application.name}] "
        f"of {subscriber}",
        properties={
            "apiName": api.name if api else "",
            "apiVersion": api.version if api else "",
            "applicationName": application.name,
            "subscriber": subscriber,
            "currentTier": subscription.policy,
            "requestedTier": policy,
        },
        details={"status": subscription.status},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionEffects:
    """What decisions about subscriptions do. What is rejected is again as it was, but for one that never was any."""

    subscriptions: Subscriptions
    policies: Policies

    def all(self) -> dict[WorkflowKind, Effect]:
        """The effect of each kind."""
        return {
            _K.SUBSCRIPTION_CREATION: _Creation(self),
            _K.SUBSCRIPTION_UPDATE: _Update(self),
            _K.SUBSCRIPTION_DELETION: _Deletion(self),
        }

    def waiting(self, workflow: Workflow) -> Subscription:
        """The subscription that waits for this. Raises WorkflowDecided."""
        found = self.subscriptions.get(workflow.tenant, workflow.subject)
        if found is None or found.workflow != workflow.id:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return found

    def settle(self, workflow: Workflow, along: Along, status: str) -> None:
        """Let the subscription wait no more; its plan stays."""
        settled = replace(
            self.waiting(workflow), workflow="", requested="", blocked_as=None, status=SubscriptionStatus(status)
        )
        self.subscriptions.save(settled, along=[along])

    def places(self, tenant: str, plan: str) -> int:
        """How many subscriptions the plan takes, 0 any number."""
        found = None if plan == UNLIMITED else self.policies.named(tenant, PolicyKind.SUBSCRIPTION, plan)
        return places_of(found) if found else 0


@dataclass(frozen=True, slots=True)
class _Creation:
    of: SubscriptionEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, SubscriptionStatus.UNBLOCKED)

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, SubscriptionStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class _Update:
    of: SubscriptionEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Raises PlanFull."""
        found = self.of.waiting(workflow)
        settled = replace(
            found, policy=found.requested, requested="", workflow="", status=SubscriptionStatus(_before(workflow))
        )
        self.of.subscriptions.save(settled, places=self.of.places(found.api_tenant, found.requested), along=[along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, _before(workflow))


@dataclass(frozen=True, slots=True)
class _Deletion:
    of: SubscriptionEffects

    def approve(self, workflow: Workflow, along: Along) -> None:
        self.of.subscriptions.remove(self.of.waiting(workflow), along=[along])

    def reject(self, workflow: Workflow, along: Along) -> None:
        self.of.settle(workflow, along, _before(workflow))


def _before(workflow: Workflow) -> str:
    """The status that the subscription had when it was asked."""
    return str(workflow.details["status"])
