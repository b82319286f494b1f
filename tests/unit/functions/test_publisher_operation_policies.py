"""The product's operation policies through the publisher interface, and what a tenant has none of yet."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from typing import Any

import pytest
import yaml

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.mediation.registry import specifications
from tests.worlds.publisher import PublisherWorld, blamed

COMMON = "/operation-policies"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def named(world: PublisherWorld, name: str) -> Any:
    (found,) = world.made("GET", COMMON, query={"query": f'name:"{name}"'})["list"]
    return found


class TestCommonPolicies:
    def test_all_are_listed_in_pages_and_found_by_name(self, world: PublisherWorld) -> None:
        every = [one.name for one in specifications()]
        page = world.made("GET", COMMON, query={"limit": 3})
        assert [one["name"] for one in page["list"]] == every[:3]
        assert page["pagination"]["total"] == len(every)
        assert world.made("GET", COMMON, query={"query": "name:nothing"})["list"] == []

    def test_one_says_where_it_may_stand_and_what_it_takes(self, world: PublisherWorld) -> None:
        found = named(world, "addHeader")
        assert found["applicableFlows"] == ["request", "response", "fault"]
        assert [one["name"] for one in found["policyAttributes"]] == ["headerName", "headerValue"]
        assert world.made("GET", f"{COMMON}/{found['id']}") == found

    def test_ids_are_the_same_everywhere(self, world: PublisherWorld) -> None:
        assert named(world, "addHeader") == named(PublisherWorld(), "addHeader")

    def test_its_specification_is_an_archive(self, world: PublisherWorld) -> None:
        found = named(world, "addHeader")
        answer = world.call("GET", f"{COMMON}/{found['id']}/content")
        assert answer.headers["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(b64decode(answer.text))) as archive:
            document = yaml.safe_load(archive.read("addHeader_v1/addHeader_v1.yaml"))
        assert document["data"]["name"] == "addHeader"

    def test_404_what_there_is_not(self, world: PublisherWorld) -> None:
        for method, path in (("GET", "0"), ("DELETE", "0"), ("GET", "0/content")):
            answer = world.call(method, f"{COMMON}/{path}")
            assert (answer.status, answer.json["code"]) == (404, 902010)

    def test_what_is_built_in_stays(self, world: PublisherWorld) -> None:
        assert world.call("DELETE", f"{COMMON}/{named(world, 'addHeader')['id']}").status == 403


class TestWhatThereIsNoneOf:
    def test_nothing_waits_for_a_decision(self, world: PublisherWorld) -> None:
        assert world.made("GET", "/workflows")["list"] == []
        assert world.call("GET", "/workflows/1").json["code"] == 900551
        decided = world.call("POST", "/workflows/update-workflow-status", {"status": "APPROVED"})
        assert blamed(decided) == ["workflowReferenceId"]
        query = {"workflowReferenceId": "1"}
        sent = {"status": "APPROVED"}
        assert world.call("POST", "/workflows/update-workflow-status", sent, query=query).json["code"] == 900551

    def test_no_deployment_waits_either(self, world: PublisherWorld) -> None:
        api = world.design()["id"]
        revision = world.revision(api)["id"]
        place = f"/apis/{api}/cancel-revision-workflow"
        assert [world.call("DELETE", f"{place}/{one}/Default").status for one in (revision, "0")] == [412, 404]

    def test_there_are_no_stores_of_others(self, world: PublisherWorld) -> None:
        api = f"/apis/{world.design()['id']}"
        nothing = {"count": 0, "list": []}
        assert world.made("GET", "/external-stores") == world.made("GET", f"{api}/external-stores") == nothing
        assert world.made("POST", f"{api}/publish-to-external-stores") == nothing
        query = {"externalStoreIds": "Far"}
        assert world.call("POST", f"{api}/publish-to-external-stores", query=query).status == 404
        assert world.call("GET", "/apis/0/external-stores").status == 404

    def test_the_tenant_is_one_s_organization_and_has_none_below(self, world: PublisherWorld) -> None:
        assert world.made("GET", "/organizations") == {"count": 0, "list": []}
        own = world.made("GET", "/me/organization-information")
        assert own == {"organizationId": SUPER_TENANT, "name": SUPER_TENANT}
