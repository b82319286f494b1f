"""Operation policies of a tenant's own, through the publisher interface: kept, attached, revised, and sent as archives."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from typing import Any

import pytest
import yaml

from gatehouse.domain.artifact import revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.archives import data_of, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.operation_policies import COMMON, SCRIPT, STAMP, attached, operation, policy_files, specification
from tests.worlds.publisher import PublisherWorld, blamed, member

RUN = attached(headerName="X-Stamp")
SET = {"headerName": "X-Stamp", "headerValue": "1"}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def added(world: PublisherWorld, place: str = COMMON, definition: str = STAMP, **more: Any) -> Any:
    reply = world.form("POST", place, **policy_files(definition, **more))
    assert reply.status == 201, reply.text
    return reply.json


def run_at_the_gateway(world: PublisherWorld, api_id: str) -> list[Any]:
    """The parameters of what the first operation of the deployed revision does to requests."""
    body = world.artifact(revision_key(SUPER_TENANT, api_id))
    return [(one["name"], one["parameters"]) for one in body["operations"][0]["mediation"]["request"]]


def deployed(world: PublisherWorld, api_id: str) -> Any:
    revision = world.revision(api_id)["id"]
    return revision, world.deploy(api_id, revision)


class TestKeeping:
    def test_201_a_policy_is_kept_whole_and_found(self, world: PublisherWorld) -> None:
        made = added(world)
        assert (made["name"], made["isAPISpecific"], "problem" in made) == ("stamp", False, False)
        assert made["policyAttributes"] == specification()["data"]["policyAttributes"]
        assert world.made("GET", f"{COMMON}/{made['id']}") == made
        assert [one["id"] for one in world.made("GET", COMMON, query={"query": "name:stamp"})["list"]] == [made["id"]]

    def test_its_files_are_those_that_were_sent(self, world: PublisherWorld) -> None:
        made = added(world, definition=SCRIPT)
        answer = world.call("GET", f"{COMMON}/{made['id']}/content")
        with zipfile.ZipFile(io.BytesIO(b64decode(answer.text))) as archive:
            assert archive.read("stamp_v1/stamp_v1.j2").decode() == SCRIPT
            assert yaml.safe_load(archive.read("stamp_v1/stamp_v1.yaml"))["data"] == specification()["data"]

    def test_what_cannot_be_run_says_so_with_the_line(self, world: PublisherWorld) -> None:
        assert added(world, definition=SCRIPT)["problem"].startswith("line 2: <script> cannot be run here")

    @pytest.mark.parametrize("name", ["stamp", "addHeader"])
    def test_409_a_name_and_version_that_are_taken(self, world: PublisherWorld, name: str) -> None:
        added(world)
        refused = world.form("POST", COMMON, **policy_files(name=name))
        assert (refused.status, refused.json["code"]) == (409, 903001)
        added(world, name="stamp", version="v2")

    def test_400_what_is_no_policy(self, world: PublisherWorld) -> None:
        assert blamed(world.form("POST", COMMON, synapsePolicyDefinitionFile=b"<log/>")) == ["policySpecFile"]
        assert (
            world.form("POST", COMMON, policySpecFile=b"[1]", synapsePolicyDefinitionFile=b"x").json["code"] == 902006
        )
        alone = world.form("POST", COMMON, policySpecFile=policy_files()["policySpecFile"])
        assert (alone.status, alone.json["code"]) == (400, 902005)
        assert blamed(world.form("POST", COMMON, **policy_files(applicableFlows=["in"]))) == [
            "policySpecFile.applicableFlows"
        ]

    def test_another_tenant_has_nothing_of_it(self, world: PublisherWorld) -> None:
        made = added(world)
        assert world.call("GET", f"{COMMON}/{made['id']}", by=f"admin@{OTHER_TENANT}").status == 404

    def test_200_a_policy_that_nothing_uses_is_deleted(self, world: PublisherWorld) -> None:
        place = f"{COMMON}/{added(world)['id']}"
        assert world.call("DELETE", place).status == 200
        assert world.call("GET", place).json["code"] == 902010
        added(world)


class TestPoliciesOfOneApi:
    def test_it_is_the_api_s_alone(self, world: PublisherWorld) -> None:
        place = f"/apis/{world.design()['id']}{COMMON}"
        made = added(world, place)
        assert made["isAPISpecific"] is True
        assert world.made("GET", place)["list"] == [made]
        assert world.made("GET", f"{place}/{made['id']}") == made
        assert world.call("GET", f"{place}/{made['id']}/content").headers["Content-Type"] == "application/zip"
        assert world.call("GET", f"{COMMON}/{made['id']}").status == 404
        other = world.design("Pasta")["id"]
        assert world.call("GET", f"/apis/{other}{COMMON}/{made['id']}").json["code"] == 902010
        assert world.call("DELETE", f"{place}/{made['id']}").status == 200
        assert world.made("GET", place)["list"] == []

    def test_404_of_an_api_that_there_is_not(self, world: PublisherWorld) -> None:
        assert world.call("GET", f"/apis/0{COMMON}").json["code"] == 900308
        assert world.form("POST", f"/apis/0{COMMON}", **policy_files()).json["code"] == 900308

    def test_it_goes_before_one_of_the_same_name_that_all_have(self, world: PublisherWorld) -> None:
        added(world, definition="<respond/>")
        api = world.design(operations=[operation(RUN)])["id"]
        added(world, f"/apis/{api}{COMMON}")
        deployed(world, api)
        assert run_at_the_gateway(world, api) == [("setHeader", SET)]


class TestAttaching:
    def test_a_deployed_api_runs_the_steps_with_the_values_that_it_gives(self, world: PublisherWorld) -> None:
        added(world)
        api = world.design(operations=[operation(attached(headerName="X-Who", headerValue="${claim.sub}"))])["id"]
        assert deployed(world, api)[1].status == 201
        assert run_at_the_gateway(world, api) == [("setHeader", {"headerName": "X-Who", "headerValue": "${claim.sub}"})]

    @pytest.mark.parametrize(
        ("definition", "given", "where", "said"),
        [
            (SCRIPT, RUN, "policyName", "line 2: <script>"),
            (STAMP, attached(headerName="no header"), "parameters.headerName", "does not match"),
            (STAMP, attached("else"), "policyName", "there is no policy 'else' v1"),
            (STAMP, attached("Stamp"), "policyName", "there is no policy 'Stamp' v1"),
        ],
    )
    def test_400_what_cannot_be_run_is_refused_when_it_is_deployed(
        self, world: PublisherWorld, definition: str, given: Any, where: str, said: str
    ) -> None:
        added(world, definition=definition)
        refused = deployed(world, world.design(operations=[operation(given)])["id"])[1]
        assert blamed(refused) == [f"operations.0.operationPolicies.request.0.{where}"]
        assert said in refused.json["description"]

    def test_400_policies_that_would_not_fit_what_the_gateway_reads(self, world: PublisherWorld) -> None:
        large = attached("setBody", template="x" * 9_000)
        api = world.design(operations=[operation(*[large] * 50)])["id"]
        refused = deployed(world, api)[1]
        assert blamed(refused) == ["operations"]
        assert "at most 390000 fit" in refused.json["description"]

    def test_403_a_policy_that_is_attached_is_not_deleted(self, world: PublisherWorld) -> None:
        common = added(world)
        api = world.design(operations=[operation(RUN)])["id"]
        refused = world.call("DELETE", f"{COMMON}/{common['id']}")
        assert refused.status == 403
        assert "API 'Pizza' 1.0.0" in refused.json["description"]
        own = added(world, f"/apis/{api}{COMMON}")
        assert world.call("DELETE", f"/apis/{api}{COMMON}/{own['id']}").status == 403
        assert world.call("DELETE", f"{COMMON}/{common['id']}").status == 200, "now the API's own is meant"

    def test_a_product_runs_what_the_apis_in_it_attach(self, world: PublisherWorld) -> None:
        api = world.design(operations=[operation(RUN)])["id"]
        added(world, f"/apis/{api}{COMMON}")
        product = world.product(member(api, "GET /menu"))["id"]
        revision = world.made("POST", f"/api-products/{product}/revisions", {})["id"]
        wanted = [{"name": "Default", "vhost": "gateway.example"}]
        query = {"revisionId": revision}
        assert world.call("POST", f"/api-products/{product}/deploy-revision", wanted, query=query).status == 201
        assert run_at_the_gateway(world, product) == [("setHeader", SET)]


class TestRevisions:
    def test_400_more_custom_policies_than_a_revision_can_keep(self, world: PublisherWorld) -> None:
        for number in range(4):
            added(world, definition=f"<log/>{' ' * 10}<!--{'x' * 100}-->", name=f"p{number}", description="x" * 45_000)
        api = world.design(operations=[operation(*(attached(f"p{number}") for number in range(4)))])["id"]
        refused = world.call("POST", f"/apis/{api}/revisions", {})
        assert blamed(refused) == ["operations"]
        assert "keeps at most 150000" in refused.json["description"]

    def test_a_revision_keeps_the_policy_as_it_was(self, world: PublisherWorld) -> None:
        common = added(world)
        api = world.design(operations=[operation(RUN)])["id"]
        revision = world.revision(api)["id"]
        world.made("PUT", f"/apis/{api}", {**world.made("GET", f"/apis/{api}"), "operations": [operation()]})
        assert world.call("DELETE", f"{COMMON}/{common['id']}").status == 200
        added(world, definition="<respond/>")
        assert world.deploy(api, revision).status == 201
        assert run_at_the_gateway(world, api) == [("setHeader", SET)]

    def test_what_a_restored_revision_uses_and_is_gone_is_the_api_s_own_again(self, world: PublisherWorld) -> None:
        common = added(world)
        api = world.design(operations=[operation(RUN)])["id"]
        revision = world.revision(api)["id"]
        world.made("PUT", f"/apis/{api}", {**world.made("GET", f"/apis/{api}"), "operations": [operation()]})
        world.call("DELETE", f"{COMMON}/{common['id']}")
        restored = world.made("POST", f"/apis/{api}/restore-revision", query={"revisionId": revision})
        assert "policySnapshots" not in restored
        (own,) = world.made("GET", f"/apis/{api}{COMMON}")["list"]
        assert (own["name"], own["isAPISpecific"]) == ("stamp", True)
        assert deployed(world, api)[1].status == 201
        assert run_at_the_gateway(world, api) == [("setHeader", SET)]

    def test_a_new_version_has_the_policies_of_the_old_one(self, world: PublisherWorld) -> None:
        api = world.design(operations=[operation(RUN)])["id"]
        added(world, f"/apis/{api}{COMMON}")
        copied = world.made("POST", "/apis/copy-api", query={"newVersion": "2.0.0", "apiId": api})["id"]
        assert deployed(world, copied)[1].status == 201
        assert run_at_the_gateway(world, copied) == [("setHeader", SET)]


def sent(world: PublisherWorld, path: str, files: Any) -> Any:
    body, headers = multipart({"file": zipped(dict(files))})
    return world.call("POST", path, body, headers=headers)


PIZZA = {"name": "Pizza", "version": "1.0.0"}


class TestArchives:
    @pytest.mark.parametrize("notation", ["YAML", "JSON"])
    @pytest.mark.parametrize("definition", [STAMP, SCRIPT])
    def test_a_policy_that_left_comes_in_as_it_was(self, world: PublisherWorld, notation: str, definition: str) -> None:
        made = added(world, definition=definition)
        query = {"name": "stamp", "version": "v1", "format": notation}
        files, other = exported(world.call("GET", "/operation-policies/export", query=query)), PublisherWorld()
        assert sent(other, "/operation-policies/import", files).status == 200
        (found,) = other.made("GET", COMMON, query={"query": "name:stamp"})["list"]
        assert {**found, "id": made["id"]} == made
        assert exported(other.call("GET", "/operation-policies/export", query=query)) == files
        again = sent(other, "/operation-policies/import", files)
        assert (again.status, again.json["code"]) == (409, 903001)

    def test_an_api_brings_its_policies_and_runs_them(self, world: PublisherWorld) -> None:
        added(world)
        api = world.design(operations=[operation(RUN)])["id"]
        added(world, f"/apis/{api}{COMMON}", name="mine", definition=SCRIPT)
        deployed(world, api)
        files = exported(world.call("GET", "/apis/export", query=PIZZA))
        assert data_of(files["Pizza-1.0.0/Policies/stamp_v1.yaml"]) == specification()["data"]
        assert files["Pizza-1.0.0/Policies/stamp_v1.j2"].decode() == STAMP
        assert files["Pizza-1.0.0/Policies/mine_v1.j2"].decode() == SCRIPT
        other = PublisherWorld()
        assert sent(other, "/apis/import", files).status == 200
        (line,) = other.made("GET", "/apis")["list"]
        assert run_at_the_gateway(other, line["id"]) == [("setHeader", SET)]
        assert [one["name"] for one in other.made("GET", f"/apis/{line['id']}{COMMON}")["list"]] == ["mine", "stamp"]

    def test_what_the_tenant_has_in_the_same_words_is_not_kept_twice(self, world: PublisherWorld) -> None:
        added(world)
        world.design(operations=[operation(RUN)])
        files, other = exported(world.call("GET", "/apis/export", query=PIZZA)), PublisherWorld()
        added(other)
        assert sent(other, "/apis/import", files).status == 200
        (line,) = other.made("GET", "/apis")["list"]
        assert other.made("GET", f"/apis/{line['id']}{COMMON}")["list"] == []

    def test_an_import_over_an_api_changes_its_policy_and_no_revision(self, world: PublisherWorld) -> None:
        api = world.design(operations=[operation(RUN)])["id"]
        added(world, f"/apis/{api}{COMMON}")
        before = world.revision(api)["id"]
        files = dict(exported(world.call("GET", "/apis/export", query=PIZZA)))
        files["Pizza-1.0.0/Policies/stamp_v1.j2"] = b"<drop/>"
        body, headers = multipart({"file": zipped(files)})
        query = {"overwrite": "true"}
        assert world.call("POST", "/apis/import", body, headers=headers, query=query).status == 200
        assert deployed(world, api)[1].status == 201
        assert [name for name, _ in run_at_the_gateway(world, api)] == ["respond"]
        assert world.deploy(api, before).status == 201
        assert run_at_the_gateway(world, api) == [("setHeader", SET)]

    def test_an_exported_revision_has_the_policy_as_it_was(self, world: PublisherWorld) -> None:
        common = added(world)
        api = world.design(operations=[operation(RUN)])["id"]
        world.revision(api)
        world.made("PUT", f"/apis/{api}", {**world.made("GET", f"/apis/{api}"), "operations": [operation()]})
        world.call("DELETE", f"{COMMON}/{common['id']}")
        files = exported(world.call("GET", "/apis/export", query={**PIZZA, "revisionNumber": "1"}))
        assert files["Pizza-1.0.0/Policies/stamp_v1.j2"].decode() == STAMP
        assert "policySnapshots" not in data_of(files["Pizza-1.0.0/api.yaml"])

    def test_400_what_is_no_policy_is_named_before_anything_is_kept(self, world: PublisherWorld) -> None:
        added(world)
        world.design(operations=[operation(RUN)])
        files, other = dict(exported(world.call("GET", "/apis/export", query=PIZZA))), PublisherWorld()
        files["Pizza-1.0.0/Policies/stamp_v1.yaml"] = yaml.safe_dump(specification(applicableFlows=["in"])).encode()
        before = other.writes
        refused = sent(other, "/apis/import", files)
        assert blamed(refused) == ["Policies/stamp_v1.yaml.applicableFlows"]
        assert other.writes == before
