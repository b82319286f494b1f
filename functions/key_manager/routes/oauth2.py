"""The OAuth endpoints over HTTP, each for the super tenant and under `/t/{tenant}` for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.key_manager.wire import discovery, issued_token
from gatehouse.adapters.oauth.messages import FormRequest
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request

FORM = "application/x-www-form-urlencoded"
TENANT = "/t/{tenant}"
KEYS_CACHED_SECONDS = 600

_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CACHED = {"Cache-Control": f"public, max-age={KEYS_CACHED_SECONDS}"}


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of the OAuth endpoints."""

    def token(request: Request) -> Answer:
        return Answer(body=issued_token(parts.server.issue(_message(request))), headers=_NOT_STORED)

    def revoke(request: Request) -> Answer:
        form = _form(request)
        client = parts.authenticate(_authorization(request), form, _tenant(request))
        if not form.get("token"):
            raise Invalid.field("token", "this parameter is required")
        parts.revocation(client, form["token"])
        return Answer(headers=_NOT_STORED)

    def jwks(request: Request) -> Answer:
        _existing(parts, request)
        return Answer(body={"keys": parts.keys.for_verifiers()}, headers=_CACHED)

    def configuration(request: Request) -> Answer:
        tenant = _existing(parts, request)
        body = discovery(parts.management_url, tenant, parts.server.grant_types)
        return Answer(body=body, headers=_CACHED)

    well_known = "/.well-known/openid-configuration"
    return (
        *_everywhere("POST", "/oauth2/token", "issueToken", token, "Exchange a grant for an access token."),
        *_everywhere("POST", "/oauth2/revoke", "revokeToken", revoke, "Void an access or refresh token."),
        *_everywhere("GET", "/oauth2/jwks", "getKeys", jwks, "The public keys that tokens are verified with."),
        *_everywhere(
            "GET", f"/oauth2/token{well_known}", "getConfiguration", configuration, "Where the endpoints are."
        ),
        _operation("GET", well_known, "getRootConfiguration", configuration, "Where the endpoints are."),
    )


def _everywhere(
    method: str, path: str, name: str, route: Callable[[Request], Answer], summary: str
) -> tuple[Operation, Operation]:
    """The endpoint without a tenant, and the tenants' own."""
    return (
        _operation(method, path, name, route, summary),
        _operation(method, f"{TENANT}{path}", f"{name}OfTenant", route, summary),
    )


def _operation(method: str, path: str, name: str, route: Callable[[Request], Answer], summary: str) -> Operation:
    return Operation(
        method=method,
        path=path,
        id=name,
        route=route,
        summary=summary,
        tag="OAuth 2.0",
        authenticated=False,
        ignores_credentials=True,
        accepts=(FORM,) if method == "POST" else (),
    )


def _tenant(request: Request) -> str | None:
    """The tenant that the path names, if any."""
    tenant = request.path.get("tenant")
    return tenant.lower() if tenant else None


def _existing(parts: Parts, request: Request) -> str:
    """The tenant of the path, the super tenant when it names none. Raises NotFound."""
    tenant = _tenant(request) or SUPER_TENANT
    if parts.tenants.get(tenant) is None:
        raise NotFound("There is no such tenant.", tenant=tenant)
    return tenant


def _message(request: Request) -> FormRequest:
    return FormRequest(
        request.method,
        _form(request),
        authorization=_authorization(request),
        tenant=_tenant(request),
        address=request.address,
    )


def _authorization(request: Request) -> str:
    return request.headers.get("authorization", "")


def _form(request: Request) -> dict[str, str]:
    if request.media_type != FORM:
        raise Invalid(f"The body must be {FORM}.")
    return request.form()
