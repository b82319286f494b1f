"""The authorization server: Authlib's, on our clients, our rules and our errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from authlib.oauth2.rfc6749 import AuthorizationServer

from gatehouse.adapters.oauth.messages import RegisteredClient
from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.tokens.oauth import (
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from gatehouse.domain.tokens.refusals import (
    AccessDenied,
    AuthorizationPending,
    ConsentRequired,
    ExpiredToken,
    LoginRequired,
    SlowDown,
    UnsupportedResponseType,
)

if TYPE_CHECKING:
    from authlib.oauth2 import OAuth2Error

    from gatehouse.adapters.oauth.messages import FormRequest
    from gatehouse.controlplane.clients.client_authentication import ClientAuthentication
    from gatehouse.controlplane.oauth.login import UserLogin
    from gatehouse.controlplane.oauth.tokens import Tokens
    from gatehouse.domain.tokens.oauth import IssuedToken
    from gatehouse.ports.tokens.oauth import Assertions, Clients, Codes, DeviceGrants
    from gatehouse.ports.tokens.trusted_tokens import TrustedTokens
    from gatehouse.ports.world import Clock

_ERRORS: dict[str, type[GatehouseError]] = {
    "invalid_request": Invalid,
    "invalid_client": InvalidClient,
    "invalid_grant": InvalidGrant,
    "invalid_scope": InvalidScope,
    "unauthorized_client": UnauthorizedClient,
    "unsupported_grant_type": UnsupportedGrantType,
    "unsupported_response_type": UnsupportedResponseType,
    "access_denied": AccessDenied,
    "login_required": LoginRequired,
    "consent_required": ConsentRequired,
    "account_selection_required": LoginRequired,
    "authorization_pending": AuthorizationPending,
    "slow_down": SlowDown,
    "expired_token": ExpiredToken,
}
_OWN_WORDS = frozenset(
    {
        "invalid_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "authorization_pending",
        "slow_down",
        "expired_token",
    }
)
"""Whose descriptions are ours: Authlib's repeat what the request held, or tell an unknown client from a wrong secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the grants ask of us."""

    authenticate: ClientAuthentication
    clients: Clients
    codes: Codes
    login: UserLogin
    tokens: Tokens
    devices: DeviceGrants
    assertions: Assertions
    trusted: TrustedTokens
    saml: TrustedTokens
    clock: Clock


class ProtocolServer(AuthorizationServer):
    """Validates requests and answers them; what it refuses is raised as an error of ours."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules

    def issue(self, request: FormRequest) -> IssuedToken:
        """The token endpoint (RFC 6749 §3.2). Raises the errors of §5.2."""
        if not request.payload.grant_type:
            raise Invalid.field("grant_type", "this parameter is required")
        issued: IssuedToken = self.create_token_response(request)
        return issued

    @property
    def grant_types(self) -> list[str]:
        """The grants that are served."""
        return sorted(str(grant.GRANT_TYPE) for grant, _ in self._token_grants)

    @property
    def response_types(self) -> list[str]:
        """What the authorization endpoint answers."""
        return sorted({kind for grant, _ in self._authorization_grants for kind in grant.RESPONSE_TYPES})

    def serves_response_type(self, response_type: str) -> bool:
        """Whether a grant of ours answers this at the authorization endpoint."""
        return " ".join(sorted(response_type.split())) in self.response_types

    def query_client(self, client_id: str) -> RegisteredClient | None:
        """The client with this id, of whatever tenant."""
        found = self.rules.clients.find(client_id)
        return RegisteredClient(found) if found else None

    def authenticate_client(self, request: Any, _methods: Any, _endpoint: str = "token") -> RegisteredClient:
        """The client that the request proves, by whichever method it has registered. Raises InvalidClient, Invalid."""
        found = self.rules.authenticate(request.authorization, request.form, request.tenant)
        request.auth_method = "none" if found.rules.public else "client_secret_basic"
        client = RegisteredClient(found)
        request.client = client
        return client

    def validate_requested_scope(self, scope: str | None) -> None:
        """Whether these could be scopes. Raises InvalidScope."""
        parse_scopes(scope or "")

    def send_signal(self, *_signal: Any, **_facts: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> Any:
        """Requests come in Authlib's shape already."""
        return request

    def handle_response(self, _status: int, body: Any, _headers: Any) -> Any:
        """What a grant has made: tokens, or an answer for the client. The edge makes HTTP of it."""
        return body

    def handle_error_response(self, _request: Any, error: OAuth2Error) -> NoReturn:
        """Raise the error of ours that has this name."""
        raise ours(error) from error


def ours(error: OAuth2Error) -> GatehouseError:
    """An error of Authlib's as ours, with its words where those are safe to repeat."""
    kind = _ERRORS.get(str(error.error), Invalid)
    return kind("" if error.error in _OWN_WORDS else str(error.description or ""), cause=str(error.description))
