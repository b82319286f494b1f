"""The store's search over APIs, API products and documents."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.worlds.store import StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    """Two APIs of one name, another one, a product, and two documents."""
    world = StoreWorld()
    world.api("Pizza", version="1.0.0", tags=["hot"])
    pizza = world.api(
        "Pizza",
        version="2.0.0",
        tags=["hot", "italian-group"],
        description="Round and flat",
        categories=["Food"],
        businessInformation={"businessOwner": "Jane"},
        additionalProperties=[{"name": "Region", "value": "eu", "display": True}],
    )
    taxi = world.api("Taxi", type="GRAPHQL", description="Rides")
    world.api("Draft", LifecycleState.CREATED)
    world.api("Feast", type="APIProduct", tags=["hot"], apis=[])
    world.document(pizza, "Pizza guide", b"Bake it at 250 degrees")
    world.document(taxi, "Rides", b"Degrees of comfort", summary="How taxis ride")
    return world


def found(world: StoreWorld, query: str, **more: Any) -> list[str]:
    answer = world.call("GET", "/search", by=None, query={"query": query}, **more)
    assert answer.status == 200, answer.text
    return [f"{one['type']} {one['name']}" for one in answer.json["list"]]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("", ["APIProduct Feast", "API Pizza", "API Taxi"]),
        ("pizza", ["API Pizza", "DOC Pizza guide"]),
        ("degrees", ["DOC Pizza guide", "DOC Rides"]),
        ("content:degrees", ["DOC Pizza guide", "DOC Rides"]),
        ("content:degrees name:taxi", ["DOC Rides"]),
        ("doc:taxis", ["DOC Rides"]),
        ("type:DOC rides", ["DOC Rides"]),
        ('type:"APIProduct"', ["APIProduct Feast"]),
        ("type:GRAPHQL", ["API Taxi"]),
        ("tag:hot", ["APIProduct Feast", "API Pizza"]),
        ('tags:"italian-group"', ["API Pizza"]),
        ("description:flat", ["API Pizza"]),
        ("api-category:Food", ["API Pizza"]),
        ("region:eu", ["API Pizza"]),
        ("context:/taxi", ["API Taxi"]),
        ("lcState:CREATED", []),
        ('name:"Pizza" version:"1.0.0"', ["API Pizza"]),
        ("p*za provider:admin", ["API Pizza"]),
        ("nothing", []),
    ],
)
def test_200_what_a_query_finds(world: StoreWorld, query: str, hits: list[str]) -> None:
    assert found(world, query) == hits


def test_200_a_line_says_what_it_is_of(world: StoreWorld) -> None:
    api, document = world.call("GET", "/search", by=None, query={"query": "pizza"}).json["list"]
    assert (api["version"], api["context"], api["status"], api["transportType"]) == (
        "2.0.0",
        "/pizza/2.0.0",
        "PUBLISHED",
        "HTTP",
    )
    assert api["businessInformation"] == {"businessOwner": "Jane"}
    assert (document["apiName"], document["apiUUID"], document["docType"]) == ("Pizza", api["id"], "HOWTO")


def test_200_what_was_written_is_found_at_once_and_what_is_gone_is_not(world: StoreWorld) -> None:
    made = world.api("Newest")
    document = world.document(made, "Novelty", b"Unheard of")
    assert found(world, "unheard") == ["DOC Novelty"]
    assert found(world, "newest") == ["API Newest"]
    world.records.remove([document])
    assert found(world, "unheard") == []


def test_200_the_search_is_paged(world: StoreWorld) -> None:
    answer = world.call("GET", "/search", by=None, query={"limit": 1, "offset": 1}).json
    assert (answer["count"], answer["pagination"]["total"]) == (1, 3)
    assert answer["pagination"]["next"] == "/search?limit=1&offset=2"


def test_200_documents_of_older_versions_are_found_by_who_asks_for_the_version(world: StoreWorld) -> None:
    older = next(one for one in world.apis.summaries("carbon.super") if one.version == "1.0.0" and one.name == "Pizza")
    world.document(world.apis.get("carbon.super", older.id), "Old guide", b"Bake it by wood")
    assert found(world, "content:wood") == []
    assert found(world, "content:wood version:1.0.0") == ["DOC Old guide"]


def test_200_a_definition_is_found_as_it_is_deployed_where_developers_see_it(world: StoreWorld) -> None:
    api = world.api("Kiosk", words=b"draft")
    assert found(world, "content:draft") == ["DEFINITION swagger.json"]
    world.deploy(api, environment="hidden", words=b"secret", displayed=False)
    assert (found(world, "content:secret"), found(world, "draft")) == ([], ["DEFINITION swagger.json"])
    world.deploy(api, words=b"served nearby")
    world.deploy(api, environment="eu", words=b"served abroad")
    assert found(world, "draft") == found(world, "secret") == []
    for query in ("content:served", "nearby", "type:DEFINITION abroad", "content:nearby name:kiosk"):
        assert found(world, query) == ["DEFINITION swagger.json"]
    assert found(world, "nearby abroad") == []


def test_200_a_line_says_what_the_definition_is_of(world: StoreWorld) -> None:
    api = world.api("Graph", type="GRAPHQL", words=b"type dish")
    (line,) = world.call("GET", "/search", by=None, query={"query": "dish"}).json["list"]
    assert (line["name"], line["apiType"], line["associatedType"]) == ("schema.graphql", "GRAPHQL", "API")
    assert (line["apiUUID"], line["apiName"], line["apiContext"]) == (api.id, "Graph", "/graph")


def test_200_definitions_that_are_not_shown_to_the_visitor_are_not_found(world: StoreWorld) -> None:
    world.api("Draft2", LifecycleState.CREATED, words=b"unheard")
    world.api("Closed", visibility="RESTRICTED", visibleRoles=["kitchen"], words=b"unheard")
    assert found(world, "content:unheard") == []
