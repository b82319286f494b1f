"""Devices: the endpoint that gives them codes, and the page where their users type them (RFC 8628 §3.1, §3.3).

A code is looked for only once somebody has signed in, so nobody can try codes without a name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from functions.key_manager.browser import cookies_of, visitor_of
from functions.key_manager.pages import page, scope_descriptions
from functions.key_manager.requests import everywhere, form_of, message_of, tenant_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT, display_username
from gatehouse.domain.tokens.authorization import Decision
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.domain.tokens.authorization import DeviceGrant
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

LOGIN_FORM, CONSENT_FORM = "device-login", "device-consent"
FORBIDDEN, WRONG = 403, 400
STALE_FORM = "This form has been open for too long, or was not shown to this browser. Try again."
WRONG_LOGIN = "The user name or the password is wrong."
WRONG_CODE = "This code is not known, or its time is over."
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def endpoint_routes(parts: Parts) -> tuple[Operation, ...]:
    """Where devices ask for codes."""

    def begin(request: Request) -> Answer:
        return Answer(body=parts.devices_endpoint().begin(message_of(request)), headers=_NOT_STORED)

    return everywhere("POST", "/oauth2/device_authorize", "authorizeDevice", begin, "Codes for a device (RFC 8628).")


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The page where users type codes."""

    def show(request: Request) -> Answer:
        return _shown(parts, request, visitor_of(parts.sessions, request))

    def go_on(request: Request) -> Answer:
        form = form_of(request)
        visitor = visitor_of(parts.sessions, request)
        match form.get("step", ""):
            case "login":
                return _logging_in(parts, request, visitor, form)
            case "consent":
                return _deciding(parts, request, visitor, form)
            case _:
                raise Invalid.field("step", "is not one of ours")

    about = "Let a user connect a device (RFC 8628 §3.3)."
    return (
        *everywhere("GET", "/oauth2/device", "showDevice", show, about),
        *everywhere("POST", "/oauth2/device", "connectDevice", go_on, about),
    )


def _shown(parts: Parts, request: Request, visitor: Visitor) -> Answer:
    typed = request.query.get("user_code", "")
    if visitor.user is None:
        return _login_page(parts, request, visitor)
    if not typed:
        return _code_page(request, visitor)
    found = _found(parts, request, visitor, typed)
    if found is None:
        return _code_page(request, visitor, typed, problem=WRONG_CODE)
    grant, client = found
    user = visitor.user
    return page(
        "device_consent.html",
        tenant=client.tenant,
        cookies=cookies_of(visitor, request),
        action=f"?{urlencode({'user_code': grant.user_code})}",
        form_token=parts.forms.make(visitor, CONSENT_FORM, grant.user_code),
        user_code=grant.user_code,
        application=client.name,
        user=display_username(user.tenant, user.name),
        scopes=scope_descriptions(parts.scopes(user.tenant, user.roles, grant.scopes)),
    )


def _logging_in(parts: Parts, request: Request, visitor: Visitor, form: dict[str, str]) -> Answer:
    if not parts.forms.proves(form.get("form_token", ""), visitor, LOGIN_FORM, request.raw_query):
        return _login_page(parts, request, visitor, problem=STALE_FORM, status=FORBIDDEN)
    username, password = form.get("username", ""), form.get("password", "")
    user = parts.login.anybody(username, password, tenant_of(request), address=request.address)
    if user is None:
        return _login_page(parts, request, visitor, username=username, problem=WRONG_LOGIN, status=WRONG)
    return _shown(parts, request, parts.sessions.open(user, visitor))


def _deciding(parts: Parts, request: Request, visitor: Visitor, form: dict[str, str]) -> Answer:
    found = _found(parts, request, visitor, request.query.get("user_code", ""))
    if visitor.session is None or found is None:
        return _code_page(request, visitor, problem=WRONG_CODE)
    grant, client = found
    if not parts.forms.proves(form.get("form_token", ""), visitor, CONSENT_FORM, grant.user_code):
        return _code_page(request, visitor, grant.user_code, problem=STALE_FORM)
    allowed = form.get("decision") == "allow"
    decided = replace(
        grant,
        decision=Decision.APPROVED if allowed else Decision.DENIED,
        tenant=visitor.session.tenant,
        user=visitor.session.user,
        login=visitor.login,
    )
    parts.devices.save(client.tenant, decided)
    return page(
        "message.html",
        tenant=client.tenant,
        heading="The device is connected" if allowed else "The device is not connected",
        text="You can close this window.",
    )


def _found(parts: Parts, request: Request, visitor: Visitor, typed: str) -> tuple[DeviceGrant, Client] | None:
    """What waits for a decision under this code, when the visitor may decide about it."""
    tenant = tenant_of(request) or SUPER_TENANT
    code = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalpha())
    grant = parts.devices.with_user_code(tenant, f"{code[:4]}-{code[4:8]}") if code else None
    if grant is None or grant.decision is not Decision.PENDING or grant.expires_at <= parts.clock.now():
        return None
    client = parts.clients.get(tenant, grant.client_id)
    if client is None or visitor.user is None or not (client.saas or visitor.user.tenant == client.tenant):
        return None
    return grant, client


def _code_page(request: Request, visitor: Visitor, typed: str = "", *, problem: str = "") -> Answer:
    return page(
        "device.html",
        tenant=tenant_of(request) or SUPER_TENANT,
        status=WRONG if problem else 200,
        cookies=cookies_of(visitor, request),
        user_code=typed,
        problem=problem,
        problem_field="user_code" if problem else "",
    )


def _login_page(
    parts: Parts, request: Request, visitor: Visitor, *, username: str = "", problem: str = "", status: int = 200
) -> Answer:
    return page(
        "login.html",
        tenant=tenant_of(request) or SUPER_TENANT,
        status=status,
        cookies=cookies_of(visitor, request),
        action=f"?{request.raw_query}",
        form_token=parts.forms.make(visitor, LOGIN_FORM, request.raw_query),
        application="your device",
        username=username,
        problem=problem,
        problem_field="username" if problem else "",
    )
