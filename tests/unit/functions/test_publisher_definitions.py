"""What a definition brings is held to the same rules as what a provider types in, and secrets stay secret wherever they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from gatehouse.adapters.archives import ZipArchives
from tests.definition_files import FILES, PATHS, ROOT
from tests.worlds.forms import multipart
from tests.worlds.publisher import ARCHIVE_LIMITS, PublisherWorld, blamed, definition, properties
from tests.worlds.publisher_graphql import operations

DISHES = b"""\
openapi: 3.1.0
info: {title: Dishes, version: 1.0.0}
x-cook: {name: Ann}
paths:
  /dishes:
    get:
      responses:
        '200':
          description: A dish
          content:
            application/json:
              schema: {$ref: '#/components/schemas/dish'}
            text/csv: {schema: {type: string}, x-separator: ';'}
      x-cost: 3
components:
  schemas:
    dish: {type: [object, 'null'], x-since: 2}
"""
OK = {"responses": {"200": {"description": "OK"}}}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"paths": {}}, "paths"),
    ({"paths": {"/menu": {"get": {**OK, "x-throttling-tier": "Nope"}}}}, "operations.0.throttlingPolicy"),
    ({"paths": {"/a b": {"get": OK}}}, "operations.0.target"),
    ({"paths": {"/x?y=1": {"get": OK}}}, "operations.0.target"),
]


@pytest.mark.parametrize(("parts", "field"), BAD)
def test_400_names_what_an_imported_definition_cannot_bring(
    world: PublisherWorld, parts: dict[str, Any], field: str
) -> None:
    assert blamed(world.imported({**definition(), **parts})) == [field]
    assert world.writes == PublisherWorld().writes


@pytest.mark.parametrize(("parts", "field"), BAD)
def test_400_names_what_a_replaced_definition_cannot_bring(
    world: PublisherWorld, parts: dict[str, Any], field: str
) -> None:
    api_id = world.design()["id"]
    before = world.writes
    reply = world.form("PUT", f"/apis/{api_id}/swagger", apiDefinition=json.dumps({**definition(), **parts}))
    assert blamed(reply) == [field]
    assert world.writes == before


def test_a_definition_is_read_from_its_address(world: PublisherWorld) -> None:
    url = "https://docs.example/pizza.json"
    world.remote.contents[url] = json.dumps(definition()).encode()
    assert world.form("POST", "/apis/validate-openapi", url=url).json["isValid"] is True
    made = world.form("POST", "/apis/import-openapi", url=url, additionalProperties=properties())
    assert (made.status, made.json["name"]) == (201, "Pizza")
    replaced = world.form("PUT", f"/apis/{made.json['id']}/swagger", url=url)
    assert (replaced.status, list(replaced.json["paths"])) == (200, ["/menu"])


def test_400_an_address_where_no_definition_is(world: PublisherWorld) -> None:
    for url, code in (("https://docs.example/absent", 900757), ("file:///etc/passwd", 900756)):
        refused = world.form("POST", "/apis/import-openapi", url=url, additionalProperties=properties())
        assert (blamed(refused), refused.json["code"]) == (["url"], code)


def test_what_was_validated_comes_back_when_it_is_asked_for(world: PublisherWorld) -> None:
    body, headers = multipart({"file": json.dumps(definition()).encode()})
    answer = world.call("POST", "/apis/validate-openapi", body, headers=headers, query={"returnContent": "true"})
    assert json.loads(answer.json["content"])["info"]["title"] == "Pizza"


def test_a_parameter_may_be_a_part_of_a_segment(world: PublisherWorld) -> None:
    parameter = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    item = {"get": {**OK, "parameters": [parameter]}}
    reply = world.imported({**definition(), "paths": {"/files/{name}.pdf": item}})
    assert reply.status == 201, reply.text
    answer = world.call("PUT", f"/apis/{reply.json['id']}", reply.json)
    assert answer.status == 200, answer.text


def test_what_is_read_can_be_sent_back_after_any_import(world: PublisherWorld) -> None:
    made = world.imported()
    assert world.call("PUT", f"/apis/{made.json['id']}", made.json).status == 200


@pytest.mark.parametrize("context", ["/.", "/..", "/a/../b", "/./a"])
def test_400_for_a_context_that_clients_would_shorten(world: PublisherWorld, context: str) -> None:
    refused = world.call("POST", "/apis", {"name": "A", "version": "1", "context": context})
    assert refused.status == 400
    assert "context" in refused.json["description"]


def test_secrets_are_hidden_and_kept_in_lists_too(world: PublisherWorld) -> None:
    config = {"endpoint_type": "load_balance", "production_endpoints": [{"url": "https://a", "password": "hidden"}]}
    made = world.design(endpointConfig=config, websubSubscriptionConfiguration={"enable": True, "secret": "hidden"})
    shown = world.call("GET", f"/apis/{made['id']}")
    assert "hidden" not in shown.text
    world.made("PUT", f"/apis/{made['id']}", shown.json)
    kept = world.apis.get("carbon.super", made["id"]).document
    assert kept["endpointConfig"]["production_endpoints"][0]["password"] == "hidden"
    assert kept["websubSubscriptionConfiguration"]["secret"] == "hidden"


def test_deprecating_old_versions_leaves_those_alone_that_the_caller_may_not_see(world: PublisherWorld) -> None:
    restricted = {"accessControl": "RESTRICTED", "accessControlRoles": ["kitchen"]}
    hidden = world.design(version="1.0.0", **restricted)["id"]
    assert world.change(hidden, "Publish").status == 200
    theirs = world.design(version="2.0.0", by="baker")["id"]
    item = "Deprecate old versions after publishing the API:true"
    query = {"action": "Publish", "apiId": theirs, "lifecycleChecklist": item}
    assert world.call("POST", "/apis/change-lifecycle", query=query, by="baker").status == 200
    assert world.made("GET", f"/apis/{hidden}")["lifeCycleStatus"] == "PUBLISHED"


def test_a_revision_is_not_deleted_by_a_request_that_is_refused(world: PublisherWorld) -> None:
    api_id = world.design()["id"]
    path = f"/apis/{api_id}/revisions/{world.revision(api_id)['id']}"
    assert blamed(world.call("DELETE", path, query={"query": "nonsense"})) == ["query"]
    assert world.call("GET", path).status == 200


def test_mocks_and_schemas_are_written_with_a_deployment_and_go_with_the_revision(world: PublisherWorld) -> None:
    content = definition(paths={"/menu": {"get": {"responses": {"200": {
        "description": "OK", "content": {"application/json": {"example": ["margherita"]}}}}}}})  # fmt: skip
    api = world.imported(content, endpointImplementationType="MOCKED_OAS", enableSchemaValidation=True).json
    revision_id = world.revision(api["id"])["id"]
    assert world.deploy(api["id"], revision_id).status == 201
    facts = world.artifacts.partition(f"carbon.super#FACTS#{api['id']}#1")
    assert facts["MOCK GET /menu"]["body"] == '["margherita"]'
    undeploy = f"/apis/{api['id']}/undeploy-revision"
    world.call("POST", undeploy, [{"name": "Default"}], query={"revisionId": revision_id})
    world.call("DELETE", f"/apis/{api['id']}/revisions/{revision_id}")
    assert world.artifacts.partition(f"carbon.super#FACTS#{api['id']}#1") == {}


def test_201_an_archive_of_several_files_is_imported_and_replaced(world: PublisherWorld) -> None:
    archive = ZipArchives(ARCHIVE_LIMITS).pack(FILES)
    assert world.form("POST", "/apis/validate-openapi", file=archive).json["isValid"] is True
    made = world.form("POST", "/apis/import-openapi", file=archive, additionalProperties=properties("Pets"))
    assert (made.status, operations(made.json)) == (201, ["GET /pets", "POST /pets", "GET /pets/{id}"])
    kept = world.made("GET", f"/apis/{made.json['id']}/swagger")
    assert set(kept["components"]["schemas"]) == {"pet", "pet_2", "cat", "owner", "error"}
    fewer = ZipArchives(ARCHIVE_LIMITS).pack({**FILES, "paths/pets.yaml": PATHS.partition(b"post:")[0]})
    replaced = world.form("PUT", f"/apis/{made.json['id']}/swagger", file=fewer)
    assert replaced.status == 200, replaced.text
    # What was edited shows at once.
    assert operations(world.made("GET", f"/apis/{made.json['id']}")) == ["GET /pets", "GET /pets/{id}"]


def test_remote_references_are_read_and_those_that_cannot_be_are_named(world: PublisherWorld) -> None:
    file = ROOT.replace(b"$ref: paths/pets.yaml", b"$ref: 'https://docs.example/pets/paths/pets.yaml'")
    site = {f"https://docs.example/pets/{name}": content for name, content in FILES.items()}
    url = "https://docs.example/pets/openapi.yaml"
    world.remote.contents = {**site, url: file}
    made = world.form("POST", "/apis/import-openapi", url=url, additionalProperties=properties("Pets"))
    assert (made.status, len(made.json["operations"])) == (201, 3)
    del world.remote.contents["https://docs.example/pets/schemas/cat.yaml"]
    answer = world.form("POST", "/apis/validate-openapi", url=url).json
    assert answer["isValid"] is False
    assert "'https://docs.example/pets/schemas/cat.yaml' answers 404" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (b"description: A dish", b"descriptoin: A dish", "/paths/~1dishes/get/responses/200: 'description' is a required property (line 8)"),  # noqa: E501
        (b"'#/components/schemas/dish'", b"'#/components/schemas/gone'", "/paths/~1dishes/get/responses/200/content/application~1json/schema/$ref: nothing stands at '#/components/schemas/gone' (line 12)"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_pointer_and_its_line(
    world: PublisherWorld, before: bytes, after: bytes, problem: str
) -> None:
    answer = world.form("POST", "/apis/validate-openapi", file=DISHES.replace(before, after)).json
    assert answer["isValid"] is False
    assert problem in answer["errors"][0]["message"]
    reply = world.form(
        "POST", "/apis/import-openapi", file=DISHES.replace(before, after), additionalProperties=properties()
    )
    assert (reply.status, problem in reply.text) == (400, True)


def test_a_round_trip_loses_nothing(world: PublisherWorld) -> None:
    made = world.form("POST", "/apis/import-openapi", file=DISHES, additionalProperties=properties()).json
    world.made("PUT", f"/apis/{made['id']}", {**made, "description": "Dishes, described"})
    kept = world.made("GET", f"/apis/{made['id']}/swagger")
    sent = yaml.safe_load(DISHES)
    told = kept["paths"]["/dishes"]["get"]
    assert told["responses"] == sent["paths"]["/dishes"]["get"]["responses"]
    assert (told["x-cost"], kept["x-cook"]) == (3, {"name": "Ann"})
    assert kept["components"]["schemas"] == sent["components"]["schemas"]
