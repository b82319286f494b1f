"""The endpoints where clients get tokens and give them back, each for the super tenant and under `/t/{tenant}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.requests import authorization_of, everywhere, form_of, message_of, tenant_of
from functions.key_manager.wire import issued_token
from gatehouse.adapters.oauth.assertions import issued_type
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of the token and revocation endpoints."""

    def token(request: Request) -> Answer:
        message = message_of(request)
        issued = parts.server.issue(message)
        return Answer(body=issued_token(issued, issued_type(message.payload.grant_type)), headers=_NOT_STORED)

    def revoke(request: Request) -> Answer:
        form = form_of(request)
        client = parts.authenticate(authorization_of(request), form, tenant_of(request))
        if not form.get("token"):
            raise Invalid.field("token", "this parameter is required")
        parts.revocation(client, form["token"])
        return Answer(headers=_NOT_STORED)

    return (
        *everywhere("POST", "/oauth2/token", "issueToken", token, "Exchange a grant for an access token."),
        *everywhere("POST", "/oauth2/revoke", "revokeToken", revoke, "Void an access or refresh token."),
    )
