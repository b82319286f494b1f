"""A definition of 400 operations: what it takes to import, deploy and read it, with tables in memory, and how large it gets."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.artifact import revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi
from tests.worlds.publisher import PublisherWorld, definition

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONS = 400
ROUNDS = 5
_PROPERTIES_OF_A_SCHEMA = 12


@dataclass(frozen=True)
class LargeApi:
    """Milliseconds of processor time, the least of several rounds, `read` at the gateway; kilobytes."""

    imported: float
    deployed: float
    read: float
    definition_kilobytes: float
    artifact_kilobytes: float


def measure() -> LargeApi:
    """Import and deploy it anew in each round."""
    logging.disable()
    try:
        rounds = [_round(large()) for _ in range(ROUNDS)]
    finally:
        logging.disable(logging.NOTSET)
    return LargeApi(
        imported=min(one.imported for one in rounds),
        deployed=min(one.deployed for one in rounds),
        read=min(one.read for one in rounds),
        definition_kilobytes=rounds[0].definition_kilobytes,
        artifact_kilobytes=rounds[0].artifact_kilobytes,
    )


def _round(content: dict[str, Any]) -> LargeApi:
    world = PublisherWorld()
    imported, reply = _timed(lambda: world.imported(content))
    assert reply.status == 201, reply.text
    deployed, reply = _timed(lambda: world.deploy(reply.json["id"], world.revision(reply.json["id"])["id"]))
    assert reply.status == 201, reply.text
    artifact = world.artifact(revision_key(SUPER_TENANT, world.made("GET", "/apis")["list"][0]["id"]))
    read, _ = _timed(lambda: DeployedApi.from_body(artifact))
    sizes = [len(json.dumps(one)) / 1000 for one in (content, artifact)]
    return LargeApi(imported, deployed, read, definition_kilobytes=sizes[0], artifact_kilobytes=sizes[1])


def large() -> dict[str, Any]:
    """An OpenAPI document with a schema of its own for each operation."""
    schemas = {
        f"Part{number}": {
            "type": "object",
            "properties": {f"field{at}": {"type": "string", "example": "x"} for at in range(_PROPERTIES_OF_A_SCHEMA)},
        }
        for number in range(OPERATIONS)
    }
    paths = {
        f"/part/{number}/{{id}}": {
            "get": {
                "summary": f"Part {number}",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "The part",
                        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/Part{number}"}}},
                    }
                },
            }
        }
        for number in range(OPERATIONS)
    }
    return definition("Large", paths=paths, components={"schemas": schemas})


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of processor time, and what came of them."""
    started = time.process_time()
    done = work()
    return (time.process_time() - started) * 1000, done
