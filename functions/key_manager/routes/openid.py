"""What clients ask about tokens and users: introspection, userinfo. And the documents that say where everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.discovery import discovery
from functions.key_manager.requests import (
    FORM,
    authorization_of,
    everywhere,
    existing_tenant,
    for_anybody,
    form_of,
    tenant_of,
)
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import InvalidClient
from gatehouse.domain.tokens.refusals import InvalidToken
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

KEYS_CACHED_SECONDS = 600
INTROSPECTING_SCOPE = "apim:admin"

_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CACHED = {"Cache-Control": f"public, max-age={KEYS_CACHED_SECONDS}"}
_WELL_KNOWN = "/.well-known/openid-configuration"


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of introspection, userinfo and discovery."""

    def introspect(request: Request) -> Answer:
        form = form_of(request)
        if not form.get("token"):
            raise Invalid.field("token", "this parameter is required")
        tenant = _asking_tenant(parts, request, form)
        return Answer(body=parts.introspection(tenant, form["token"]), headers=_NOT_STORED)

    def userinfo(request: Request) -> Answer:
        return Answer(body=parts.userinfo(_bearer(request)), headers=_NOT_STORED)

    def jwks(request: Request) -> Answer:
        existing_tenant(parts.tenants, request)
        return Answer(body={"keys": parts.keys.for_verifiers()}, headers=_CACHED)

    def configuration(request: Request) -> Answer:
        tenant = existing_tenant(parts.tenants, request)
        return Answer(body=discovery(parts.management_url, tenant, parts.server), headers=_CACHED)

    about_user = "What the token's scopes tell of its user (OpenID Connect Core §5.3)."
    where = "Where the endpoints are."
    return (
        *everywhere("POST", "/oauth2/introspect", "introspectToken", introspect, "What a token is worth (RFC 7662)."),
        *everywhere("GET", "/oauth2/userinfo", "getUserInfo", userinfo, about_user),
        *everywhere("POST", "/oauth2/userinfo", "postUserInfo", userinfo, about_user),
        *everywhere("GET", "/oauth2/jwks", "getKeys", jwks, "The public keys that tokens are verified with."),
        *everywhere("GET", f"/oauth2/token{_WELL_KNOWN}", "getConfiguration", configuration, where),
        for_anybody("GET", _WELL_KNOWN, "getRootConfiguration", configuration, where),
        for_anybody("GET", f"/t/{{tenant}}{_WELL_KNOWN}", "getRootConfigurationOfTenant", configuration, where),
    )


def _asking_tenant(parts: Parts, request: Request, form: dict[str, str]) -> str:
    """The tenant of who asks: a client, an administrator, or a token with the scope. Raises InvalidClient, Unauthenticated."""
    authorization = authorization_of(request)
    if not authorization or parts.authenticate.speaks_of_client(authorization):
        return parts.authenticate(authorization, form, tenant_of(request)).tenant
    principal = parts.identify(request.headers, request.address)
    if INTROSPECTING_SCOPE not in principal.scopes:
        raise InvalidClient(cause="neither a client nor an administrator", tenant=principal.tenant)
    return principal.tenant


def _bearer(request: Request) -> str:
    """The access token (RFC 6750 §2.1, §2.2). Raises InvalidToken."""
    scheme, _, token = authorization_of(request).partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    in_body = request.method == "POST" and request.media_type == FORM
    token = request.form().get("access_token", "") if in_body else ""
    if not token:
        raise InvalidToken
    return token
