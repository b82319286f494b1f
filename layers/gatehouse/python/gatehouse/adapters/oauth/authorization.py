"""The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2), short of its pages.

Who the client is and where it may be answered comes first. Until both are sure, a failure is the user's to read; after that,
it goes back to the client.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error

from gatehouse.adapters.oauth.messages import FormRequest
from gatehouse.adapters.oauth.server import ours
from gatehouse.controlplane.clients.redirect_uri import accepts, default_of
from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.controlplane.openid.asked import NONE, PROMPTS, Asked
from gatehouse.controlplane.openid.session import session_state
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.tokens.authorization import ClientAnswer
from gatehouse.domain.tokens.refusals import RequestNotSupported, UnsupportedResponseType
from gatehouse.domain.tokens.scopes import OPENID
from gatehouse.domain.tokens.token import issuer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.adapters.oauth.server import ProtocolServer
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.domain.tokens.oauth import Client

MODES = ("query", "fragment", "form_post")
QUERY_CHARACTERS_MAX = 16_384
SECONDS_MAX = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationEndpoint:
    """Reads requests and answers clients. `terms` tells a failure in OAuth's terms: its name and its description.

    `subject_of` reads an id token of ours (`id_token_hint`): whom it is about, "" when it is none or another client's.
    """

    server: ProtocolServer
    management_url: str
    terms: Callable[[GatehouseError], tuple[str, str]]
    subject_of: Callable[[Client, str], str]

    def read(self, query: str, tenant: str | None) -> Asked | ClientAnswer:
        """What the client asks for, or what it has to be told.

        Raises Invalid when it cannot be told anything: the client is unknown, or the redirect URI is not one of its own.
        """
        parameters, repeated = _parameters(query)
        if repeated & {"client_id", "redirect_uri", "state", "response_mode"}:
            raise Invalid("The request gives a parameter more than once.")
        client = self._client(parameters.get("client_id", ""), tenant)
        redirect_uri = parameters.get("redirect_uri", "") or default_of(client)
        if not accepts(client, redirect_uri):
            raise Invalid("The request names a redirect URI that the application has not registered.")
        mode, state = parameters.get("response_mode", ""), parameters.get("state", "")
        told = _Told(client, redirect_uri, mode if mode in MODES else _default_mode(parameters), state)
        try:
            if repeated:
                raise Invalid("The request gives a parameter more than once.")
            return self._asked(told, parameters, tenant)
        except OAuth2Error as error:
            return self._refusal(told, ours(error))
        except GatehouseError as error:
            return self._refusal(told, error)

    def refuse(self, asked: Asked, error: GatehouseError) -> ClientAnswer:
        """Tell the client what went wrong."""
        return self._refusal(_Told(asked.client, asked.redirect_uri, asked.mode, asked.state), error)

    def grant(self, asked: Asked, visitor: Visitor, granted: tuple[str, ...]) -> ClientAnswer:
        """Give the client what it asked for, in the name of the visitor, who has logged in and agreed."""
        grant: Any = asked.grant
        grant.request.login = visitor.login.with_nonce(asked.nonce)
        grant.request.granted = granted
        parameters = self.server.create_authorization_response(grant.request, visitor.user, grant)
        if OPENID in granted:
            parameters = {**parameters, "session_state": session_state(visitor, asked.client.id, asked.redirect_uri)}
        return self._answer(_Told(asked.client, asked.redirect_uri, asked.mode, asked.state), parameters)

    def _client(self, client_id: str, tenant: str | None) -> Client:
        found = self.server.rules.clients.find(client_id) if client_id.isascii() and client_id.isalnum() else None
        if found is None or (tenant is not None and tenant != found.tenant and not found.saas):
            raise Invalid("The request names an application that is not known here.")
        return found

    def _asked(self, told: _Told, parameters: Mapping[str, str], tenant: str | None) -> Asked:
        for name in ("request", "request_uri"):
            if name in parameters:
                raise RequestNotSupported(f"The parameter {name} is not supported.", name=name)
        if parameters.get("response_mode", told.mode) != told.mode or _misplaced(told):
            raise Invalid.field("response_mode", "must be one that suits the response type and the redirect URI")
        response_type = parameters.get("response_type", "")
        if not response_type:
            raise Invalid.field("response_type", "this parameter is required")
        if not self.server.serves_response_type(response_type):
            raise UnsupportedResponseType(response_type=response_type[:64])
        request = FormRequest("GET", parameters, tenant=tenant)
        scopes = parse_scopes(parameters.get("scope", ""))
        prompts = frozenset(parameters.get("prompt", "").split())
        if prompts - PROMPTS or (NONE in prompts and len(prompts) > 1):
            raise Invalid.field("prompt", "must be none, or any of login, consent and select_account")
        hint = parameters.get("id_token_hint", "")
        subject = self.subject_of(told.client, hint) if hint else ""
        if hint and not subject:
            raise Invalid.field("id_token_hint", "is no id token of this client's")
        return Asked(
            client=told.client,
            redirect_uri=told.redirect_uri,
            mode=told.mode,
            state=told.state,
            scopes=scopes,
            prompts=prompts,
            max_age=_seconds(parameters, "max_age"),
            login_hint=parameters.get("login_hint", ""),
            nonce=parameters.get("nonce", ""),
            subject=subject,
            grant=self.server.get_consent_grant(request),
        )

    def _refusal(self, told: _Told, error: GatehouseError) -> ClientAnswer:
        name, description = self.terms(error)
        return self._answer(told, {"error": name, "error_description": description})

    def _answer(self, told: _Told, parameters: Mapping[str, str]) -> ClientAnswer:
        # The issuer keeps a client that talks to several servers from taking ours for another's (RFC 9207).
        issuer = issuer_of(self.management_url, told.client.tenant)
        state = [("state", told.state)] if told.state else []
        return ClientAnswer(
            redirect_uri=told.redirect_uri,
            parameters=(*parameters.items(), *state, ("iss", issuer)),
            mode=told.mode,
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """Where a client is told something."""

    client: Client
    redirect_uri: str
    mode: str
    state: str


def _parameters(query: str) -> tuple[dict[str, str], set[str]]:
    """The parameters, and the names of those that come more than once. Raises Invalid."""
    if len(query) > QUERY_CHARACTERS_MAX:
        raise Invalid("The request is too long.")
    try:
        pairs = parse_qsl(query, errors="strict")
    except ValueError as error:
        raise Invalid("The request is not encoded as it must be.") from error
    counted = Counter(name for name, _ in pairs)
    return dict(pairs), {name for name, times in counted.items() if times > 1}


def _default_mode(parameters: Mapping[str, str]) -> str:
    return "query" if parameters.get("response_type", "code") == "code" else "fragment"


def _misplaced(told: _Told) -> bool:
    """A form can only be sent to a web address; a browser would run `javascript:` as ours."""
    return told.mode == "form_post" and not told.redirect_uri.startswith(("https://", "http://"))


def _seconds(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Invalid.field(name, "must be a whole number of seconds")
    return min(int(text[:20]), SECONDS_MAX)
