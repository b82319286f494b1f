"""Ending many tokens at once, over HTTP: an operation of our own, for the day on which something has leaked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gatehouse.domain.errors import Invalid
from gatehouse.edge.effect import HEADERS
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.domain.people.identity import Principal
    from gatehouse.edge.http import Request

TAG = "Revocation"


class VoidedTokens(Wire):
    """Whose tokens. `subject` is the consumer key of the client or the name of the user; the others have none."""

    kind: Literal["client", "user", "tenant", "everybody"]
    subject: str = ""


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The one operation."""

    def void(request: Request, body: VoidedTokens) -> Answer:
        before = _void(parts, request.principal, body)
        return parts.effect.of(Answer(body={"kind": body.kind, "subject": body.subject, "issuedBefore": before}))

    return (
        Operation(
            method="POST",
            path="/tokens",
            id="voidTokens",
            route=void,
            summary="Void all tokens issued so far to a client or a user, in the caller's tenant, or to everybody.",
            tag=TAG,
            scopes=("apim:admin",),
            body=VoidedTokens,
            headers=HEADERS,
        ),
    )


def _void(parts: Parts, caller: Principal, body: VoidedTokens) -> int:
    needs_subject = body.kind in {"client", "user"}
    if needs_subject != bool(body.subject):
        raise Invalid.field("subject", f"is required for kind '{body.kind}'" if needs_subject else "must be left out")
    match body.kind:
        case "client":
            return parts.voiding.client(caller, body.subject)
        case "user":
            return parts.voiding.user(caller, body.subject)
        case "tenant":
            return parts.voiding.tenant(caller)
        case "everybody":
            return parts.voiding.everybody(caller)
