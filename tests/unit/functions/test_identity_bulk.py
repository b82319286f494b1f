"""Bulk (RFC 7644 §3.7) and discovery (§4)."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.identity import GROUPS, USERS, IdentityWorld

BULK = "/scim2/Bulk"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def post(path: str, bulk_id: str, **data: Any) -> dict[str, Any]:
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


def run(world: IdentityWorld, *operations: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    reply = world.scim("POST", BULK, {"schemas": schemas, "Operations": list(operations), **more})
    assert reply.status == 200, reply.text
    assert reply.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
    return list(reply.json["Operations"])


def test_200_what_one_operation_creates_another_may_name(world: IdentityWorld) -> None:
    user, group = run(
        world,
        post("/Users", "u1", userName="sarah", password="sesame"),
        post("/Groups", "g1", displayName="gold", members=[{"value": "bulkId:u1"}]),
    )
    assert (user["status"], user["bulkId"], user["method"]) == ("201", "u1", "POST")
    assert group["location"].startswith(f"https://localhost:9443{GROUPS}/")
    assert world.callers.log_in("sarah", "sesame").roles >= {"gold"}


def test_200_each_operation_has_its_own_outcome(world: IdentityWorld) -> None:
    mary = world.users.get(SUPER_TENANT, "mary")
    assert mary is not None
    path = f"/Users/{mary.id}"
    patch = {"Operations": [{"op": "replace", "path": "title", "value": "Dr."}]}
    outcomes = run(
        world,
        post("/Users", "u1", userName="x"),
        {"method": "PATCH", "path": path, "data": patch, "version": 'W/"7"'},
        {"method": "PATCH", "path": path, "data": patch},
        {"method": "PUT", "path": path, "data": {"userName": "mary"}},
        {"method": "DELETE", "path": path},
        {"method": "DELETE", "path": path},
        {"method": "POST", "path": "/Users", "data": {"userName": "sarah"}},
        {"method": "DELETE", "path": "/Me"},
        {"method": "PATCH", "path": path},
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
    )
    statuses = [outcome["status"] for outcome in outcomes]
    assert statuses == ["400", "412", "200", "200", "204", "404", "400", "404", "400", "400"]
    assert "userName" in outcomes[0]["response"]["detail"]
    assert outcomes[2]["version"] == 'W/"2"'
    assert world.users.get(SUPER_TENANT, "mary") is None


def test_200_it_ends_after_as_many_failures_as_are_allowed(world: IdentityWorld) -> None:
    wrong, right = post("/Users", "u1", userName="x"), post("/Users", "u2", userName="sarah")
    assert [one["status"] for one in run(world, wrong, wrong, right, failOnErrors=2)] == ["400", "400"]
    assert world.users.get(SUPER_TENANT, "sarah") is None
    assert [one["status"] for one in run(world, wrong, right, failOnErrors=2)] == ["400", "201"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Operations": 7},
        {"Operations": [{"method": "GET", "path": "/Users"}]},
        {"Operations": [{"method": "DELETE"}]},
        {"Operations": [], "failOnErrors": 0},
        {"Operations": [{"method": "DELETE", "path": "/Users/x"}] * 101},
        {"Operations": [{"method": "POST", "path": "/Users", "bulkId": "1", "data": {"title": "x" * 1_048_576}}]},
    ],
)
def test_400_what_is_no_bulk_request(world: IdentityWorld, body: Any) -> None:
    assert world.scim("POST", BULK, body).status == 400
    assert world.users.writes == 0


class TestDiscovery:
    @pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User"])
    def test_200_anybody_may_know(self, world: IdentityWorld, path: str) -> None:
        assert world.scim("GET", f"/scim2{path}", by=None).status == 200

    def test_200_what_this_service_can_do(self, world: IdentityWorld) -> None:
        told = world.scim("GET", "/scim2/ServiceProviderConfig").json
        able = [told[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")]
        assert able == [True] * 6
        assert [scheme["type"] for scheme in told["authenticationSchemes"]] == ["oauthbearertoken", "httpbasic"]

    def test_200_the_schema_says_that_names_stay(self, world: IdentityWorld) -> None:
        schema = world.scim("GET", "/scim2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").json
        (name,) = [one for one in schema["attributes"] if one["name"] == "userName"]
        assert (name["mutability"], name["uniqueness"], name["required"]) == ("immutable", "server", True)

    def test_403_it_cannot_be_filtered_and_404_what_there_is_not(self, world: IdentityWorld) -> None:
        assert world.scim("GET", "/scim2/Schemas", query={"filter": 'id eq "x"'}).status == 403
        assert world.scim("GET", "/scim2/Schemas/x").status == 404
        assert world.scim("GET", "/scim2/Nothing").status == 404


def test_no_secret_is_answered_in_an_outcome(world: IdentityWorld) -> None:
    (outcome,) = run(world, post("/Users", "u1", userName="sarah", password="first-secret"))
    assert "first-secret" not in str(outcome)
    assert "first-secret" not in world.scim("GET", USERS).text
