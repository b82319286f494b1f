"""A GraphQL API in a gateway in memory, and calls to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.domain.artifact import Artifact, graph_key
from gatehouse.domain.publishing.deployed import ApiType, Cors, DeployedApi, DeployedOperation
from tests.calls import backend, menu_api
from tests.graphql_texts import SDL

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from gatehouse.domain.apis.graphql import Graph
    from tests.worlds.gateway import Running

PATH = "/menu/1.0.0"
GRAPH = CoreSchemas().read(SDL)


def graphql_api(**changes: dict[str, Any]) -> DeployedApi:
    """The menu as a GraphQL API; changes are of its root fields, by name."""
    operations = tuple(
        DeployedOperation(verb=kind, target=name, **changes.get(name, {})) for kind, name in GRAPH.root_fields()
    )
    return menu_api(
        type=ApiType.GRAPHQL, operations=operations, cors=Cors(), production=backend("http://backend.example/graphql")
    )


def deploy(running: Running, api: DeployedApi, graph: Graph = GRAPH) -> None:
    running.world.artifacts.publish([Artifact(graph_key(api.tenant, api.id, api.revision), graph.to_body())])
    running.world.deploy(api)


def post(
    running: Running, query: object, *, token: str | None = "", media_type: str = "application/json", **more: Any
) -> Reply:
    """A POST of a query, with a token of a subscriber unless it is None; `more` are other members of the body."""
    body = json.dumps({"query": query, **more}).encode()
    return send(running, body, token=token, media_type=media_type)


def send(
    running: Running, body: bytes, *, token: str | None = "", media_type: str = "application/json", **parts: Any
) -> Reply:
    headers = {"content-type": media_type, **parts.pop("headers", {})}
    bearer = running.world.token() if token == "" else token
    return running.call("POST", parts.pop("path", PATH), body=body, token=bearer, headers=headers, **parts)


def get(running: Running, **parameters: str) -> Reply:
    return running.call("GET", PATH, query=urlencode(parameters), token=running.world.token())


def code(reply: Reply) -> tuple[int, str]:
    return reply.status, json.loads(reply.body).get("code", "")


def described(reply: Reply) -> str:
    assert code(reply) == (422, "900422"), reply.body
    return str(json.loads(reply.body)["description"])
