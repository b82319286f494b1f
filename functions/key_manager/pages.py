"""Pages: HTML for people, where the client sends their browser. They work without scripts, and no other site may frame them.

Jinja escapes whatever is put into a template. It is loaded for the first page: tokens do not wait for it.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gatehouse.controlplane.clients.redirect_uri import origin_of
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.scopes import EMAIL, OPENID, PROFILE
from gatehouse.domain.tokens.token import DEFAULT_SCOPE
from gatehouse.edge.errors import status_of
from gatehouse.edge.http import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.tokens.authorization import ClientAnswer

HTML = "text/html; charset=utf-8"
TEMPLATES = Path(__file__).parent / "templates"
NONCE_BYTES = 16
SITE = "Gatehouse"


_OF_SCOPE = {
    OPENID: "know who you are",
    PROFILE: "read your profile, such as your name",
    EMAIL: "read your e-mail address",
}


def scope_descriptions(scopes: Iterable[str]) -> list[str]:
    """What these scopes let a client do, in words."""
    return [_OF_SCOPE.get(scope, f"use the right “{scope}”") for scope in scopes if scope != DEFAULT_SCOPE]


def page(
    template: str,
    *,
    tenant: str = SUPER_TENANT,
    status: int = 200,
    leads_to: str = "",
    cookies: tuple[str, ...] = (),
    **values: object,
) -> Answer:
    """A page. `leads_to` is the address that its forms end at after all redirects; `cookies` are set with it."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    site = SITE if tenant == SUPER_TENANT else f"{SITE} · {tenant}"
    style = (TEMPLATES / "style.css").read_text()
    body = _environment().get_template(template).render(nonce=nonce, site=site, style=style, **values)
    return Answer(status=status, body=body, media_type=HTML, headers=_headers(nonce, leads_to), cookies=cookies)


def frame(template: str, **values: object) -> Answer:
    """A page that other sites may frame: it shows nothing, and answers what it is asked."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    body = _environment().get_template(template).render(nonce=nonce, **values)
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'"
    return Answer(body=body, media_type=HTML, headers={"Content-Security-Policy": policy, **_NOT_KEPT})


def page_error(error: GatehouseError) -> Answer:
    """A failure that only the user can be told of."""
    return page("message.html", status=status_of(error), heading="This did not work", text=error.description)


def back_to_client(answer: ClientAnswer, *, after_post: bool, cookies: tuple[str, ...] = ()) -> Answer:
    """Send the browser to the client, with what it is told. RFC 9700 §4.12: after a form, never by 307."""
    if answer.mode == "form_post":
        return page(
            "form_post.html",
            leads_to=answer.redirect_uri,
            cookies=cookies,
            action=answer.redirect_uri,
            parameters=answer.parameters,
        )
    headers = {"Location": answer.address, **_NOT_KEPT}
    return Answer(status=303 if after_post else 302, headers=headers, cookies=cookies)


_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}


def _headers(nonce: str, leads_to: str) -> dict[str, str]:
    # Browsers hold redirects after a form to its policy as well, so the client's address must stand there.
    targets = f"'self' {origin_of(leads_to)}" if leads_to else "'self'"
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        **_NOT_KEPT,
    }


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- see the module

    # Not every page has a problem, or another way to sign in; whatever else a template names must be given.
    found = Environment(autoescape=True, loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined)
    found.globals |= {"problem": "", "problem_field": "", "providers": ()}
    return found
