"""Keys for trying an API out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.internal_keys import InternalKeys
    from gatehouse.edge.http import Request


def routes(keys: InternalKeys) -> tuple[Operation, ...]:
    """Make one."""

    def generate(request: Request) -> Answer:
        key = keys.generate(request.principal, request.path["apiId"])
        return Answer(body={"apikey": key.secret, "validityTime": key.seconds}, headers={"Cache-Control": "no-store"})

    return (
        Operation(
            method="POST",
            path="/apis/{apiId}/generate-key",
            id="generateInternalAPIKey",
            route=generate,
            summary="A key to try a deployed API out, in the header Internal-Key",
            tag="APIs",
            scopes=(s.CREATE, s.GENERATE_KEY, s.MANAGE),
        ),
    )
