"""The grants of RFC 6749 that need no page: a user's password, the client itself, and an earlier refresh token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.grants import BaseGrant

from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import UnauthorizedClient

if TYPE_CHECKING:
    from gatehouse.adapters.oauth.messages import FormRequest
    from gatehouse.adapters.oauth.server import ProtocolServer, Rules
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.authorization import TokenFamily
    from gatehouse.domain.tokens.oauth import Client, IssuedToken


class OurGrant(BaseGrant):
    """What our grants have in common: tokens are kept when they are made, in the transaction that they belong to."""

    server: ProtocolServer
    request: FormRequest

    @property
    def rules(self) -> Rules:
        """What we know."""
        return self.server.rules

    @property
    def registered(self) -> Client:
        """The client that has proved itself."""
        client: Client = self.request.client.client
        return client

    @property
    def wanted(self) -> tuple[str, ...]:
        """The scopes that the request names."""
        return parse_scopes(self.request.payload.scope or "")

    def save_token(self, token: object) -> None:
        """They are kept already."""

    def required(self, name: str) -> str:
        """A parameter that must be there. Raises Invalid."""
        value = self.request.form.get(name, "")
        if not value:
            raise Invalid.field(name, "this parameter is required")
        return value


class PasswordGrant(OurGrant, grants.ResourceOwnerPasswordCredentialsGrant):
    """Resource owner password credentials (RFC 6749 §4.3)."""

    def authenticate_user(self, username: str, password: str) -> User:
        """Raises InvalidGrant, whatever is wrong with the user."""
        request = self.request
        return self.rules.login(self.registered, username, password, request.tenant, address=request.address)

    def generate_token(self, user: Any = None, **_more: Any) -> IssuedToken:
        """The user's tokens."""
        return self.rules.tokens.for_user(self.registered, user, self.wanted)


class ClientCredentialsGrant(OurGrant, grants.ClientCredentialsGrant):
    """Client credentials (RFC 6749 §4.4): the roles of the client's owner count; no refresh token."""

    def generate_token(self, **_more: Any) -> IssuedToken:
        """The application's own token. Raises InvalidClient (its owner is gone), UnauthorizedClient (it is public)."""
        if self.registered.rules.public:
            raise UnauthorizedClient("A client without a secret cannot speak for itself.")
        return self.rules.tokens.for_application(self.registered, self.wanted)


class PresentToken:
    """The family of a refresh token, as Authlib asks about it."""

    def __init__(self, family: TokenFamily) -> None:
        self.family = family

    def check_client(self, client: Any) -> bool:
        """Whether it was issued to this client."""
        return bool(client.get_client_id() == self.family.client_id)

    def get_scope(self) -> str:
        """What was granted first."""
        return " ".join(self.family.scopes)


class RefreshTokenGrant(OurGrant, grants.RefreshTokenGrant):
    """A refresh token (RFC 6749 §6), good for one use: the answer carries the next one."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> PresentToken | None:
        """The family that it is the present token of. One that was used before ends its family."""
        self.server.validate_requested_scope(self.request.payload.scope)
        family = self.rules.tokens.present(self.registered, refresh_token)
        return PresentToken(family) if family else None

    def authenticate_user(self, refresh_token: PresentToken) -> User:
        """Raises InvalidGrant: revoked, disabled or gone."""
        return self.rules.tokens.user_of(self.registered, refresh_token.family)

    def generate_token(self, user: Any = None, **_more: Any) -> IssuedToken:
        """The family's next tokens. Raises InvalidGrant (used twice at once)."""
        family = self.request.refresh_token.family
        return self.rules.tokens.renewed(self.registered, user, family, self.wanted)

    def revoke_old_credential(self, refresh_token: PresentToken) -> None:
        """It has been replaced already."""
