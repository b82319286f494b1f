"""GraphQL APIs in a publisher in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.graphql_texts import SDL
from tests.worlds.publisher import ENDPOINTS, properties

if TYPE_CHECKING:
    from tests.callers import Reply
    from tests.worlds.publisher import PublisherWorld

IMPORT = "/apis/import-graphql-schema"
BY_PROTOCOL = {"endpoint_type": "graphql", "http": ENDPOINTS, "ws": {"endpoint_type": "ws"}}
COOK = {"scope": {"name": "cook", "bindings": ["kitchen"]}, "shared": False}
MENU = {"verb": "QUERY", "target": "menu", "scopes": ["cook"], "throttlingPolicy": "10KPerMin"}
FIELDS = ["QUERY menu", "QUERY dish", "QUERY search", "QUERY version", "MUTATION order", "SUBSCRIPTION ordered"]


def imported(world: PublisherWorld, schema: bytes = SDL, *, by: str = "admin", **more: Any) -> Reply:
    return world.form("POST", IMPORT, by=by, type="GRAPHQL", file=schema, additionalProperties=properties(**more))


def made(world: PublisherWorld, **more: Any) -> str:
    reply = imported(world, **more)
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


def replaced(world: PublisherWorld, api_id: str, schema: bytes) -> Reply:
    return world.form("PUT", f"/apis/{api_id}/graphql-schema", schemaDefinition=schema)


def operations(document: Any) -> list[str]:
    return [f"{one['verb']} {one['target']}" for one in document["operations"]]


def named(document: Any, field: str) -> Any:
    (found,) = (one for one in document["operations"] if one["target"] == field)
    return found


def deployed(world: PublisherWorld, api_id: str) -> Reply:
    return world.deploy(api_id, world.revision(api_id)["id"])


def priced(world: PublisherWorld, api_id: str, *costs: tuple[str, str, int]) -> Reply:
    wanted = [{"type": kind, "field": field, "complexityValue": cost} for kind, field, cost in costs]
    return world.call("PUT", f"/apis/{api_id}/graphql-policies/complexity", {"list": wanted})


def costs(world: PublisherWorld, api_id: str) -> list[tuple[str, str, int]]:
    found = world.made("GET", f"/apis/{api_id}/graphql-policies/complexity")["list"]
    return [(one["type"], one["field"], one["complexityValue"]) for one in found]
