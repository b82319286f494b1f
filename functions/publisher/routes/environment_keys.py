"""What an API is like in one gateway environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.domain.publishing.environment import EnvironmentKeysInvalid
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.environments.keys import EnvironmentKeys
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.edge.http import Request

PATH = "/apis/{apiId}/environments/{envId}/keys"
_SCOPES = (s.CREATE, s.MANAGE)


def routes(keys: EnvironmentKeys, design: Design) -> tuple[Operation, ...]:
    """Read and replace them."""

    def get(request: Request) -> Answer:
        found = keys.get(request.principal, design, request.path["apiId"], request.path["envId"])
        return Answer(body=dict(found))

    def put(request: Request) -> Answer:
        properties = request.json()
        if not isinstance(properties, dict):
            raise EnvironmentKeysInvalid.field("", "must be an object of texts")
        where = (request.path["apiId"], request.path["envId"])
        return Answer(body=dict(keys.put(request.principal, design, *where, properties)))

    return (
        Operation(
            method="GET",
            path=PATH,
            id="getEnvironmentSpecificAPIProperties",
            route=get,
            summary="What of an API is not the same in every gateway environment",
            tag="APIs",
            scopes=_SCOPES,
        ),
        Operation(
            method="PUT",
            path=PATH,
            id="updateEnvironmentSpecificAPIProperties",
            route=put,
            summary="Say so; it takes effect with the next deployment there",
            tag="APIs",
            scopes=_SCOPES,
            accepts=("application/json",),
        ),
    )
