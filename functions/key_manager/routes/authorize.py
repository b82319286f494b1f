"""The authorization endpoint's pages: sign in, allow or deny, and back to the client.

The request itself is the query string of every page and form, and is read anew each time; nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from functions.key_manager.browser import cookies_of, visitor_of
from functions.key_manager.pages import back_to_client, page, scope_descriptions
from functions.key_manager.requests import everywhere, form_of, tenant_of
from functions.key_manager.routes.federation import link_of
from gatehouse.controlplane.openid.asked import SELECT_ACCOUNT, Step, next_step, suits
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.tokens.authorization import ClientAnswer
from gatehouse.domain.tokens.refusals import AccessDenied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.key_manager.parts import Parts
    from gatehouse.controlplane.openid.asked import Asked
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.people.identity_provider import IdentityProvider
    from gatehouse.edge.http import Answer, Request
    from gatehouse.edge.operation import Operation

LOGIN_FORM, CONSENT_FORM = "login", "consent"
FORBIDDEN, WRONG = 403, 400
STALE_FORM = "This form has been open for too long, or was not shown to this browser. Try again."
WRONG_LOGIN = "The user name or the password is wrong."


def routes(parts: Parts) -> tuple[Operation, ...]:
    """The operations of the authorization endpoint."""

    def begin(request: Request) -> Answer:
        return _turn(parts, request, request.raw_query, _Turn.shown)

    def go_on(request: Request) -> Answer:
        form = form_of(request)
        match form.get("step", ""):
            case "login":
                return _turn(parts, request, request.raw_query, lambda turn: turn.logging_in(form))
            case "consent":
                return _turn(parts, request, request.raw_query, lambda turn: turn.deciding(form))
            case "":
                # A client may also send its request as a form (OpenID Connect Core §3.1.2.1).
                return _turn(parts, request, request.body.decode(), _Turn.shown)
            case _:
                raise Invalid.field("step", "is not one of ours")

    about = "Let a user sign in and allow a client (RFC 6749 §3.1)."
    return (
        *everywhere("GET", "/oauth2/authorize", "authorize", begin, about),
        *everywhere("POST", "/oauth2/authorize", "continueAuthorization", go_on, about),
    )


def _turn(parts: Parts, request: Request, query: str, take: Callable[[_Turn], Answer]) -> Answer:
    asked = parts.authorization.read(query, tenant_of(request))
    if isinstance(asked, ClientAnswer):
        return back_to_client(asked, after_post=request.method == "POST")
    return take(
        _Turn(parts=parts, request=request, query=query, asked=asked, visitor=visitor_of(parts.sessions, request))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One request of the browser in the course of an authorization."""

    parts: Parts
    request: Request
    query: str
    asked: Asked
    visitor: Visitor

    def shown(self, *, just_logged_in: bool = False) -> Answer:
        """The page that comes next, or the answer to the client."""
        visitor, asked = self.visitor, self.asked
        suitable = suits(asked, visitor.session, self.parts.clock.now(), just_logged_in=just_logged_in)
        user = visitor.user if suitable else None
        wanted = self._wanted(user) if user else ()
        given = self.parts.consents.given(user.tenant, user.name, asked.client.id) if user else frozenset()
        step = next_step(asked, logged_in=user is not None, wanted=wanted, given=given)
        if isinstance(step, GatehouseError):
            return self._back(self.parts.authorization.refuse(asked, step))
        if step is Step.LOGIN or user is None:
            return self._login_page()
        return self._consent_page(user, wanted) if step is Step.CONSENT else self._granted(wanted)

    def logging_in(self, form: Mapping[str, str]) -> Answer:
        """What comes after the login form."""
        username = form.get("username", "")
        if not self._proves(form, LOGIN_FORM):
            return self._login_page(STALE_FORM, username=username, status=FORBIDDEN)
        user = self.parts.login.user_or_none(
            self.asked.client,
            username,
            form.get("password", ""),
            tenant_of(self.request),
            address=self.request.address,
        )
        if user is None:
            return self._login_page(WRONG_LOGIN, username=username, status=WRONG)
        return replace(self, visitor=self.parts.sessions.open(user, self.visitor)).shown(just_logged_in=True)

    def deciding(self, form: Mapping[str, str]) -> Answer:
        """What comes after the consent form."""
        user = self.visitor.user
        # The form was made after the login that this request demands, so its token proves that login, too.
        if user is None or not self._proves(form, CONSENT_FORM):
            return self._login_page(STALE_FORM, status=FORBIDDEN)
        if form.get("decision") != "allow":
            return self._back(self.parts.authorization.refuse(self.asked, AccessDenied()))
        wanted = self._wanted(user)
        self.parts.consents.give(user.tenant, user.name, self.asked.client.id, wanted)
        return self._granted(wanted)

    def _wanted(self, user: User) -> tuple[str, ...]:
        return self.parts.scopes(user.tenant, user.roles, self.asked.scopes)

    def _granted(self, wanted: tuple[str, ...]) -> Answer:
        return self._back(self.parts.authorization.grant(self.asked, self.visitor, wanted))

    def _back(self, answer: ClientAnswer) -> Answer:
        return back_to_client(answer, after_post=self.request.method == "POST", cookies=self._cookies)

    def _login_page(self, problem: str = "", *, username: str = "", status: int = 200) -> Answer:
        tenant = self.asked.client.tenant
        return page(
            "login.html",
            tenant=tenant,
            status=status,
            leads_to=self.asked.redirect_uri,
            cookies=self._cookies,
            action=f"?{self.query}",
            form_token=self._form_token(LOGIN_FORM),
            application=self.asked.client.name,
            username=username or self.asked.login_hint,
            problem=problem,
            problem_field="username" if problem else "",
            providers=[(one.name, link_of(tenant, one.id, self.request)) for one in self._providers(tenant)],
        )

    def _providers(self, tenant: str) -> list[IdentityProvider]:
        """Where users may log in instead. What a client sent as a form would have to be sent again: there, nowhere."""
        return self.parts.federation.offered(tenant) if self.query == self.request.raw_query else []

    def _consent_page(self, user: User, wanted: tuple[str, ...]) -> Answer:
        others = [(name, value) for name, value in parse_qsl(self.query) if name not in {"prompt", "id_token_hint"}]
        return page(
            "consent.html",
            tenant=self.asked.client.tenant,
            leads_to=self.asked.redirect_uri,
            cookies=self._cookies,
            action=f"?{self.query}",
            form_token=self._form_token(CONSENT_FORM),
            application=self.asked.client.name,
            user=display_username(user.tenant, user.name),
            scopes=scope_descriptions(wanted),
            other_account=f"?{urlencode([*others, ('prompt', SELECT_ACCOUNT)])}",
        )

    @property
    def _cookies(self) -> tuple[str, ...]:
        return cookies_of(self.visitor, self.request)

    @property
    def _about(self) -> str:
        return f"{self.request.url_path}?{self.query}"

    def _form_token(self, form: str) -> str:
        return self.parts.forms.make(self.visitor, form, self._about)

    def _proves(self, form: Mapping[str, str], name: str) -> bool:
        return self.parts.forms.proves(form.get("form_token", ""), self.visitor, name, self._about)
