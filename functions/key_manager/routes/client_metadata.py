"""Registration by the standard, over HTTP (RFC 7591, RFC 7592)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.wire_metadata import MetadataDocument, registered
from gatehouse.edge.errors import oauth_error
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.key_manager.parts import Parts
    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.edge.http import Request

TAG = "Client registration"
CREATED, DELETED = 201, 204
BAD_REQUEST = 400
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of registration by metadata."""

    def register(request: Request, body: MetadataDocument) -> Answer:
        client = parts.metadata.register(request.principal, body.metadata())
        return _answer(parts, client, CREATED)

    def read(request: Request) -> Answer:
        return _answer(parts, _managed(parts, request))

    def change(request: Request) -> Answer:
        client = _managed(parts, request)
        wanted = parse(MetadataDocument, request.json()).metadata()
        return _answer(parts, parts.metadata.replace(client, wanted))

    def forget(request: Request) -> Answer:
        parts.metadata.forget(_managed(parts, request))
        return Answer(status=DELETED, headers=_NOT_STORED)

    one = "/register/{clientId}"
    return (
        Operation(
            method="POST",
            path="/register",
            id="registerByMetadata",
            route=register,
            summary="Register an OAuth client by its metadata (RFC 7591).",
            tag=TAG,
            scopes=("apim:dcr:app_manage",),
            body=MetadataDocument,
            answers=(CREATED,),
        ),
        _managing("GET", one, "readClient", read, "What was registered (RFC 7592 §2.1)."),
        _managing("PUT", one, "replaceClient", change, "Replace a client's metadata (RFC 7592 §2.2)."),
        _managing("DELETE", one, "deleteClient", forget, "Delete a client (RFC 7592 §2.3).", answers=(DELETED,)),
    )


def metadata_error(error: GatehouseError) -> Answer:
    """RFC 7591 §3.2.2: what is wrong with the metadata has names of its own."""
    answer = oauth_error(error)
    if answer.status != BAD_REQUEST or not error.fields:
        return answer
    about_addresses = any(field.path.startswith("redirect_uris") for field in error.fields)
    name = "invalid_redirect_uri" if about_addresses else "invalid_client_metadata"
    body = dict(answer.body) if isinstance(answer.body, dict) else {}
    return Answer(status=BAD_REQUEST, body={**body, "error": name}, headers=answer.headers)


def _managing(
    method: str,
    path: str,
    name: str,
    route: Callable[[Request], Answer],
    summary: str,
    *,
    answers: tuple[int, ...] = (200,),
) -> Operation:
    # The credential is the client's registration token, or its owner's or an administrator's: the route tells.
    return Operation(
        method=method,
        path=path,
        id=name,
        route=route,
        summary=summary,
        tag=TAG,
        authenticated=False,
        ignores_credentials=True,
        answers=answers,
    )


def _managed(parts: Parts, request: Request) -> Client:
    client_id = request.path["clientId"]
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and "." not in token and "~" not in token:
        return parts.metadata.managed(client_id, token.strip())
    return parts.metadata.managed(client_id, parts.identify(request.headers, request.address))


def _answer(parts: Parts, client: Client, status: int = 200) -> Answer:
    secret = parts.registration.credentials(client).client_secret if client.secret_hash else None
    body = registered(client, secret, parts.metadata.token(client), parts.management_url)
    return Answer(status=status, body=body, headers=_NOT_STORED)
