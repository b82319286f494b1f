"""The way to an identity provider and back: the links of the login page, and `/commonauth`, where providers answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from functions.key_manager.browser import cookies_of, visitor_of
from functions.key_manager.requests import TENANT, everywhere, for_anybody, form_of, tenant_of
from gatehouse.controlplane.identity.federation import AWAY_SECONDS, CALLBACK, RETURN_CHARACTERS_MAX
from gatehouse.controlplane.openid.asked import LOGIN, SELECT_ACCOUNT
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.key_manager.parts import Parts
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

PATH = "/oauth2/federated/{provider}"
AWAY_COOKIE = "__Host-gatehouse-away"
_OURS = re.compile(r"(?:/t/[^/?#\\]+)?/oauth2/(?:authorize|device)(?:\?[!-~]*)?")
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of federated login."""

    def begin(request: Request) -> Answer:
        return_to = request.query.get("to", "")
        if len(return_to) > RETURN_CHARACTERS_MAX or not _OURS.fullmatch(return_to):
            raise Invalid("The link does not say where to go on afterwards.")
        departure = parts.federation.begin(tenant_of(request) or SUPER_TENANT, request.path["provider"], return_to)
        # A form that another site sends brings no cookie of this one, unless the cookie says that it may.
        policy = "None" if departure.posts else "Lax"
        cookie = (
            f"{AWAY_COOKIE}={departure.ticket}; Path=/; Secure; HttpOnly; SameSite={policy}; Max-Age={AWAY_SECONDS}"
        )
        return Answer(status=302, headers={"Location": departure.url, **_NOT_KEPT}, cookies=(cookie,))

    def answered(request: Request) -> Answer:
        return _arrived(parts, request, request.query)

    def posted(request: Request) -> Answer:
        return _arrived(parts, request, form_of(request))

    go, back = "Log in at an identity provider.", "Come back from an identity provider."
    return (
        *everywhere("GET", PATH, "federatedLogin", begin, go),
        for_anybody("GET", CALLBACK, "commonAuth", answered, back),
        for_anybody("POST", CALLBACK, "commonAuthByForm", posted, back),
    )


def link_of(tenant: str, provider: str, request: Request) -> str:
    """The address of the login page's link to a provider, from where the browser comes back to this request."""
    path = PATH.format(provider=quote(provider, safe=""))
    start = path if tenant == SUPER_TENANT else f"{TENANT.format(tenant=quote(tenant, safe=''))}{path}"
    return f"{start}?{urlencode({'to': f'{request.url_path}?{request.raw_query}'})}"


def _arrived(parts: Parts, request: Request, told: Mapping[str, str]) -> Answer:
    arrival = parts.federation.finish(told, request.cookies.get(AWAY_COOKIE, ""), request.address)
    visitor = parts.sessions.open(arrival.user, visitor_of(parts.sessions, request))
    gone = f"{AWAY_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    headers = {"Location": _without_login(arrival.return_to), **_NOT_KEPT}
    return Answer(status=303, headers=headers, cookies=(*cookies_of(visitor, request), gone))


def _without_login(return_to: str) -> str:
    """The address to go on at, without the wish for a login: it has just been granted."""
    parts = urlsplit(return_to)
    query = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        left = (
            " ".join(word for word in value.split() if word not in {LOGIN, SELECT_ACCOUNT})
            if name == "prompt"
            else value
        )
        if left or name != "prompt":
            query.append((name, left))
    return f"{parts.path}?{urlencode(query)}"
