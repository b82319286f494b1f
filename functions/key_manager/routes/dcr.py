"""Client registration over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.wire import ClientRegistration, registered_client
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request

TAG = "Client registration"


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of client registration."""

    def register(request: Request, body: ClientRegistration) -> Answer:
        client = parts.dynamic_registration(
            request.principal,
            owner=body.owner,
            name=body.clientName,
            grant_types=body.grantType.split(),
            callback_url=body.callbackUrl or "",
            saas=body.saas,
        )
        return Answer(
            body=registered_client(client, parts.registration.credentials(client)),
            headers={"Cache-Control": "no-store"},
        )

    return (
        Operation(
            method="POST",
            path="/register",
            id="registerClient",
            route=register,
            summary="Register an OAuth client, or read back the one registered under this name.",
            tag=TAG,
            scopes=("apim:dcr:app_manage",),
            body=ClientRegistration,
        ),
    )
