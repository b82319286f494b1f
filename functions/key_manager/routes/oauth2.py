"""The OAuth endpoints over HTTP, each for the super tenant and under `/t/{tenant}` for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.requests import (
    authorization_of,
    everywhere,
    existing_tenant,
    for_anybody,
    form_of,
    message_of,
    tenant_of,
)
from functions.key_manager.wire import discovery, issued_token
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

KEYS_CACHED_SECONDS = 600

_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CACHED = {"Cache-Control": f"public, max-age={KEYS_CACHED_SECONDS}"}


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of the OAuth endpoints."""

    def token(request: Request) -> Answer:
        return Answer(body=issued_token(parts.server.issue(message_of(request))), headers=_NOT_STORED)

    def revoke(request: Request) -> Answer:
        form = form_of(request)
        client = parts.authenticate(authorization_of(request), form, tenant_of(request))
        if not form.get("token"):
            raise Invalid.field("token", "this parameter is required")
        parts.revocation(client, form["token"])
        return Answer(headers=_NOT_STORED)

    def jwks(request: Request) -> Answer:
        existing_tenant(parts.tenants, request)
        return Answer(body={"keys": parts.keys.for_verifiers()}, headers=_CACHED)

    def configuration(request: Request) -> Answer:
        tenant = existing_tenant(parts.tenants, request)
        body = discovery(parts.management_url, tenant, parts.server.grant_types)
        return Answer(body=body, headers=_CACHED)

    well_known = "/.well-known/openid-configuration"
    return (
        *everywhere("POST", "/oauth2/token", "issueToken", token, "Exchange a grant for an access token."),
        *everywhere("POST", "/oauth2/revoke", "revokeToken", revoke, "Void an access or refresh token."),
        *everywhere("GET", "/oauth2/jwks", "getKeys", jwks, "The public keys that tokens are verified with."),
        *everywhere("GET", f"/oauth2/token{well_known}", "getConfiguration", configuration, "Where the endpoints are."),
        for_anybody("GET", well_known, "getRootConfiguration", configuration, "Where the endpoints are."),
    )
