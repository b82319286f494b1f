"""Secrets of an application's keys, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import APPLICATIONS
from functions.store.wire_secrets import SecretCreation, SecretProperties, SecretRevocation
from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.store.secrets import OwnSecrets
    from gatehouse.domain.tokens.oauth import NewSecret, SecretFacts
    from gatehouse.edge.http import Request

TAG = "Application Secrets"
KEY = "/applications/{applicationId}/oauth-keys/{keyMappingId}"
CREATED, NO_CONTENT = 201, 204


def routes(secrets: OwnSecrets) -> tuple[Operation, ...]:
    """Make, list, revoke."""

    def generate(request: Request, body: SecretCreation) -> Answer:
        wanted = body.additionalProperties or SecretProperties()
        made = secrets.add(
            request.principal, *_key(request), description=wanted.description, expires_in=wanted.expiresIn
        )
        where = request.url_path.removesuffix("/generate-secret")
        return created(f"{where}/secrets/{made.id}", _made(made, wanted.description))

    def list_all(request: Request) -> Answer:
        found = [_known(one) for one in secrets.all(request.principal, *_key(request))]
        return Answer(body={"count": len(found), "list": found})

    def revoke(request: Request, body: SecretRevocation) -> Answer:
        secrets.revoke(request.principal, *_key(request), body.secretId)
        return Answer(status=NO_CONTENT)

    return (
        Operation(
            method="POST",
            path=f"{KEY}/generate-secret",
            id="generateConsumerSecret",
            route=generate,
            summary="A further secret; it is shown once",
            tag=TAG,
            scopes=APPLICATIONS,
            body=SecretCreation,
            answers=(CREATED,),
        ),
        Operation(
            method="GET",
            path=f"{KEY}/secrets",
            id="getConsumerSecrets",
            route=list_all,
            summary="The secrets, masked",
            tag=TAG,
            scopes=APPLICATIONS,
        ),
        Operation(
            method="POST",
            path=f"{KEY}/revoke-secret",
            id="revokeConsumerSecret",
            route=revoke,
            summary="Void a secret at once",
            tag=TAG,
            scopes=APPLICATIONS,
            body=SecretRevocation,
            answers=(NO_CONTENT,),
        ),
    )


def _key(request: Request) -> tuple[str, str]:
    return request.path["applicationId"], request.path["keyMappingId"]


def _made(made: NewSecret, description: str) -> dict[str, Any]:
    return {"secretId": made.id, "secretValue": made.value, "additionalProperties": _more(description, made.expires_at)}


def _known(known: SecretFacts) -> dict[str, Any]:
    more = _more(known.description, known.expires_at)
    return {"secretId": known.id, "secretValue": HIDDEN, "additionalProperties": more}


def _more(description: str, expires_at: int) -> dict[str, Any]:
    return {"description": description, **({"expiresAt": expires_at} if expires_at else {})}
