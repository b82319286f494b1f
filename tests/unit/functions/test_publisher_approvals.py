"""Changes of state and deployments that wait for an approval, through the publisher's surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.office import AdminOffice
from gatehouse.domain.artifact import revision_key, state_key
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT, Principal
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowKind
from tests.worlds.approvals import waits
from tests.worlds.publisher import PublisherWorld, member

if TYPE_CHECKING:
    from tests.callers import Reply

K = WorkflowKind
BOSS = Principal(tenant=SUPER_TENANT, user="boss", roles=frozenset({ADMIN}), scopes=frozenset())


class Office:
    """A publisher whose requests may wait, and who decides."""

    def __init__(self, *kinds: WorkflowKind, states: str = "") -> None:
        self.world = PublisherWorld()
        waits(self.world.configurations, *kinds, states=states)
        desks = dict.fromkeys(self.world.desk.effects, self.world.desk)
        self.office = AdminOffice(Decisions(workflows=self.world.approvals.workflows, desks=desks))

    def pending(self) -> list[Workflow]:
        return self.office.pending(BOSS, frozenset(WorkflowKind))

    def decide(self, *, approved: bool) -> Workflow:
        (waiting,) = self.pending()
        return self.office.decide(BOSS, waiting.id, {}, approved=approved)

    def api(self, api_id: str) -> Any:
        return self.world.made("GET", f"/apis/{api_id}")

    def served(self, api_id: str) -> Any:
        return self.world.artifact(revision_key(SUPER_TENANT, api_id))


def code(reply: Reply) -> tuple[int, Any]:
    return reply.status, reply.json["code"]


class TestStates:
    def test_200_a_step_that_waits_leaves_the_state_and_says_so(self) -> None:
        office = Office(K.API_STATE)
        api_id = office.world.design()["id"]
        answer = office.world.change(api_id, "Publish").json
        assert (answer["workflowStatus"], answer["lifecycleState"]["state"]) == ("CREATED", "Created")
        found = office.api(api_id)
        assert (found["lifeCycleStatus"], found["workflowStatus"]) == ("CREATED", "CREATED")
        listed = office.world.made("GET", "/apis")["list"]
        assert [one["workflowStatus"] for one in listed] == ["CREATED"]
        (waiting,) = office.pending()
        assert (waiting.kind, waiting.properties["action"], waiting.by) == (K.API_STATE, "Publish", "admin")
        assert code(office.world.change(api_id, "Deploy as a Prototype")) == (409, 900553)

    def test_an_approved_step_is_taken_by_who_asked_with_its_history_and_what_the_gateway_knows(self) -> None:
        office = Office(K.API_STATE)
        api_id = office.world.design(by="baker")["id"]
        office.world.deploy(api_id, office.world.revision(api_id)["id"])
        asked = office.world.call(
            "POST", "/apis/change-lifecycle", query={"action": "Publish", "apiId": api_id}, by="baker"
        )
        assert asked.status == 200
        assert office.world.artifact(state_key(SUPER_TENANT, api_id)) == {"state": "CREATED"}
        office.decide(approved=True)
        found = office.api(api_id)
        assert (found["lifeCycleStatus"], found["workflowStatus"]) == ("PUBLISHED", None)
        assert office.world.artifact(state_key(SUPER_TENANT, api_id)) == {"state": "PUBLISHED"}
        history = office.world.made("GET", f"/apis/{api_id}/lifecycle-history")["list"]
        assert [(one["postState"], one["user"]) for one in history] == [("Created", "baker"), ("Published", "baker")]

    def test_a_rejected_step_can_be_asked_for_again(self) -> None:
        office = Office(K.API_STATE)
        api_id = office.world.design()["id"]
        office.world.change(api_id, "Publish")
        office.decide(approved=False)
        found = office.api(api_id)
        assert (found["lifeCycleStatus"], found["workflowStatus"]) == ("CREATED", None)
        assert office.world.change(api_id, "Publish").json["workflowStatus"] == "CREATED"

    def test_what_is_ticked_is_done_when_it_is_approved(self) -> None:
        office = Office(K.API_STATE, states="Created:Publish")
        world = office.world
        first = world.design()["id"]
        world.change(first, "Publish")
        office.decide(approved=True)
        second = world.made("POST", "/apis/copy-api", query={"newVersion": "2.0.0", "apiId": first})["id"]
        world.change(second, "Publish", lifecycleChecklist="Deprecate old versions after publishing the API:true")
        assert office.api(first)["lifeCycleStatus"] == "PUBLISHED"
        office.decide(approved=True)
        assert office.api(first)["lifeCycleStatus"] == "DEPRECATED"

    def test_only_the_steps_that_the_tenant_names_wait(self) -> None:
        office = Office(K.API_STATE, states="Published:Block")
        api_id = office.world.design()["id"]
        assert office.world.change(api_id, "Publish").json["workflowStatus"] == "APPROVED"
        assert office.world.change(api_id, "Block").json["workflowStatus"] == "CREATED"

    def test_guards_are_asked_when_it_is_asked_for_and_again_when_it_is_approved(self) -> None:
        office = Office(K.API_STATE)
        api_id = office.world.design()["id"]
        assert office.world.change(api_id, "Retire").status == 400
        office.world.change(api_id, "Publish")
        office.world.made("PUT", f"/apis/{api_id}", {**office.api(api_id), "endpointConfig": None})
        with pytest.raises(GatehouseError, match="endpoint is needed"):
            office.decide(approved=True)
        assert (len(office.pending()), office.api(api_id)["workflowStatus"]) == (1, "CREATED")

    def test_a_step_that_is_given_up_cannot_be_approved(self) -> None:
        office = Office(K.API_STATE)
        api_id = office.world.design()["id"]
        office.world.change(api_id, "Publish")
        (waiting,) = office.pending()
        for _ in range(2):
            assert office.world.call("DELETE", f"/apis/{api_id}/lifecycle-state/pending-tasks").status == 200
        assert (office.pending(), office.api(api_id)["workflowStatus"]) == ([], None)
        with pytest.raises(WorkflowDecided):
            office.world.desk.decide(waiting, {}, approved=True, by="boss")

    def test_an_api_goes_with_what_it_waits_for(self) -> None:
        office = Office(K.API_STATE, K.REVISION_DEPLOYMENT)
        api_id = office.world.design()["id"]
        office.world.change(api_id, "Publish")
        office.world.deploy(api_id, office.world.revision(api_id)["id"])
        assert len(office.pending()) == 2
        assert office.world.call("DELETE", f"/apis/{api_id}").status == 200
        assert office.pending() == []

    def test_a_product_waits_under_its_own_kind(self) -> None:
        office = Office(K.API_PRODUCT_STATE)
        product = office.world.product(member(office.world.design()["id"], "GET /menu"))["id"]
        query = {"action": "Publish", "apiProductId": product}
        asked = office.world.made("POST", "/api-products/change-lifecycle", query=query)
        assert asked["workflowStatus"] == "CREATED"
        assert asked["lifecycleState"]["checkItems"][0]["name"].endswith("publishing the API Product")
        assert office.pending()[0].kind is K.API_PRODUCT_STATE
        office.decide(approved=True)
        found = office.world.made("GET", f"/api-products/{product}")
        assert (found["state"], found["workflowStatus"]) == ("PUBLISHED", None)

    def test_retirement_gives_up_what_waits_for_the_api(self) -> None:
        office = Office(K.REVISION_DEPLOYMENT)
        world = office.world
        api_id = world.design()["id"]
        world.change(api_id, "Publish"), world.change(api_id, "Deprecate")
        world.deploy(api_id, world.revision(api_id)["id"])
        assert world.change(api_id, "Retire").status == 200
        assert office.pending() == []


class TestDeployments:
    def test_201_a_deployment_waits_and_nothing_is_served(self) -> None:
        office = Office(K.REVISION_DEPLOYMENT)
        api_id = office.world.design()["id"]
        revision = office.world.revision(api_id)["id"]
        asked = office.world.deploy(api_id, revision)
        assert (asked.status, asked.json[0]["status"], asked.json[0]["successDeployedTime"]) == (201, "CREATED", None)
        assert office.served(api_id) is None
        listed = office.world.made("GET", f"/apis/{api_id}/revisions")["list"]
        assert [one["status"] for one in listed[0]["deploymentInfo"]] == ["CREATED"]
        office.decide(approved=True)
        assert office.served(api_id) is not None
        listed = office.world.made("GET", f"/apis/{api_id}/revisions")["list"]
        assert [one["status"] for one in listed[0]["deploymentInfo"]] == ["APPROVED"]

    def test_what_is_served_goes_on_until_the_next_is_approved_and_when_it_is_rejected(self) -> None:
        office = Office()
        world = office.world
        api_id = world.design()["id"]
        world.deploy(api_id, world.revision(api_id)["id"])
        before = office.served(api_id)
        waits(world.configurations, K.REVISION_DEPLOYMENT)
        second = world.revision(api_id)["id"]
        world.deploy(api_id, second)
        assert office.served(api_id) == before
        office.decide(approved=False)
        assert office.served(api_id) == before
        listed = world.made("GET", f"/apis/{api_id}/revisions")["list"]
        assert [[one["status"] for one in revision["deploymentInfo"]] for revision in listed] == [
            ["APPROVED"],
            ["REJECTED"],
        ]
        world.deploy(api_id, second)
        office.decide(approved=True)
        assert office.served(api_id) != before
        listed = world.made("GET", f"/apis/{api_id}/revisions")["list"]
        assert [[one["status"] for one in revision["deploymentInfo"]] for revision in listed] == [[], ["APPROVED"]]

    def test_a_newer_request_takes_the_place_of_an_older_one(self) -> None:
        office = Office(K.REVISION_DEPLOYMENT)
        world = office.world
        api_id = world.design()["id"]
        first, second = (world.revision(api_id)["id"] for _ in range(2))
        world.deploy(api_id, first), world.deploy(api_id, second)
        (waiting,) = office.pending()
        assert waiting.subject == second
        waits(world.configurations)
        world.deploy(api_id, first)
        assert office.pending() == []

    def test_a_request_can_be_given_up_once(self) -> None:
        office = Office(K.REVISION_DEPLOYMENT)
        world = office.world
        api_id = world.design()["id"]
        revision = world.revision(api_id)["id"]
        path = f"/apis/{api_id}/cancel-revision-workflow/{revision}/Default"
        assert code(world.call("DELETE", path)) == (412, 900557)
        world.deploy(api_id, revision)
        assert (world.call("DELETE", path).status, office.pending()) == (200, [])
        assert code(world.call("DELETE", path)) == (412, 900557)

    def test_a_revision_goes_with_what_was_asked_for(self) -> None:
        office = Office(K.REVISION_DEPLOYMENT)
        world = office.world
        api_id = world.design()["id"]
        revision = world.revision(api_id)["id"]
        world.deploy(api_id, revision)
        assert world.call("DELETE", f"/apis/{api_id}/revisions/{revision}").status == 200
        assert office.pending() == []
