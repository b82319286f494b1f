"""The publisher's search over definitions. That over documents is in test_publisher_documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.graphql_texts import SDL
from tests.worlds import publisher_graphql, publisher_streaming
from tests.worlds.publisher import PublisherWorld, definition, member
from tests.wsdl_texts import WSDL_11


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def described(**get: Any) -> dict[str, Any]:
    """A definition whose one operation has these properties."""
    answers = {"200": {"description": "OK"}}
    return definition(paths={"/menu": {"get": {"responses": answers, **get}}})


def found(world: PublisherWorld, query: str, *, by: str = "admin") -> list[str]:
    answer = world.made("GET", "/search", query={"query": query}, by=by)
    return [f"{one['type']} {one.get('apiName') or one['name']}" for one in answer["list"]]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("content:/MENU", ["DEFINITION Pizza"]),
        ("content:lists*day", ["DEFINITION Pizza"]),
        ('content:"dishes of the day"', ["DEFINITION Pizza"]),
        ('content:"dishes the day"', []),
        ("dishes", ["DEFINITION Pizza"]),
        ("dishes day", ["DEFINITION Pizza"]),
        ("content:dishes name:pizza version:1.0.0", ["DEFINITION Pizza"]),
        ("content:dishes name:other", []),
        ("type:DEFINITION dishes", ["DEFINITION Pizza"]),
        ("type:DEFINITION", ["DEFINITION Pizza"]),
        ("type:DOC dishes", []),
        ("doc:dishes", []),
        ("name:dishes", []),
        ("dishes status:created", []),
    ],
)
def test_200_which_queries_find_a_definition(world: PublisherWorld, query: str, hits: list[str]) -> None:
    assert world.imported(described(summary="Lists the dishes of the day")).status == 201
    assert found(world, query) == hits


def test_200_a_line_says_of_which_api_it_is(world: PublisherWorld) -> None:
    made = world.imported(described(operationId="listDishes")).json
    (line,) = world.made("GET", "/search", query={"query": "listdishes"})["list"]
    assert (line["id"], line["apiUUID"], line["name"]) == (made["id"], made["id"], "swagger.json")
    assert (line["apiContext"], line["apiVersion"], line["apiProvider"]) == (made["context"], "1.0.0", "admin")
    assert (line["apiType"], line["associatedType"]) == ("REST", "API")
    assert line["createdTime"] == made["createdTime"]


def test_200_whatever_describes_an_api_is_searched(world: PublisherWorld) -> None:
    rest = world.imported(described(operationId="listDishes")).json["id"]
    world.product(member(rest, "GET /menu"), name="Feast")
    publisher_graphql.made(world, name="Graph", context="/graph")
    publisher_streaming.made(world)
    soap = world.form(
        "POST",
        "/apis/import-wsdl",
        file=WSDL_11,
        additionalProperties=json.dumps(
            {
                "name": "Phone",
                "version": "1.0.0",
                "context": "/phone",
                "policies": ["Unlimited"],
            }
        ),
    )
    assert soap.status == 201, soap.text
    sorts = {"content:listdishes": ["REST API", "REST APIProduct"], "content:CheckIn": ["SOAP API"]}
    sorts |= {"content:litres": ["GRAPHQL API"], "content:lumens": ["ASYNC API"]}
    for query, hits in sorts.items():
        lines = world.made("GET", "/search", query={"query": query})["list"]
        assert sorted(f"{one['apiType']} {one['associatedType']}" for one in lines) == hits, query


def test_200_what_has_changed_is_found_at_once_and_what_is_gone_is_not(world: PublisherWorld) -> None:
    api = world.imported(described(summary="Dishes")).json["id"]
    revision = world.revision(api)["id"]
    changed = json.dumps(described(summary="Drinks"))
    world.form("PUT", f"/apis/{api}/swagger", apiDefinition=changed)
    assert (found(world, "dishes"), found(world, "drinks")) == ([], ["DEFINITION Pizza"])
    world.made("POST", f"/apis/{api}/restore-revision", query={"revisionId": revision})
    assert (found(world, "dishes"), found(world, "drinks")) == (["DEFINITION Pizza"], [])
    world.call("DELETE", f"/apis/{api}")
    assert found(world, "dishes") == []


def test_200_a_new_schema_takes_the_place_of_the_old_one(world: PublisherWorld) -> None:
    api = publisher_graphql.made(world, name="Graph", context="/graph")
    publisher_graphql.replaced(world, api, SDL + b"\n# Seasonal\n")
    assert found(world, "seasonal") == ["DEFINITION Graph"]


def test_200_the_definition_of_an_api_that_one_may_not_see_is_not_found(world: PublisherWorld) -> None:
    hidden = {"accessControl": "RESTRICTED", "accessControlRoles": ["kitchen"]}
    assert world.imported(described(summary="Dishes"), **hidden).status == 201
    assert found(world, "content:dishes") == ["DEFINITION Pizza"]
    assert found(world, "content:dishes", by="baker") == []
