"""What becomes of API products: revisions, what the gateway is told of them, and the states of their lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import mock_key, revision_key, route_key, schema_key, state_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi, EndpointKind
from tests.worlds.publisher import PublisherWorld, blamed, definition, member

if TYPE_CHECKING:
    from tests.callers import Reply

UNHEARD = "00000000-0000-0000-0000-000000000000"
DEFAULT = [{"name": "Default", "vhost": "gateway.example", "displayOnDevportal": True}]
DEFAULT_ID = "RGVmYXVsdA"
ADD_HEADER = {"policyName": "addHeader", "parameters": {"headerName": "x-kitchen", "headerValue": "pizza"}}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of an API with a policy of its own."""
    policies = {"request": [ADD_HEADER], "response": [], "fault": []}
    return str(world.design(apiPolicies=policies)["id"])


@pytest.fixture
def drinks(world: PublisherWorld) -> str:
    """The id of an API that has only a sandbox."""
    config = {"endpoint_type": "http", "sandbox_endpoints": {"url": "https://bar.example"}}
    return str(world.design("Drinks", endpointConfig=config, operations=[{"verb": "GET", "target": "/beers"}])["id"])


@pytest.fixture
def feast(world: PublisherWorld, pizza: str, drinks: str) -> str:
    """The id of a product of both."""
    return str(world.product(member(pizza, "GET /menu"), member(drinks, "GET /beers"))["id"])


def revision(world: PublisherWorld, product_id: str) -> str:
    return str(world.made("POST", f"/api-products/{product_id}/revisions", {"description": "A snapshot"})["id"])


def on_revision(world: PublisherWorld, product_id: str, verb: str, revision_id: str, body: Any = None) -> Reply:
    return world.call("POST", f"/api-products/{product_id}/{verb}-revision", body, query={"revisionId": revision_id})


def deployed(world: PublisherWorld, product_id: str) -> str:
    revision_id = revision(world, product_id)
    answer = on_revision(world, product_id, "deploy", revision_id, DEFAULT)
    assert answer.status == 201, answer.text
    return revision_id


def served(world: PublisherWorld, product_id: str) -> DeployedApi:
    return DeployedApi.from_body(world.artifact(revision_key(SUPER_TENANT, product_id)))


def change(world: PublisherWorld, product_id: str, action: str, **more: str) -> Reply:
    query = {"action": action, "apiProductId": product_id, **more}
    return world.call("POST", "/api-products/change-lifecycle", query=query)


def test_201_a_deployed_product_has_the_endpoints_of_its_members(
    world: PublisherWorld, feast: str, pizza: str, drinks: str
) -> None:
    deployed(world, feast)
    assert world.artifact(route_key(SUPER_TENANT, "/feast/1.0.0")) == {"api_id": feast}
    assert world.artifact(state_key(SUPER_TENANT, feast)) == {"state": "CREATED"}
    found = served(world, feast)
    assert (found.production, found.sandbox) == (None, None)
    by_target = {operation.target: found.behind(operation) for operation in found.operations}
    assert {target: one.id for target, one in by_target.items()} == {"/menu": pizza, "/beers": drinks}
    menu, beers = by_target["/menu"], by_target["/beers"]
    assert menu.production is not None
    assert menu.production.members[0].url == "https://backend.example"
    assert [policy.name for policy in menu.mediation.request] == ["addHeader"]
    assert beers.sandbox is not None
    assert (beers.production, beers.sandbox.members[0].url) == (None, "https://bar.example")
    assert not beers.mediation.request


def test_a_revision_serves_what_its_members_were_when_it_was_taken(
    world: PublisherWorld, feast: str, pizza: str
) -> None:
    first = revision(world, feast)
    moved = {"endpoint_type": "http", "production_endpoints": {"url": "https://moved.example"}}
    world.made("PUT", f"/apis/{pizza}", {**world.made("GET", f"/apis/{pizza}"), "endpointConfig": moved})
    second = revision(world, feast)
    for revision_id, url in ((second, "https://moved.example"), (first, "https://backend.example")):
        assert on_revision(world, feast, "deploy", revision_id, DEFAULT).status == 201
        production = served(world, feast).members[0].production
        assert production is not None
        assert production.members[0].url == url


def test_200_revisions_and_deployments_of_a_product(world: PublisherWorld, feast: str) -> None:
    path = f"/api-products/{feast}"
    made = world.call("POST", f"{path}/revisions", {"description": "First"})
    assert made.headers["Location"] == f"/api/am/publisher/v4{path}/revisions/{made.json['id']}"
    assert world.made("GET", f"{path}/revisions/{made.json['id']}") == made.json
    second = deployed(world, feast)
    taken = world.made("GET", f"{path}/revisions")["list"]
    assert [one["displayName"] for one in taken] == ["Revision 1", "Revision 2"]
    (shown,) = world.made("GET", f"{path}/deployments")
    assert (shown["revisionUuid"], shown["name"], shown["displayOnDevportal"]) == (second, "Default", True)
    refused = world.call("DELETE", f"{path}/revisions/{second}")
    assert (refused.status, refused.json["code"]) == (400, 900348)
    assert on_revision(world, feast, "undeploy", second, DEFAULT).json == []
    assert world.artifact(route_key(SUPER_TENANT, "/feast/1.0.0")) is None
    left = world.made("DELETE", f"{path}/revisions/{second}")
    assert [one["displayName"] for one in left["list"]] == ["Revision 1"]


@pytest.mark.parametrize("collection", ["apis", "api-products"])
def test_200_a_deployment_is_hidden_from_developers(
    world: PublisherWorld, feast: str, pizza: str, collection: str
) -> None:
    if collection == "apis":
        one = pizza
        assert world.deploy(one, world.revision(one)["id"]).status == 201
    else:
        one = feast
        deployed(world, one)
    path = f"/{collection}/{one}/deployments"
    body = {"name": "Default", "displayOnDevportal": False}
    assert world.made("PUT", f"{path}/{DEFAULT_ID}", body)["displayOnDevportal"] is False
    assert [found["displayOnDevportal"] for found in world.made("GET", path)] == [False]
    for unheard in ("RGVm", "", "~~"):
        assert world.call("PUT", f"{path}/{unheard or 'x'}", body).status == 404


def test_404_for_every_operation_of_a_product_that_does_not_exist(world: PublisherWorld, pizza: str) -> None:
    before = world.writes
    for product_id in (UNHEARD, pizza):
        path = f"/api-products/{product_id}"
        answers = [
            world.call("GET", f"{path}/revisions"),
            world.call("POST", f"{path}/revisions", {}),
            world.call("GET", f"{path}/revisions/{UNHEARD}"),
            world.call("DELETE", f"{path}/revisions/{UNHEARD}"),
            world.call("GET", f"{path}/deployments"),
            world.call("PUT", f"{path}/deployments/{DEFAULT_ID}", {"name": "Default"}),
            *(on_revision(world, product_id, verb, UNHEARD, DEFAULT) for verb in ("deploy", "undeploy", "restore")),
            change(world, product_id, "Publish"),
            world.call("GET", f"{path}/lifecycle-state"),
            world.call("GET", f"{path}/lifecycle-history"),
            world.call("DELETE", f"{path}/lifecycle-state/pending-tasks"),
        ]
        assert {(answer.status, answer.json["code"]) for answer in answers} == {(404, 900360)}
    assert world.writes == before


def test_400_a_product_of_nothing_is_neither_deployed_nor_published(world: PublisherWorld) -> None:
    empty = str(world.product()["id"])
    assert blamed(on_revision(world, empty, "deploy", revision(world, empty), DEFAULT)) == ["apis"]
    assert blamed(change(world, empty, "Publish")) == ["apis"]


def test_400_what_a_member_cannot_serve_is_named_within_the_product(world: PublisherWorld, pizza: str) -> None:
    config = {"endpoint_type": "http", "production_endpoints": {"url": "ftp://x"}}
    odd = world.design("Odd", endpointConfig=config)["id"]
    feast = world.product(member(pizza, "GET /menu"))
    lines = [{"verb": "GET", "target": "/odd"}]
    world.made("PUT", f"/apis/{odd}", {**world.made("GET", f"/apis/{odd}"), "operations": lines})
    chosen = [member(pizza, "GET /menu"), member(odd, "GET /odd")]
    world.made("PUT", f"/api-products/{feast['id']}", {**feast, "apis": chosen})
    refused = on_revision(world, feast["id"], "deploy", revision(world, feast["id"]), DEFAULT)
    assert blamed(refused) == ["apis.1.endpointConfig.production_endpoints.url"]


def test_restoring_a_product_takes_its_members_back(world: PublisherWorld, feast: str, pizza: str, drinks: str) -> None:
    first = revision(world, feast)
    path = f"/api-products/{feast}"
    world.made("PUT", path, {**world.made("GET", path), "apis": [member(pizza, "GET /menu")]})
    assert world.call("GET", f"/apis/{drinks}").json["operations"][0]["usedProductIds"] == []
    restored = on_revision(world, feast, "restore", first)
    assert restored.status == 201
    assert [entry["name"] for entry in restored.json["apis"]] == ["Pizza", "Drinks"]
    assert world.call("GET", f"/apis/{drinks}").json["operations"][0]["usedProductIds"] == [feast]


def test_400_restoring_a_product_whose_members_have_lost_what_it_takes(
    world: PublisherWorld, feast: str, pizza: str, drinks: str
) -> None:
    first = revision(world, feast)
    path = f"/api-products/{feast}"
    world.made("PUT", path, {**world.made("GET", path), "apis": [member(pizza, "GET /menu")]})
    world.made("DELETE", f"/apis/{drinks}")
    before = world.writes
    refused = on_revision(world, feast, "restore", first)
    assert (refused.status, refused.json["code"]) == (400, 900365)
    assert "GET /beers" in refused.json["description"]
    assert world.writes == before


def test_400_restoring_an_api_must_not_take_from_products_what_they_use(world: PublisherWorld, pizza: str) -> None:
    first = world.revision(pizza)["id"]
    more = [{"verb": "GET", "target": "/menu"}, {"verb": "GET", "target": "/news"}]
    world.made("PUT", f"/apis/{pizza}", {**world.made("GET", f"/apis/{pizza}"), "operations": more})
    world.product(member(pizza, "GET /news"))
    refused = world.call("POST", f"/apis/{pizza}/restore-revision", query={"revisionId": first})
    assert (refused.status, refused.json["code"]) == (400, 900364)
    assert refused.json["description"].endswith("GET /news (Feast 1.0.0)")


def test_a_product_lives_as_an_api_does(world: PublisherWorld, feast: str) -> None:
    deployed(world, feast)
    state = f"/api-products/{feast}/lifecycle-state"
    for action, display in (
        ("Publish", "Published"),
        ("Block", "Blocked"),
        ("Re-Publish", "Published"),
        ("Deprecate", "Deprecated"),
    ):
        answer = change(world, feast, action)
        assert (answer.status, answer.json["lifecycleState"]["state"]) == (200, display)
        assert world.made("GET", state)["state"] == display
        assert world.artifact(state_key(SUPER_TENANT, feast)) == {"state": display.upper()}
    world.subscriptions.apis.add(feast)
    assert change(world, feast, "Retire").status == 200
    assert world.artifact(route_key(SUPER_TENANT, "/feast/1.0.0")) is None
    assert feast not in world.subscriptions.apis
    history = world.made("GET", f"/api-products/{feast}/lifecycle-history")
    assert [step["postState"] for step in history["list"]][-1] == "Retired"
    refused = change(world, feast, "Publish")
    assert (refused.status, refused.json["code"]) == (400, 903234)


def test_400_what_a_change_of_state_must_say(world: PublisherWorld, feast: str) -> None:
    path = "/api-products/change-lifecycle"
    assert blamed(world.call("POST", path, query={"action": "Publish"})) == ["apiProductId"]
    assert blamed(world.call("POST", path, query={"apiProductId": feast})) == ["action"]
    world.made("PUT", f"/api-products/{feast}", {**world.made("GET", f"/api-products/{feast}"), "policies": []})
    assert blamed(change(world, feast, "Publish")) == ["policies"]


def test_200_nothing_waits_for_an_approval(world: PublisherWorld, feast: str, pizza: str) -> None:
    for path in (f"/api-products/{feast}", f"/apis/{pizza}"):
        assert world.call("DELETE", f"{path}/lifecycle-state/pending-tasks").status == 200


def test_publishing_a_new_version_deprecates_the_old_and_takes_its_address_over(
    world: PublisherWorld, pizza: str
) -> None:
    old = world.product(member(pizza, "GET /menu"), isDefaultVersion=True)["id"]
    query = {"apiProductId": old, "newVersion": "2.0.0", "defaultVersion": "true"}
    new = world.made("POST", "/api-products/copy-api-products", query=query)["id"]
    for product_id in (old, new):
        deployed(world, product_id)
    assert change(world, old, "Publish").status == 200
    checklist = "Deprecate old versions after publishing the API:true"
    assert change(world, new, "Publish", lifecycleChecklist=checklist).status == 200
    assert world.made("GET", f"/api-products/{old}")["state"] == "DEPRECATED"
    assert world.artifact(route_key(SUPER_TENANT, "/feast")) == {"api_id": new}


def test_a_mocked_member_answers_from_the_product_s_own_facts(world: PublisherWorld, pizza: str) -> None:
    ok = {"200": {"description": "ok", "content": {"application/json": {"example": {"mocked": True}}}}}
    content = definition("Bread", paths={"/bread": {"get": {"responses": ok}}})
    bread = world.imported(content, name="Bread", endpointImplementationType="INLINE").json["id"]
    feast = str(world.product(member(pizza, "GET /menu"), member(bread, "GET /bread"))["id"])
    revision_id = deployed(world, feast)
    members = {one.name: one.production for one in served(world, feast).members}
    assert members["Bread"] is not None
    assert members["Bread"].kind is EndpointKind.MOCK
    mock = world.artifact(mock_key(SUPER_TENANT, feast, 1, "GET /bread"))
    assert '"mocked": true' in mock["body"] or '"mocked":true' in mock["body"]
    assert world.artifact(mock_key(SUPER_TENANT, feast, 1, "GET /menu")) is None
    assert on_revision(world, feast, "undeploy", revision_id, DEFAULT).status == 201
    world.made("DELETE", f"/api-products/{feast}/revisions/{revision_id}")
    assert world.artifact(mock_key(SUPER_TENANT, feast, 1, "GET /bread")) is None


def test_a_product_may_hold_calls_to_the_schemas_of_its_members(world: PublisherWorld) -> None:
    dish = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Dish"}}}}
    ok = {"200": {"description": "ok"}}
    content = definition(
        paths={"/dishes": {"post": {"requestBody": body, "responses": ok}}},
        components={"schemas": {"Dish": dish}},
    )
    dishes = world.imported(content).json["id"]
    feast = str(world.product(member(dishes, "POST /dishes"), enableSchemaValidation=True)["id"])
    deployed(world, feast)
    assert served(world, feast).validated
    schemas = world.artifact(schema_key(SUPER_TENANT, feast, 1, "POST /dishes"))
    assert "name" in str(schemas)


def test_a_product_is_tried_out_with_a_key_of_its_own(world: PublisherWorld, feast: str) -> None:
    assert world.made("POST", f"/apis/{feast}/generate-key")["apikey"]
