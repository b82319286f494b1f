"""Somebody else's word: JWT bearer (RFC 7523 §2.1), SAML 2.0 bearer (RFC 7522 §2.1) and token exchange (RFC 8693).

Whose word counts is the tenant's key managers' to say. What they say of a person makes no user of ours: the token is about
`<key manager>/<subject>`, who has no roles here, so that a provider cannot name our administrator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import TokenEndpointMixin

from gatehouse.adapters.oauth.grants import OurGrant
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import User
from gatehouse.domain.tokens.authorization import Login
from gatehouse.domain.tokens.oauth import (
    JWT_BEARER,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
    InvalidGrant,
    IssuedToken,
    UnauthorizedClient,
)
from gatehouse.domain.tokens.refusals import InvalidTarget
from gatehouse.domain.tokens.token import TokenInvalid

if TYPE_CHECKING:
    from gatehouse.ports.tokens.trusted_tokens import TrustedSubject

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"


class AssertionGrant(OurGrant, TokenEndpointMixin):
    """What these grants have in common: the client proves itself, then somebody else's word is read."""

    def validate_token_request(self) -> None:
        """Raises InvalidClient, UnauthorizedClient, Invalid, InvalidScope, InvalidGrant."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClient(client_id=client.client.id, grant_type=self.GRANT_TYPE)
        self.server.validate_requested_scope(self.request.payload.scope)
        self.request.user = self._person(self._subject())

    def create_token_response(self) -> tuple[int, Any, list[Any]]:
        """The tokens."""
        return 200, self.generate_token(user=self.request.user), []

    def generate_token(self, user: Any = None, **_more: Any) -> IssuedToken:
        """The person's token. It cannot be refreshed: the other one's word would have to be heard again."""
        login = Login(at=int(self.rules.clock.now()), method="")
        return self.rules.tokens.for_user(self.registered, user, self.wanted, refreshable=False, login=login)

    def _subject(self) -> TrustedSubject:
        raise NotImplementedError

    def _person(self, subject: TrustedSubject) -> User:
        name = f"{subject.name}/{subject.claims.subject}"
        return User(tenant=self.registered.tenant, name=name, roles=frozenset(), password_hash="")

    def _trusted(self, token: str) -> TrustedSubject:
        try:
            return self.rules.trusted.subject(self.registered.tenant, token)
        except TokenInvalid as error:
            raise InvalidGrant(cause=f"{type(error).__name__}: {error}") from error


class JwtBearerGrant(AssertionGrant):
    """A JWT of a key manager's as an authorization grant. It is good for one use."""

    GRANT_TYPE = JWT_BEARER

    def _subject(self) -> TrustedSubject:
        assertion = self.required("assertion")
        subject = self._trusted(assertion)
        name = f"{subject.key_manager}\n{subject.claims.token_id}"
        if not self.rules.assertions.use(self.registered.tenant, name, subject.claims.expires_at):
            raise InvalidGrant(cause="the assertion has been used before")
        return subject


class Saml2BearerGrant(AssertionGrant):
    """A SAML 2.0 assertion of a key manager's as an authorization grant. It is good for one use."""

    GRANT_TYPE = SAML2_BEARER

    def _subject(self) -> TrustedSubject:
        assertion = self.required("assertion")
        try:
            subject = self.rules.saml.subject(self.registered.tenant, assertion)
        except TokenInvalid as error:
            raise InvalidGrant(cause=f"{type(error).__name__}: {error}") from error
        name = f"{subject.key_manager}\n{subject.claims.token_id}"
        if not self.rules.assertions.use(self.registered.tenant, name, subject.claims.expires_at):
            raise InvalidGrant(cause="the assertion has been used before")
        return subject


class TokenExchangeGrant(AssertionGrant):
    """A token of a key manager's for one of ours (RFC 8693). Nobody acts for somebody else: `actor_token` is refused."""

    GRANT_TYPE = TOKEN_EXCHANGE

    def _subject(self) -> TrustedSubject:
        form = self.request.form
        token, kind = self.required("subject_token"), self.required("subject_token_type")
        if kind not in {JWT, ACCESS_TOKEN, ID_TOKEN}:
            raise Invalid.field("subject_token_type", "must be that of a JWT, an access token or an id token")
        if form.get("requested_token_type", ACCESS_TOKEN) not in {ACCESS_TOKEN, JWT}:
            raise Invalid.field("requested_token_type", "must be that of an access token")
        if "actor_token" in form or "actor_token_type" in form:
            raise Invalid.field("actor_token", "delegation is not supported")
        known = {self.registered.id, *self.registered.rules.audiences}
        if "resource" in form or form.get("audience", self.registered.id) not in known:
            raise InvalidTarget
        return self._trusted(token)


def issued_type(grant_type: str) -> str | None:
    """What the answer to this grant calls its token (RFC 8693 §2.2.1); None where it does not say."""
    return ACCESS_TOKEN if grant_type == TOKEN_EXCHANGE else None
