"""Signing out, and the frame in which applications watch for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from functions.key_manager.browser import COOKIE, STATE_COOKIE, cookies_of, visitor_of
from functions.key_manager.pages import frame, page
from functions.key_manager.requests import everywhere, form_of
from gatehouse.domain.people.identity import display_username
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.controlplane.openid.logout import LogoutRequest
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

LOGOUT_FORM = "logout"
FORBIDDEN = 403
STALE_FORM = "This form has been open for too long, or was not shown to this browser. Try again."


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of signing out."""

    def begin(request: Request) -> Answer:
        return _begun(parts, request, request.raw_query)

    def go_on(request: Request) -> Answer:
        form = form_of(request)
        if form.get("step") != "logout":
            # A client may also send its wish as a form (RP-Initiated Logout §2).
            return _begun(parts, request, request.body.decode())
        visitor = visitor_of(parts.sessions, request)
        asked = parts.logout.read(dict(parse_qsl(request.raw_query)), visitor)
        if not parts.forms.proves(form.get("form_token", ""), visitor, LOGOUT_FORM, request.raw_query):
            return _confirmation(parts, request, request.raw_query, visitor, problem=STALE_FORM, status=FORBIDDEN)
        return _gone(parts, request, asked, visitor)

    def watch(_request: Request) -> Answer:
        return frame("check_session.html", cookie=STATE_COOKIE)

    about = "Sign out (OpenID Connect RP-Initiated Logout)."
    return (
        *everywhere("GET", "/oidc/logout", "logout", begin, about),
        *everywhere("POST", "/oidc/logout", "continueLogout", go_on, about),
        *everywhere(
            "GET", "/oidc/checksession", "checkSession", watch, "Watch for a logout (Session Management §3.2)."
        ),
    )


def _begun(parts: Parts, request: Request, query: str) -> Answer:
    visitor = visitor_of(parts.sessions, request)
    asked = parts.logout.read(dict(parse_qsl(query)), visitor)
    if visitor.session is None or asked.certain:
        return _gone(parts, request, asked, visitor)
    return _confirmation(parts, request, query, visitor)


def _confirmation(
    parts: Parts, request: Request, query: str, visitor: Visitor, *, problem: str = "", status: int = 200
) -> Answer:
    user = visitor.user
    return page(
        "logout.html",
        status=status,
        leads_to=parts.logout.read(dict(parse_qsl(query)), visitor).leads_to,
        cookies=cookies_of(visitor, request),
        action=f"?{query}",
        form_token=parts.forms.make(visitor, LOGOUT_FORM, query),
        user=display_username(user.tenant, user.name) if user else "",
        problem=problem,
    )


def _gone(parts: Parts, request: Request, asked: LogoutRequest, visitor: Visitor) -> Answer:
    parts.sessions.close(visitor)
    cookies = cookies_of(parts.sessions.visitor(""), request) if COOKIE in request.cookies else ()
    if asked.leads_to:
        headers = {"Location": asked.leads_to, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return Answer(status=303 if request.method == "POST" else 302, headers=headers, cookies=cookies)
    return page("message.html", cookies=cookies, heading="You are signed out", text="You can close this window.")
