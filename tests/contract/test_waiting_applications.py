"""What waits for an approval is written with its workflow, or not at all: on the fakes and on DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.domain.applications.application import ApplicationKey, ApplicationStatus, KeyState, PlanFull
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.artifact import application_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowKind, WorkflowStatus
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.kept_applications import World, in_memory, on_dynamodb

if TYPE_CHECKING:
    from gatehouse.domain.applications.application import Application
    from gatehouse.ports.publishing.workflows import Workflows
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class Office:
    """Applications, and the workflows that they wait for."""

    world: World
    workflows: Workflows

    def workflow(self, reference: str) -> Workflow:
        return Workflow(
            tenant=self.world.tenant,
            id=reference,
            kind=WorkflowKind.APPLICATION_CREATION,
            subject="s",
            by="mary",
            description="",
            created_at=1,
            updated_at=1,
        )

    def waiting(self, reference: str) -> Application:
        asked = self.world.application(reference, status=ApplicationStatus.CREATED, workflow=reference)
        return self.world.applications.add(asked, along=[self.workflows.opening(self.workflow(reference))])

    def profile(self, application: Application) -> object:
        return self.world.artifacts.get([application_key(application.tenant, application.id)])[0]


class Promises:
    """Held by every implementation."""

    def test_an_application_that_waits_is_unknown_to_the_gateway_until_it_is_approved(self, office: Office) -> None:
        waiting = office.waiting("r1")
        assert office.profile(waiting) is None
        assert [one.id for one in office.workflows.pending(office.world.tenant)] == ["r1"]
        decided = replace(office.workflow("r1"), status=WorkflowStatus.APPROVED)
        approved = replace(waiting, status=ApplicationStatus.APPROVED, workflow="")
        kept = office.world.applications.save(approved, along=[office.workflows.deciding(decided)])
        assert office.world.applications.get(kept.tenant, kept.id) == kept
        assert office.profile(kept) is not None
        assert office.workflows.pending(office.world.tenant) == []

    def test_a_decision_that_comes_second_leaves_the_application_alone(self, office: Office) -> None:
        waiting = office.waiting("r2")
        decided = replace(office.workflow("r2"), status=WorkflowStatus.REJECTED)
        office.workflows.write(office.workflows.deciding(decided))
        with pytest.raises(WorkflowDecided):
            office.world.applications.save(
                replace(waiting, status=ApplicationStatus.APPROVED), along=[office.workflows.deciding(decided)]
            )
        assert office.world.applications.get(waiting.tenant, waiting.id) == waiting
        assert office.profile(waiting) is None

    def test_an_application_that_changed_leaves_its_workflow_waiting(self, office: Office) -> None:
        waiting = office.waiting("r3")
        decided = replace(office.workflow("r3"), status=WorkflowStatus.APPROVED)
        office.world.applications.save(waiting)
        with pytest.raises(Changed):
            office.world.applications.save(waiting, along=[office.workflows.deciding(decided)])
        assert [one.id for one in office.workflows.pending(office.world.tenant)] == ["r3"]

    def test_a_key_opens_nothing_until_it_has_a_client(self, office: Office) -> None:
        world = office.world
        application = world.applications.add(world.application("with-keys"))
        asked = world.key(application, client_id="", state=KeyState.CREATED, workflow="r4")
        kept = world.keys.add(asked, application, along=[office.workflows.opening(office.workflow("r4"))])
        assert world.keys.of_application(application.tenant, application.id) == [kept]
        decided = replace(office.workflow("r4"), status=WorkflowStatus.APPROVED)
        made = replace(kept, client_id="client-of-r4", state=KeyState.COMPLETED, workflow="")
        completed = world.keys.complete(made, application, along=[office.workflows.deciding(decided)])
        assert world.keys.of_application(application.tenant, application.id) == [completed]
        assert world.grant(completed)["application_id"] == application.id

    def test_a_key_without_a_client_goes_with_its_workflow(self, office: Office) -> None:
        world = office.world
        application = world.applications.add(world.application("without-keys"))
        asked: ApplicationKey = world.key(application, client_id="", state=KeyState.CREATED, workflow="r5")
        kept = world.keys.add(asked, application, along=[office.workflows.opening(office.workflow("r5"))])
        world.keys.remove(kept, along=[office.workflows.dropping(kept.tenant, "r5")])
        assert world.keys.of_application(application.tenant, application.id) == []
        assert office.workflows.pending(world.tenant) == []

    def test_a_subscription_is_told_to_the_gateway_as_it_is_decided(self, office: Office) -> None:
        world = office.world
        application, api = world.applications.add(world.application("caller")), world.api()
        asked = world.subscription(application, api, status=SubscriptionStatus.ON_HOLD, workflow="r6")
        kept = world.subscriptions.add(asked, application, api, along=[office.workflows.opening(office.workflow("r6"))])
        assert world.plan(application, api)["status"] == SubscriptionStatus.ON_HOLD
        decided = replace(office.workflow("r6"), status=WorkflowStatus.APPROVED)
        open_now = replace(kept, status=SubscriptionStatus.UNBLOCKED, workflow="", requested="")
        saved = world.subscriptions.save(open_now, along=[office.workflows.deciding(decided)])
        assert world.subscriptions.get(saved.tenant, saved.id) == saved
        assert world.plan(application, api)["status"] == SubscriptionStatus.UNBLOCKED
        ending = replace(saved, status=SubscriptionStatus.DELETE_PENDING, blocked_as=SubscriptionStatus.BLOCKED)
        saved = world.subscriptions.save(ending)
        assert world.subscriptions.get(saved.tenant, saved.id) == saved
        assert world.plan(application, api)["status"] == SubscriptionStatus.BLOCKED
        world.subscriptions.remove(saved, along=[office.workflows.dropping(saved.tenant, "r6")])
        assert world.plan(application, api) is None

    def test_a_rejected_subscription_takes_no_place_on_its_plan(self, office: Office) -> None:
        world = office.world
        first, second, third = (world.applications.add(world.application(name)) for name in ("1st", "2nd", "3rd"))
        api = world.api()
        rejected = world.subscription(first, api, status=SubscriptionStatus.REJECTED)
        world.subscriptions.add(rejected, first, api, places=1)
        world.subscriptions.add(world.subscription(second, api), second, api, places=1)
        with pytest.raises(PlanFull):
            world.subscriptions.add(world.subscription(third, api), third, api, places=1)


class TestInMemory(Promises):
    @pytest.fixture
    def office(self) -> Office:
        return Office(world=in_memory(), workflows=InMemoryWorkflows())


@pytest.fixture(scope="module")
def tables(dynamodb: DynamoDB) -> Office:
    return Office(world=on_dynamodb(dynamodb), workflows=WorkflowTable(dynamodb.table("workflows")))


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def office(self, tables: Office) -> Office:
        return replace(tables, world=replace(tables.world, tenant=f"{uuid.uuid4().hex}.example"))
