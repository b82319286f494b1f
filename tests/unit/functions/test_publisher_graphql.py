"""GraphQL APIs through the publisher's surface: schemas, the operations that follow them, and what fields cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from graphql import build_schema, graphql_sync

from gatehouse.controlplane.publishing.kinds import graphql as rules
from tests.graphql_texts import SDL
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, api, blamed, definition, properties
from tests.worlds.publisher_graphql import (
    COOK,
    FIELDS,
    IMPORT,
    MENU,
    costs,
    imported,
    made,
    named,
    operations,
    priced,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.callers import Reply

VALIDATE = "/apis/validate-graphql-schema"
ADDRESS = "https://menu.example/graphql"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of a GraphQL API."""
    return made(world)


def test_201_an_api_has_the_root_fields_of_its_schema_as_operations(world: PublisherWorld) -> None:
    reply = imported(world, by="carol")
    assert (reply.status, reply.json["type"], reply.json["provider"]) == (201, "GRAPHQL", "carol")
    assert reply.headers["Location"] == f"/api/am/publisher/v4/apis/{reply.json['id']}"
    assert operations(reply.json) == FIELDS
    assert {one["throttlingPolicy"] for one in reply.json["operations"]} == {"Unlimited"}
    assert world.call("GET", f"/apis/{reply.json['id']}").json == reply.json


def test_201_operations_that_are_sent_along_say_how_fields_may_be_used(world: PublisherWorld) -> None:
    open_field = {"verb": "query", "target": "version", "authType": "None"}
    document = imported(world, operations=[MENU, open_field], scopes=[COOK]).json
    assert operations(document) == FIELDS
    assert (named(document, "menu")["scopes"], named(document, "menu")["throttlingPolicy"]) == (["cook"], "10KPerMin")
    assert (named(document, "version")["authType"], named(document, "version")["verb"]) == ("None", "QUERY")


def test_200_the_schema_reads_as_it_was_sent(world: PublisherWorld, pizza: str) -> None:
    read = world.made("GET", f"/apis/{pizza}/graphql-schema")
    assert read == {"name": "admin--Pizza1.0.0.graphql", "schemaDefinition": SDL.decode()}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"additionalProperties": properties()}, "file"),
        ({"file": SDL}, "additionalProperties"),
        ({"file": SDL, "schema": "type Query { a: Int }", "additionalProperties": properties()}, "file"),
        ({"url": "https://somewhere.example", "additionalProperties": properties()}, "url"),
        ({"file": SDL, "additionalProperties": "{"}, "additionalProperties"),
        ({"file": SDL, "type": "WSDL", "additionalProperties": properties()}, "type"),
        (
            {"file": SDL, "additionalProperties": properties(operations=[{"verb": "QUERY", "target": "wine"}])},
            "operations.0.target",
        ),
        (
            {"file": SDL, "additionalProperties": properties(operations=[{"verb": "GET", "target": "menu"}])},
            "operations.0.target",
        ),
        ({"file": SDL, "additionalProperties": properties(operations=[MENU])}, "operations.0.scopes"),
        ({"file": b"type Query {", "additionalProperties": properties()}, "schemaDefinition"),
    ],
)
def test_400_an_import_that_cannot_be_names_the_field(world: PublisherWorld, form: dict[str, Any], field: str) -> None:
    assert field in blamed(world.form("POST", IMPORT, **form))
    assert world.apis.writes == 0


def test_400_what_is_wrong_with_a_schema_is_told_with_its_place(world: PublisherWorld, pizza: str) -> None:
    for reply in (
        imported(world, b"type Query {\n  a: Dish\n}"),
        replaced(world, pizza, b"type Query {\n  a: Dish\n}"),
    ):
        assert (reply.status, reply.json["code"]) == (400, 900873)
        assert reply.json["description"] == "Unknown type 'Dish' at line 2, column 6"


def test_400_a_schema_that_is_too_large_to_be_served(world: PublisherWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "GRAPH_BYTES_MAX", 200)
    reply = imported(world)
    assert (reply.status, reply.json["code"]) == (400, 900873)


def test_400_more_root_fields_than_an_api_may_have_operations(world: PublisherWorld) -> None:
    fields = " ".join(f"f{number}: Int" for number in range(501))
    assert blamed(imported(world, f"type Query {{ {fields} }}".encode())) == ["operations"]


def test_400_no_graphql_api_without_its_schema(world: PublisherWorld, pizza: str) -> None:
    assert blamed(world.call("POST", "/apis", api("Other", type="GRAPHQL"))) == ["type"]
    plain = world.design("Plain")
    assert blamed(world.call("PUT", f"/apis/{plain['id']}", api("Plain", type="GRAPHQL"))) == ["type"]
    assert blamed(world.call("PUT", f"/apis/{pizza}", api(type="HTTP", operations=[]))) == ["type"]


@pytest.mark.parametrize("path", ["graphql-schema", "graphql-policies/complexity", "graphql-policies/complexity/types"])
def test_400_for_an_api_of_another_type_and_404_for_none(world: PublisherWorld, path: str) -> None:
    plain = world.design()["id"]
    reply = world.call("GET", f"/apis/{plain}/{path}")
    assert (reply.status, reply.json["code"]) == (400, 900870)
    assert world.call("GET", f"/apis/00000000-0000-0000-0000-000000000000/{path}").status == 404


def test_200_operations_are_edited_and_what_is_left_out_stays_as_it_is(world: PublisherWorld) -> None:
    pizza = made(world, operations=[MENU], scopes=[COOK])
    document = world.made("GET", f"/apis/{pizza}")
    named(document, "version")["authType"] = "None"
    del document["operations"][0]
    changed = world.made("PUT", f"/apis/{pizza}", document)
    assert operations(changed) == FIELDS
    assert named(changed, "menu")["scopes"] == ["cook"]
    assert named(changed, "version")["authType"] == "None"
    del document["operations"]
    del document["type"]
    assert world.made("PUT", f"/apis/{pizza}", document)["operations"] == changed["operations"]


def test_400_an_operation_that_is_no_root_field(world: PublisherWorld, pizza: str) -> None:
    document = world.made("GET", f"/apis/{pizza}")
    document["operations"].append({"verb": "QUERY", "target": "wine"})
    assert blamed(world.call("PUT", f"/apis/{pizza}", document)) == ["operations.6.target"]


def test_200_operations_follow_another_schema(world: PublisherWorld) -> None:
    pizza = made(world, operations=[MENU], scopes=[COOK])
    assert priced(world, pizza, ("Query", "menu", 5), ("Query", "dish", 6), ("Drink", "litres", 7)).status == 200
    reply = replaced(world, pizza, b"type Query { wine: Int menu: [Drink] } type Drink { litres: Int }")
    assert (reply.status, reply.json["schemaDefinition"][:12]) == (200, "type Query {")
    document = world.made("GET", f"/apis/{pizza}")
    assert operations(document) == ["QUERY wine", "QUERY menu"]
    assert named(document, "menu")["scopes"] == ["cook"]
    assert costs(world, pizza) == [("Query", "menu", 5), ("Drink", "litres", 7)]


def test_200_the_definition_is_one_operation_that_takes_all_queries(world: PublisherWorld, pizza: str) -> None:
    document = world.made("GET", f"/apis/{pizza}")
    world.made("PUT", f"/apis/{pizza}", {**document, "scopes": [COOK], "description": "New"})
    read = world.made("GET", f"/apis/{pizza}/swagger")
    assert {path: list(item) for path, item in read["paths"].items()} == {"/*": ["post"]}
    assert list(read["components"]["securitySchemes"]["default"]["flows"]["implicit"]["scopes"]) == ["cook"]
    content = json.dumps(definition())
    assert blamed(world.form("PUT", f"/apis/{pizza}/swagger", apiDefinition=content)) == ["apiDefinition"]


def test_200_validation_says_the_operations_or_what_is_wrong(world: PublisherWorld) -> None:
    good = world.form("POST", VALIDATE, file=SDL)
    assert (good.status, good.json["isValid"], good.json["errorMessage"]) == (200, True, "")
    assert operations(good.json["graphQLInfo"]) == FIELDS
    assert good.json["graphQLInfo"]["graphQLSchema"]["schemaDefinition"] == SDL.decode()
    bad = world.form("POST", VALIDATE, file=b"type Query {")
    assert (bad.status, bad.json["isValid"]) == (200, False)
    assert "line 1, column 13" in bad.json["errorMessage"]
    assert world.apis.writes == 0


def introspecting(world: PublisherWorld, method: str, path: str, by: str = "admin", **fields: str | bytes) -> Reply:
    body, headers = multipart(fields)
    return world.call(method, path, body, by=by, query={"useIntrospection": "true"}, headers=headers)


def served(schema: bytes = SDL) -> Callable[[bytes], bytes]:
    """Answers as a GraphQL server of this schema does."""
    executable = build_schema(schema.decode())

    def answer(question: bytes) -> bytes:
        return json.dumps(graphql_sync(executable, json.loads(question)["query"]).formatted).encode()

    return answer


def test_201_a_schema_stands_at_an_address(world: PublisherWorld) -> None:
    world.remote.contents[ADDRESS] = SDL
    reply = world.form("POST", IMPORT, type="GRAPHQL", url=ADDRESS, additionalProperties=properties())
    assert (reply.status, operations(reply.json)) == (201, FIELDS)
    assert world.form("POST", VALIDATE, url=ADDRESS).json["isValid"] is True
    assert blamed(world.form("POST", VALIDATE, url="https://elsewhere.example")) == ["url"]


def test_201_a_server_tells_its_schema_with_what_it_says_of_it(world: PublisherWorld) -> None:
    world.remote.answers[ADDRESS] = served()
    told = introspecting(world, "POST", VALIDATE, url=ADDRESS).json
    assert (told["isValid"], operations(told["graphQLInfo"])) == (True, FIELDS)
    assert "What there is to eat." in told["graphQLInfo"]["graphQLSchema"]["schemaDefinition"]
    made = introspecting(world, "POST", IMPORT, type="GRAPHQL", url=ADDRESS, additionalProperties=properties())
    assert (made.status, operations(made.json)) == (201, FIELDS)
    world.remote.answers[ADDRESS] = served(b"type Query { version: String }")
    path = f"/apis/{made.json['id']}"
    assert introspecting(world, "PUT", f"{path}/graphql-schema", url=ADDRESS).status == 200
    assert operations(world.made("GET", path)) == ["QUERY version"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"<html>", "does not answer with JSON"),
        (b"[" * 100_000, "does not answer with JSON"),
        (b'{"errors": [{"message": "introspection is off"}]}', "tells no schema: introspection is off"),
        (b'{"data": null}', "tells no schema: it says nothing of why"),
        (b'{"data": {"__schema": {"types": [{"kind": "OBJECT"}]}}}', "tells a schema that cannot be understood"),
        (b'{"data": [1]}', "tells a schema that cannot be understood"),
    ],
)
def test_400_a_server_that_does_not_tell_its_schema(world: PublisherWorld, answer: bytes, problem: str) -> None:
    world.remote.answers[ADDRESS] = lambda _: answer
    told = introspecting(world, "POST", VALIDATE, url=ADDRESS)
    assert (told.status, told.json["isValid"]) == (200, False)
    assert told.json["errorMessage"].startswith(f"url: {problem}")
    refused = introspecting(world, "POST", IMPORT, type="GRAPHQL", url=ADDRESS, additionalProperties=properties())
    assert (refused.status, refused.json["code"], blamed(refused)) == (400, 900874, ["url"])


def test_400_introspection_is_of_an_address_and_of_nothing_else(world: PublisherWorld) -> None:
    assert blamed(introspecting(world, "POST", VALIDATE, file=SDL, url=ADDRESS)) == ["file"]
    assert blamed(introspecting(world, "POST", VALIDATE, url="")) == ["url"]
    assert blamed(introspecting(world, "POST", VALIDATE, url="https://elsewhere.example")) == ["url"]


def test_200_fields_cost_what_is_said_of_them(world: PublisherWorld, pizza: str) -> None:
    assert costs(world, pizza) == []
    reply = priced(world, pizza, ("Query", "menu", 5), ("Dish", "name", 0))
    assert (reply.status, reply.text) == (200, "")
    assert costs(world, pizza) == [("Query", "menu", 5), ("Dish", "name", 0)]
    priced(world, pizza, ("Dish", "price", 2))
    assert costs(world, pizza) == [("Dish", "price", 2)]


@pytest.mark.parametrize(
    ("cost", "field"),
    [
        (("Wine", "name", 1), "list.0.type"),
        (("Dish", "taste", 1), "list.0.field"),
        (("Dish", "name", -1), "list.0.complexityValue"),
        (("Dish", "name", 10**9), "list.0.complexityValue"),
        (("Dish", "name", "1"), "list.0.complexityValue"),
    ],
)
def test_400_a_cost_that_cannot_be_names_the_field(world: PublisherWorld, pizza: str, cost: Any, field: str) -> None:
    assert blamed(priced(world, pizza, cost)) == [field]


def test_400_more_costs_than_can_be_served(world: PublisherWorld, pizza: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "GRAPH_BYTES_MAX", 200)
    assert blamed(priced(world, pizza, ("Query", "menu", 5))) == ["list"]


def test_200_types_are_told_with_their_fields(world: PublisherWorld, pizza: str) -> None:
    found = world.made("GET", f"/apis/{pizza}/graphql-policies/complexity/types")["typeList"]
    assert {"type": "Dish", "fieldList": ["name", "price", "sides"]} in found
    assert {one["type"] for one in found} == {"Query", "Mutation", "Subscription", "Dish", "Drink"}


def test_a_schema_is_read_from_its_address_to_be_validated_imported_and_replaced(world: PublisherWorld) -> None:
    url = "https://docs.example/menu.graphql"
    world.remote.contents[url] = SDL
    assert world.form("POST", VALIDATE, url=url).json["isValid"] is True
    made = world.form("POST", IMPORT, type="GRAPHQL", url=url, additionalProperties=properties())
    assert (made.status, operations(made.json)) == (201, FIELDS)
    world.remote.contents[url] = b"type Query { version: String }"
    replaced = world.form("PUT", f"/apis/{made.json['id']}/graphql-schema", url=url)
    assert replaced.status == 200, replaced.text
    assert operations(world.made("GET", f"/apis/{made.json['id']}")) == ["QUERY version"]
