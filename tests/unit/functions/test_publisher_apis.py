"""APIs and their definitions, as providers design them through the publisher's surface."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, api, blamed, definition, properties

IMPORT, UNHEARD = "/apis/import-openapi", "00000000-0000-0000-0000-000000000000"
KITCHEN = {"name": "cook", "bindings": ["kitchen"]}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def names(reply: Any) -> list[str]:
    assert reply.status == 200, reply.text
    return [f"{one['name']} {one['version']}" for one in reply.json["list"]]


def operation(verb: str = "GET", target: str = "/menu", **more: Any) -> dict[str, Any]:
    return {"verb": verb, "target": target, **more}


def scoped(*scopes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"scope": scope} for scope in scopes]


def paths(reply: Any) -> dict[str, list[str]]:
    assert reply.status == 200, reply.text
    return {target: sorted(item) for target, item in reply.json["paths"].items()}


def test_201_a_new_api_reads_as_it_was_answered(world: PublisherWorld) -> None:
    made = world.call("POST", "/apis", api(tags=["food"]), by="carol")
    assert made.status == 201
    assert made.headers["Location"] == f"/api/am/publisher/v4/apis/{made.json['id']}"
    assert (made.json["provider"], made.json["lifeCycleStatus"]) == ("carol", "CREATED")
    assert (made.json["context"], made.json["tags"]) == ("/pizza", ["food"])
    assert world.call("GET", f"/apis/{made.json['id']}").json == made.json


def test_201_what_is_left_out_has_a_default(world: PublisherWorld) -> None:
    made = world.made("POST", "/apis", {"name": "Bare", "version": "1", "context": "bare"})
    assert (made["type"], made["visibility"], made["accessControl"]) == ("HTTP", "PUBLIC", "NONE")
    assert (made["transport"], made["authorizationHeader"]) == (["http", "https"], "Authorization")
    assert made["securityScheme"] == ["oauth2", "oauth_basic_auth_api_key_mandatory"]
    assert [one["verb"] for one in made["operations"]] == ["GET", "PUT", "POST", "DELETE", "PATCH"]
    assert {(one["target"], one["throttlingPolicy"]) for one in made["operations"]} == {("/*", "Unlimited")}
    defined = paths(world.call("GET", f"/apis/{made['id']}/swagger"))
    assert defined == {"/*": ["delete", "get", "patch", "post", "put"]}


def test_201_what_the_server_sets_is_not_taken_from_the_client(world: PublisherWorld) -> None:
    made = world.design(id=UNHEARD, provider="mallory", lifeCycleStatus="PUBLISHED", createdTime="0", isRevision=True)
    assert made["id"] != UNHEARD
    assert (made["provider"], made["lifeCycleStatus"], made["isRevision"]) == ("admin", "CREATED", False)
    assert made["createdTime"] == "1700000000000"


@pytest.mark.parametrize(("sent", "kept"), [("pizza", "/pizza"), ("/a/b/", "/a/b"), ("{version}/a", "/{version}/a")])
def test_201_a_context_has_one_leading_slash_however_it_is_spelled(world: PublisherWorld, sent: str, kept: str) -> None:
    made = world.design(context=sent)
    assert made["context"] == kept
    assert world.made("PUT", f"/apis/{made['id']}", api(context=sent))["context"] == kept


@pytest.mark.parametrize("context", ["/", "/a b", "/a//b", "/{id}/pizza", "/t", "/t/example.com", "a" * 232])
def test_400_a_context_that_cannot_be_served(world: PublisherWorld, context: str) -> None:
    refused = world.call("POST", "/apis", api(context=context))
    assert (refused.status, refused.json["code"], world.apis.writes) == (400, 900253, 0)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"operations": [operation("TRACE")]}, "operations.0.verb"),
    ({"operations": [operation(), {"target": "/menu"}]}, "operations.1.verb"),
    ({"operations": [operation(target="menu")]}, "operations.0.target"),
    ({"operations": [{"verb": "GET"}]}, "operations.0.target"),
    ({"operations": [operation(target="/{a")]}, "operations.0.target"),
    ({"operations": [operation(target="/{a}"), operation(target="/{b}")]}, "operations.1.target"),
    ({"operations": [operation(target=f"/{n}") for n in range(501)]}, "operations"),
    ({"operations": [operation(), operation("PUT", throttlingPolicy="Nope")]}, "operations.1.throttlingPolicy"),
    ({"operations": [operation(scopes=["cook"])]}, "operations.0.scopes"),
    ({"scopes": scoped(KITCHEN, KITCHEN)}, "scopes.1.scope.name"),
    ({"policies": ["Gold", "Nope"]}, "policies.1"),
    ({"apiThrottlingPolicy": "Nope"}, "apiThrottlingPolicy"),
    ({"visibility": "RESTRICTED"}, "visibleRoles"),
    ({"accessControl": "RESTRICTED"}, "accessControlRoles"),
]


@pytest.mark.parametrize(("more", "field"), REFUSED)
def test_400_names_what_an_api_cannot_be(world: PublisherWorld, more: dict[str, Any], field: str) -> None:
    assert blamed(world.call("POST", "/apis", api(**more))) == [field]
    assert world.apis.writes == 0
    made = world.design()
    assert blamed(world.call("PUT", f"/apis/{made['id']}", api(**more))) == [field]
    assert world.made("GET", f"/apis/{made['id']}") == made


def test_201_policies_that_exist_may_be_used(world: PublisherWorld) -> None:
    asked = [operation("get", throttlingPolicy="20KPerMin")]
    made = world.design(policies=["Gold", "Gold"], apiThrottlingPolicy="10KPerMin", operations=asked)
    assert (made["operations"][0]["verb"], made["operations"][0]["throttlingPolicy"]) == ("GET", "20KPerMin")


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        (api("PIZZA", "2.0.0", context="/elsewhere"), 409, 900250),
        (api("Pizza"), 409, 900252),
        (api("Calzone", context="/pizza"), 409, 900251),
        (api("Calzone", scopes=scoped(KITCHEN)), 400, 903204),
    ],
)
def test_what_another_api_has_cannot_be_taken(
    world: PublisherWorld, other: dict[str, Any], status: int, code: int
) -> None:
    world.design(scopes=scoped(KITCHEN))
    before = world.writes
    refused = world.call("POST", "/apis", other)
    assert (refused.status, refused.json["code"]) == (status, code)
    assert world.writes == before


def test_201_tenants_do_not_take_names_from_each_other(world: PublisherWorld) -> None:
    world.design(scopes=scoped(KITCHEN))
    theirs = world.design(scopes=scoped(KITCHEN), by=f"admin@{OTHER_TENANT}")
    assert theirs["provider"] == f"admin@{OTHER_TENANT}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Pasta 1.0.0", "Pizza 1.0.0", "Pizza 2.0.0"]),
        ("piz version:2", ["Pizza 2.0.0"]),
        ("tag:noodles", ["Pasta 1.0.0"]),
        ("context:pasta status:created", ["Pasta 1.0.0"]),
        ('provider:"carol"', ["Pasta 1.0.0"]),
        ("lcState:published", []),
    ],
)
def test_200_apis_are_found_by_what_they_are(world: PublisherWorld, query: str, found: list[str]) -> None:
    world.design("Pizza", "2.0.0")
    world.design("Pizza")
    world.design("Pasta", tags=["noodles"], by="carol")
    assert names(world.call("GET", "/apis", query={"query": query})) == found
    assert names(world.call("GET", "/apis", query={"query": f"{query} colour:red"})) == []


def test_200_a_list_has_pages_and_tells_the_way_to_the_others(world: PublisherWorld) -> None:
    for version in "123":
        world.design(version=version, businessInformation={"businessOwner": "Ada"})
    page = world.call("GET", "/apis", query={"limit": 1, "offset": 1, "query": "pizza"})
    assert names(page) == ["Pizza 2"]
    assert page.json["list"][0]["businessOwner"] == "Ada"
    assert page.json["pagination"]["total"] == 3
    assert page.json["pagination"]["next"] == "/apis?limit=1&offset=2&query=pizza"
    assert page.json["pagination"]["previous"] == "/apis?limit=1&offset=0&query=pizza"


def test_200_what_was_read_can_be_written_back(world: PublisherWorld) -> None:
    made = world.design(scopes=scoped(KITCHEN), operations=[operation(scopes=["cook"])])
    before = world.call("GET", f"/apis/{made['id']}/swagger").json
    world.clock.advance(60)
    written = world.made("PUT", f"/apis/{made['id']}", made, by="carol")
    stamps = {"lastUpdatedTime": "2023-11-14T22:14:20Z", "lastUpdatedTimestamp": "1700000060000"}
    assert written == made | stamps
    assert world.call("GET", f"/apis/{made['id']}/swagger").json == before
    assert world.call("GET", "/apis").json["list"][0]["updatedBy"] == "carol"


def test_200_the_definition_follows_the_operations_and_keeps_what_it_says(world: PublisherWorld) -> None:
    made = world.imported(definition(info={"title": "Pizza", "version": "1", "description": "Kept"})).json
    asked = [operation(), operation("DELETE", "/menu/{id}", authType="None", scopes=["cook"])]
    world.made("PUT", f"/apis/{made['id']}", api(operations=asked, scopes=scoped(KITCHEN)))
    swagger = world.call("GET", f"/apis/{made['id']}/swagger")
    assert paths(swagger) == {"/menu": ["get"], "/menu/{id}": ["delete"]}
    assert swagger.json["info"]["description"] == "Kept"
    assert swagger.json["paths"]["/menu"]["get"]["responses"]["200"]["description"] == "The menu"
    assert swagger.json["paths"]["/menu/{id}"]["delete"]["x-auth-type"] == "None"
    assert swagger.json["paths"]["/menu/{id}"]["delete"]["security"] == [{"default": ["cook"]}]


@pytest.mark.parametrize(
    ("field", "value"), [("name", "Burger"), ("context", "/burger"), ("version", "2.0.0"), ("provider", "carol")]
)
def test_400_what_an_api_is_called_cannot_be_changed(world: PublisherWorld, field: str, value: str) -> None:
    made = world.design()
    assert blamed(world.call("PUT", f"/apis/{made['id']}", {**api(), field: value})) == [field]
    assert world.call("GET", f"/apis/{made['id']}").json == made


def test_200_a_deleted_api_is_gone_and_its_name_is_free(world: PublisherWorld) -> None:
    made = world.design(scopes=scoped(KITCHEN))
    gone = world.call("DELETE", f"/apis/{made['id']}", by="carol")
    assert (gone.status, gone.text) == (200, "")
    assert world.call("GET", f"/apis/{made['id']}").json["code"] == 900308
    assert world.call("DELETE", f"/apis/{made['id']}").status == 404
    assert world.design(scopes=scoped(KITCHEN))["id"] != made["id"]


def test_409_an_api_with_subscribers_is_not_deleted_and_works_on(world: PublisherWorld) -> None:
    made = world.design()
    world.subscriptions.apis.add(made["id"])
    refused = world.call("DELETE", f"/apis/{made['id']}")
    assert refused.status == 409
    assert "active subscriptions" in refused.json["description"]
    assert world.call("PUT", f"/apis/{made['id']}", made).status == 200


TITLED = definition(servers=[{"url": "https://backend.example"}])
OAUTH2 = {
    "type": "oauth2",
    "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {"cook": "Cooks"}}},
}
SECURED: dict[str, Any] = {
    **definition(components={"securitySchemes": {"kitchen": OAUTH2}}),
    "paths": {
        "/menu": {"get": {"responses": {"200": {"description": "OK"}}, "x-auth-type": "None"}},
        "/order": {"post": {"responses": {"200": {"description": "OK"}}, "security": [{"kitchen": ["cook"]}]}},
    },
}


@pytest.mark.parametrize("name", ["file", "inlineAPIDefinition"])
def test_201_an_imported_api_has_the_operations_and_scopes_of_its_definition(world: PublisherWorld, name: str) -> None:
    given = properties(operations=[operation(operationPolicies={}), operation("PUT")])
    made = world.form("POST", IMPORT, **{name: json.dumps(SECURED).encode()}, additionalProperties=given)
    assert made.status == 201, made.text
    asked = [(one["verb"], one["target"], one["authType"], one["scopes"]) for one in made.json["operations"]]
    assert asked == [("GET", "/menu", "None", []), ("POST", "/order", "Any", ["cook"])]
    assert [entry["scope"]["description"] for entry in made.json["scopes"]] == ["Cooks"]
    assert world.call("GET", f"/apis/{made.json['id']}/swagger").json == SECURED


def test_201_name_and_version_come_from_the_definition_when_they_are_left_out(world: PublisherWorld) -> None:
    given = {"file": json.dumps(TITLED).encode()}
    made = world.form("POST", IMPORT, **given, additionalProperties='{"context": "/p"}').json
    assert (made["name"], made["version"], made["context"]) == ("Pizza", "1.0.0", "/p")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"additionalProperties": properties()}, "file"),
        ({"file": b"{}", "inlineAPIDefinition": "{}"}, "file"),
        ({"url": "https://definitions.example"}, "url"),
        ({"file": b"{}"}, "additionalProperties"),
        ({"file": b"{}", "additionalProperties": "{"}, "additionalProperties"),
        ({"file": json.dumps(TITLED).encode(), "additionalProperties": "{}"}, "context"),
        ({"file": b"{}", "additionalProperties": properties()}, ""),
    ],
)
def test_400_names_what_is_wrong_with_an_import(world: PublisherWorld, fields: dict[str, Any], field: str) -> None:
    assert blamed(world.form("POST", IMPORT, **fields)) == [field]
    assert world.apis.writes == 0


def test_400_a_definition_has_at_most_as_many_operations_as_an_api(world: PublisherWorld) -> None:
    many = {f"/{n}": TITLED["paths"]["/menu"] for n in range(501)}
    assert blamed(world.imported(definition(paths=many))) == ["operations"]


@pytest.mark.parametrize("name", ["apiDefinition", "file"])
def test_200_a_new_definition_changes_the_operations(world: PublisherWorld, name: str) -> None:
    world.made("POST", "/scopes", {"name": "cook"})
    shared = {"scope": {"name": "cook"}, "shared": True}
    path = f"/apis/{world.design(scopes=[shared, *scoped({'name': 'old'})])['id']}"
    answer = world.form("PUT", f"{path}/swagger", **{name: json.dumps(SECURED)})
    assert (answer.status, answer.json) == (200, SECURED)
    document = world.made("GET", path)
    assert [one["target"] for one in document["operations"]] == ["/menu", "/order"]
    assert [(one["scope"]["name"], one["shared"]) for one in document["scopes"]] == [("cook", True)]


@pytest.mark.parametrize(("text", "field"), [("", "apiDefinition"), ("openapi: 9.9.9", "/openapi")])
def test_400_an_invalid_definition_changes_nothing(world: PublisherWorld, text: str, field: str) -> None:
    made = world.design()
    assert blamed(world.form("PUT", f"/apis/{made['id']}/swagger", apiDefinition=text)) == [field]
    assert world.made("GET", f"/apis/{made['id']}") == made


def test_200_a_definition_is_checked_without_being_kept(world: PublisherWorld) -> None:
    body = urlencode({"inlineAPIDefinition": json.dumps(TITLED)})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    valid = world.made("POST", "/apis/validate-openapi", body, headers=headers)
    assert (valid["isValid"], valid["info"]["openAPIVersion"]) == (True, "3.0.3")
    assert valid["info"]["endpoints"] == ["https://backend.example"]
    assert valid["info"]["operations"] == [{"verb": "GET", "target": "/menu"}]
    invalid = world.form("POST", "/apis/validate-openapi", file=b"openapi: 9.9.9")
    assert (invalid.status, invalid.json["isValid"], world.apis.writes) == (200, False, 0)
    assert invalid.json["errors"][0]["message"].startswith("/openapi: ")
