"""Workflows: the promises of `ports/publishing/workflows`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowKind, WorkflowStatus
from tests.fakes.workflows import InMemoryWorkflows

if TYPE_CHECKING:
    from gatehouse.ports.publishing.workflows import Workflows
    from tests.conftest import DynamoDB

CLIENTS = 4


@dataclass(frozen=True, kw_only=True)
class World:
    workflows: Workflows
    tenant: str

    def opened(self, at: int = 1) -> Workflow:
        workflow = Workflow(
            tenant=self.tenant,
            id=str(uuid.uuid4()),
            kind=WorkflowKind.SUBSCRIPTION_CREATION,
            subject=str(uuid.uuid4()),
            by="mary",
            description="Approve a subscription",
            api_id="api",
            properties={"apiName": "Pizza"},
            details={"plan": {"places": 3, "open": True}},
            created_at=at,
            updated_at=at,
        )
        self.workflows.write(self.workflows.opening(workflow))
        return workflow


@pytest.fixture(scope="module")
def table(dynamodb: DynamoDB) -> str:
    return dynamodb.table("workflows")


class Promises:
    """Held by every implementation."""

    def test_what_waits_is_found_and_listed_oldest_first(self, world: World) -> None:
        later, first = world.opened(at=2), world.opened(at=1)
        assert world.workflows.get(world.tenant, later.id) == later
        assert world.workflows.pending(world.tenant) == [first, later]

    def test_another_tenant_s_does_not_exist(self, world: World) -> None:
        opened = world.opened()
        assert world.workflows.get("other.example", opened.id) is None
        assert world.workflows.pending("other.example") == []

    def test_a_decision_is_kept_and_waits_no_more(self, world: World) -> None:
        opened = world.opened()
        decided = replace(opened, status=WorkflowStatus.REJECTED, decided_by="boss", answer={"description": "No"})
        world.workflows.write(world.workflows.deciding(decided))
        assert world.workflows.get(world.tenant, opened.id) == decided
        assert world.workflows.pending(world.tenant) == []

    def test_of_many_who_decide_at_the_same_time_one_is_heard(self, world: World) -> None:
        opened = world.opened()

        def decide(number: int) -> bool:
            status = WorkflowStatus.APPROVED if number % 2 else WorkflowStatus.REJECTED
            decided = replace(opened, status=status, decided_by=str(number))
            try:
                world.workflows.write(world.workflows.deciding(decided))
            except WorkflowDecided:
                return False
            return True

        with ThreadPoolExecutor(CLIENTS) as pool:
            assert sum(pool.map(decide, range(CLIENTS))) == 1

    def test_one_that_was_given_up_cannot_be_decided_and_can_be_given_up_again(self, world: World) -> None:
        opened = world.opened()
        for _ in range(2):
            world.workflows.write(world.workflows.dropping(world.tenant, opened.id))
        assert world.workflows.get(world.tenant, opened.id) is None
        with pytest.raises(WorkflowDecided):
            world.workflows.write(world.workflows.deciding(opened))

    def test_several_are_written_all_or_none(self, world: World) -> None:
        one, other = world.opened(), world.opened()
        with pytest.raises(Changed):
            world.workflows.write(world.workflows.dropping(world.tenant, one.id), world.workflows.opening(other))
        assert {workflow.id for workflow in world.workflows.pending(world.tenant)} == {one.id, other.id}


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(workflows=InMemoryWorkflows(), tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, table: str) -> World:
        return World(workflows=WorkflowTable(table), tenant=f"{uuid.uuid4().hex}.example")
