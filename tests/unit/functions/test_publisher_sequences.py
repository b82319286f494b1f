"""Sequences that answer in place of backends, mocks, and what makes SOAP of REST, through the publisher interface."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from gatehouse.domain.artifact import mock_key, revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.archives import data_of, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, blamed, definition, member

ANSWER = '<payloadFactory media-type="json"><format>{"by": "gateway"}</format></payloadFactory>\n<respond/>'
STEPS = "steps:\n- policy: respond\n  parameters: {statusCode: 201}\n"
SEQUENCED = {"endpoint_type": "sequence_backend"}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def kept(world: PublisherWorld, api: str, sequence: str = ANSWER, side: str = "PRODUCTION") -> Any:
    return world.form("PUT", f"/apis/{api}/sequence-backend", type=side, sequence=sequence.encode())


def deployed(world: PublisherWorld, api: str) -> Any:
    return world.deploy(api, world.revision(api)["id"])


def answers(world: PublisherWorld, api: str, side: str = "production") -> list[str]:
    """The policies that make the answer of a side."""
    group = world.artifact(revision_key(SUPER_TENANT, api))[side]
    return [one["name"] for one in group.get("sequence", ())]


class TestSequences:
    def test_200_a_sequence_is_kept_listed_read_and_deleted(self, world: PublisherWorld) -> None:
        api = world.design(endpointConfig=SEQUENCED)["id"]
        place = f"/apis/{api}/sequence-backend"
        assert world.made("GET", place) == {"count": 0, "list": []}
        reply = kept(world, api)
        assert (reply.status, reply.json["id"], "sequenceBackends" in reply.json) == (200, api, False)
        (line,) = world.made("GET", place)["list"]
        assert (line["sequenceName"], line["sequenceType"]) == (f"{api}-PRODUCTION", "PRODUCTION")
        answer = world.call("GET", f"{place}/PRODUCTION/content")
        assert (answer.headers["Content-Type"], b64decode(answer.text).decode()) == ("application/xml", ANSWER)
        assert world.call("DELETE", f"{place}/PRODUCTION").status == 200
        for method, path in (("GET", "PRODUCTION/content"), ("DELETE", "PRODUCTION"), ("GET", "SIDE/content")):
            gone = world.call(method, f"{place}/{path}")
            assert (gone.status, gone.json["code"]) == (404, 903250)

    def test_each_side_has_its_own_and_an_update_of_the_api_leaves_them(self, world: PublisherWorld) -> None:
        api = world.design(endpointConfig=SEQUENCED)["id"]
        kept(world, api)
        kept(world, api, STEPS, "sandbox")
        world.made("PUT", f"/apis/{api}", world.made("GET", f"/apis/{api}"))
        assert deployed(world, api).status == 201
        assert answers(world, api) == ["setBody", "respond"]
        assert answers(world, api, "sandbox") == ["respond"]

    def test_a_revision_keeps_the_sequence_as_it_was(self, world: PublisherWorld) -> None:
        api = world.design(endpointConfig=SEQUENCED)["id"]
        kept(world, api)
        revision = world.revision(api)["id"]
        kept(world, api, STEPS)
        assert world.deploy(api, revision).status == 201
        assert answers(world, api) == ["setBody", "respond"]

    def test_a_product_answers_with_the_sequence_of_its_api(self, world: PublisherWorld) -> None:
        api = world.design(endpointConfig=SEQUENCED)["id"]
        kept(world, api)
        product = world.product(member(api, "GET /menu"))
        assert ANSWER not in json.dumps(product)
        revision = world.made("POST", f"/api-products/{product['id']}/revisions", {})["id"]
        wanted, query = [{"name": "Default", "vhost": "gateway.example"}], {"revisionId": revision}
        place = f"/api-products/{product['id']}/deploy-revision"
        assert world.call("POST", place, wanted, query=query).status == 201
        body = world.artifact(revision_key(SUPER_TENANT, product["id"]))
        assert [one["name"] for one in body["members"][0]["production"]["sequence"]] == ["setBody", "respond"]

    @pytest.mark.parametrize(
        ("sequence", "said"),
        [
            ("<log/>\n<script/>", "line 2: <script> cannot be run here"),
            ("<log/>", "must end in an answer without a condition"),
            ('<filter xpath="$ctx:a"><respond/></filter>', "must end in an answer without a condition"),
            (
                "steps:\n- policy: setStatus\n  parameters: {statusCode: 1}",
                "setStatus.statusCode: must be at least 200",
            ),
            (
                "steps:\n- policy: setStatus\n  parameters: {statusCode: 200}\n- policy: respond",
                "cannot stand in the request",
            ),
        ],
    )
    def test_400_what_cannot_answer_is_refused_with_its_place(
        self, world: PublisherWorld, sequence: str, said: str
    ) -> None:
        refused = kept(world, world.design()["id"], sequence)
        assert blamed(refused) == ["sequence"]
        assert refused.json["code"] == 900908
        assert said in refused.json["description"]

    def test_400_a_side_that_there_is_not(self, world: PublisherWorld) -> None:
        api = world.design()["id"]
        assert blamed(kept(world, api, side="both")) == ["type"]
        assert blamed(world.form("PUT", f"/apis/{api}/sequence-backend", type="SANDBOX")) == ["sequence"]

    def test_they_travel_in_archives(self, world: PublisherWorld) -> None:
        api = world.design(endpointConfig=SEQUENCED)["id"]
        kept(world, api)
        kept(world, api, STEPS, "SANDBOX")
        query = {"name": "Pizza", "version": "1.0.0"}
        files = dict(exported(world.call("GET", "/apis/export", query=query)))
        folder = "Pizza-1.0.0/Sequence-Backend"
        assert files[f"{folder}/{api}-PRODUCTION.xml"].decode() == ANSWER
        assert files[f"{folder}/{api}-SANDBOX.yaml"].decode() == STEPS
        assert "sequenceBackends" not in data_of(files["Pizza-1.0.0/api.yaml"])
        other = PublisherWorld()
        body, headers = multipart({"file": zipped(files)})
        assert other.call("POST", "/apis/import", body, headers=headers).status == 200
        (line,) = other.made("GET", "/apis")["list"]
        assert other.made("GET", f"/apis/{line['id']}/sequence-backend")["count"] == 2
        files[f"{folder}/{api}-PRODUCTION.xml"] = b"<class/>"
        body, headers = multipart({"file": zipped(files)})
        refused = PublisherWorld().call("POST", "/apis/import", body, headers=headers)
        assert blamed(refused) == [f"Sequence-Backend/{api}-PRODUCTION.xml"]


def mocked(world: PublisherWorld, **operation: Any) -> str:
    """An API that is mocked, of one operation with this in its definition."""
    content = definition(paths={"/menu": {"get": {**EXAMPLE, **operation}}})
    return str(world.imported(content, endpointImplementationType="MOCKED_OAS").json["id"])


EXAMPLE = {"responses": {"200": {"description": "x", "content": {"application/json": {"example": {"dish": "Pizza"}}}}}}


def mock_answer(world: PublisherWorld, api: str) -> Any:
    return world.artifact(mock_key(SUPER_TENANT, api, 1, "GET /menu"))


class TestMocks:
    def test_200_each_operation_is_described_and_answers_as_described(self, world: PublisherWorld) -> None:
        api = mocked(world)
        assert world.made("GET", f"/apis/{api}/generated-mock-scripts") == {"list": []}
        made = world.made("POST", f"/apis/{api}/generate-mock-scripts")
        described = {"status": 200, "headers": {"content-type": "application/json"}, "body": {"dish": "Pizza"}}
        assert json.loads(made["paths"]["/menu"]["get"]["x-mediation-script"]) == described
        (line,) = world.made("GET", f"/apis/{api}/generated-mock-scripts")["list"]
        assert (line["path"], line["verb"], json.loads(line["content"])) == ("/menu", "GET", described)
        assert deployed(world, api).status == 201
        assert json.loads(mock_answer(world, api)["body"]) == {"dish": "Pizza"}

    @pytest.mark.parametrize(
        "script",
        [
            {"status": 418, "headers": {"X-Pot": "tea", "Connection": "close"}, "body": {"a": 1}},
            json.dumps({"status": 418, "headers": {"X-Pot": "tea"}, "body": {"a": 1}}),
        ],
    )
    def test_what_a_provider_writes_there_is_the_answer(self, world: PublisherWorld, script: Any) -> None:
        api = mocked(world, **{"x-mediation-script": script})
        assert deployed(world, api).status == 201
        headers = {"content-type": "application/json", "x-pot": "tea"}
        assert mock_answer(world, api) == {"status": 418, "headers": headers, "body": '{"a": 1}'}

    @pytest.mark.parametrize(
        ("script", "said"),
        [
            ("mc.setPayloadJSON(responses[200]);", "scripts (JavaScript) are not run"),
            ({"status": 99}, "status must be a number from 200 to 599"),
            ({"code": 200}, "'code' is none of body, headers, status"),
            ({"headers": {"no header": "x"}}, "'no header' is no header"),
        ],
    )
    def test_400_what_is_no_description_is_refused_with_its_operation(
        self, world: PublisherWorld, script: Any, said: str
    ) -> None:
        refused = deployed(world, mocked(world, **{"x-mediation-script": script}))
        assert blamed(refused) == ["operations.0"]
        assert "x-mediation-script of GET /menu cannot be used" in refused.json["description"]
        assert said in refused.json["description"]

    def test_a_sequence_endpoint_without_a_sequence_is_mocked(self, world: PublisherWorld) -> None:
        content = definition(paths={"/menu": {"get": EXAMPLE}})
        api = world.imported(content, endpointConfig=SEQUENCED).json["id"]
        assert deployed(world, api).status == 201
        assert json.loads(mock_answer(world, api)["body"]) == {"dish": "Pizza"}

    def test_404_of_an_api_that_there_is_not(self, world: PublisherWorld) -> None:
        for method, path in (("POST", "generate-mock-scripts"), ("GET", "generated-mock-scripts")):
            assert world.call(method, f"/apis/0/{path}").json["code"] == 900308


def test_no_api_has_policies_that_make_soap_of_rest(world: PublisherWorld) -> None:
    place = f"/apis/{world.design()['id']}/resource-policies"
    assert world.made("GET", place) == {"count": 0, "list": []}
    assert world.call("GET", f"{place}/1").status == 404
    refused = world.call("PUT", f"{place}/1", {"content": "<header/>"})
    assert refused.status == 400
    assert "no SOAP of REST" in refused.json["description"]
    assert world.call("GET", "/apis/0/resource-policies").json["code"] == 900308
