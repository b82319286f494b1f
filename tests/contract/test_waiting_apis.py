"""States and deployments that wait for an approval are written with their workflow, or not at all: fake and DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import DeploymentStatus
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowKind, WorkflowStatus
from tests.fakes.apis import InMemoryApis
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.kept_apis import World

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.revision import Deployment
    from gatehouse.ports.publishing.workflows import Workflows
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class Office:
    world: World
    workflows: Workflows

    def workflow(self, reference: str) -> Workflow:
        return Workflow(
            tenant=self.world.tenant,
            id=reference,
            kind=WorkflowKind.API_STATE,
            subject="s",
            by="mary",
            description="",
            created_at=1,
            updated_at=1,
        )

    def requested(self, reference: str) -> tuple[Api, Deployment]:
        """An API with a deployment that was asked for."""
        api = self.world.apis.add(self.world.api(), [])
        revision = self.world.revision(api, 1)
        self.world.apis.add_revision(revision)
        live = self.world.deployment(api, revision)
        asked = replace(live, status=DeploymentStatus.CREATED, workflow=reference)
        self.world.apis.request(api, [asked], along=[self.workflows.opening(self.workflow(reference))])
        return api, asked

    def pending(self) -> list[str]:
        return [one.id for one in self.workflows.pending(self.world.tenant)]

    def deciding(self, reference: str) -> Workflow:
        return replace(self.workflow(reference), status=WorkflowStatus.APPROVED)


class Promises:
    """Held by every implementation."""

    def test_a_state_is_decided_once(self, office: Office) -> None:
        apis = office.world.apis
        added = apis.add(office.world.api(), [])
        waiting = apis.save(replace(added, workflow="w"), [], along=[office.workflows.opening(office.workflow("w"))])
        assert (apis.get(added.tenant, added.id).workflow, office.pending()) == ("w", ["w"])
        published = replace(waiting, state=LifecycleState.PUBLISHED, workflow="")
        decided = office.workflows.deciding(office.deciding("w"))
        saved = apis.save(published, [], along=[decided])
        assert (apis.get(added.tenant, added.id), office.pending()) == (saved, [])
        with pytest.raises(WorkflowDecided):
            apis.save(replace(saved, state=LifecycleState.BLOCKED), [], along=[decided])
        assert apis.get(added.tenant, added.id).state is LifecycleState.PUBLISHED

    def test_what_is_asked_for_is_not_deployed(self, office: Office) -> None:
        api, asked = office.requested("w")
        assert office.world.apis.board(api.tenant, api.id) == ([], [asked])
        assert office.world.apis.deployments(api.tenant, api.id) == []
        assert office.pending() == ["w"]

    def test_a_deployment_takes_its_request_and_its_workflow_along(self, office: Office) -> None:
        api, asked = office.requested("w")
        live = replace(asked, status=DeploymentStatus.APPROVED, workflow="")
        decided = office.workflows.deciding(office.deciding("w"))
        office.world.apis.deploy(api, [live], [], requests=[asked], along=[decided])
        assert (office.world.apis.board(api.tenant, api.id), office.pending()) == (([live], []), [])

    def test_a_request_that_another_took_the_place_of_deploys_nothing(self, office: Office) -> None:
        api, asked = office.requested("w")
        newer = replace(asked, workflow="newer")
        office.world.apis.request(api, [newer])
        live = replace(asked, status=DeploymentStatus.APPROVED, workflow="")
        with pytest.raises(Changed):
            office.world.apis.deploy(api, [live], [], requests=[asked])
        with pytest.raises(Changed):
            office.world.apis.settle(asked)
        assert office.world.apis.board(api.tenant, api.id) == ([], [newer])

    def test_a_rejected_request_is_kept_and_another_one_forgotten(self, office: Office) -> None:
        api, asked = office.requested("w")
        rejected = replace(asked, status=DeploymentStatus.REJECTED)
        office.world.apis.settle(asked, rejected, along=[office.workflows.deciding(office.deciding("w"))])
        assert (office.world.apis.board(api.tenant, api.id), office.pending()) == (([], [rejected]), [])
        office.world.apis.settle(rejected)
        assert office.world.apis.board(api.tenant, api.id) == ([], [])
        with pytest.raises(Changed):
            office.world.apis.settle(rejected)

    def test_what_was_asked_for_goes_with_the_api(self, office: Office) -> None:
        api, _ = office.requested("w")
        office.world.apis.remove(office.world.apis.mark_for_removal(api), [])
        assert office.world.apis.board(api.tenant, api.id) == ([], [])


class TestInMemory(Promises):
    @pytest.fixture
    def office(self) -> Office:
        artifacts = InMemoryArtifacts(StoppedClock())
        world = World(apis=InMemoryApis(artifacts), artifacts=artifacts, tenant="a.example")
        return Office(world=world, workflows=InMemoryWorkflows())


@pytest.fixture(scope="module")
def tables(dynamodb: DynamoDB) -> Office:
    artifacts = dynamodb.table("artifacts")
    world = World(
        apis=ApiTable(dynamodb.table("apis"), ArtifactTable(artifacts)),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant="",
    )
    return Office(world=world, workflows=WorkflowTable(dynamodb.table("workflows")))


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def office(self, tables: Office) -> Office:
        return replace(tables, world=replace(tables.world, tenant=f"{uuid.uuid4().hex}.example"))
