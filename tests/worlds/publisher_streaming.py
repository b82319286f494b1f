"""APIs of events and streams in a publisher in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.asyncapi_texts import STREETLIGHTS_2
from tests.worlds.publisher import properties

if TYPE_CHECKING:
    from tests.callers import Reply
    from tests.worlds.publisher import PublisherWorld

IMPORT = "/apis/import-asyncapi"
SOCKET = {"endpoint_type": "ws", "production_endpoints": {"url": "wss://lights.example"}}
SCOPES = [{"scope": {"name": "light_switch", "bindings": ["kitchen"]}, "shared": False}]


def imported(world: PublisherWorld, content: bytes = STREETLIGHTS_2, *, by: str = "admin", **more: Any) -> Reply:
    more = {"name": "Lights", "endpointConfig": SOCKET, **more}
    return world.form("POST", IMPORT, by=by, file=content, additionalProperties=properties(**more))


def made(world: PublisherWorld, content: bytes = STREETLIGHTS_2, **more: Any) -> Any:
    reply = imported(world, content, **more)
    assert reply.status == 201, reply.text
    return reply.json


def told(world: PublisherWorld, api_id: str) -> Any:
    """The AsyncAPI definition as it is kept."""
    return world.made("GET", f"/apis/{api_id}/asyncapi")
