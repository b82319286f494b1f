"""A client is a program that asks for tokens; it proves itself with a secret and may only use the grants it registered.

A client belongs to the tenant of its owner. A secret is never stored: it is derived from the client's id and its
generation (docs/decisions/0003-client-secrets-are-derived.md), so the next generation makes the last one worthless.
The failures below are those of RFC 6749 §5.2; its `invalid_request` is a plain Invalid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gatehouse.domain.errors import Conflict, Invalid, NotFound, Unauthenticated

PASSWORD = "password"
CLIENT_CREDENTIALS = "client_credentials"
REFRESH_TOKEN = "refresh_token"
AUTHORIZATION_CODE = "authorization_code"
IMPLICIT = "implicit"
SAML2_BEARER = "urn:ietf:params:oauth:grant-type:saml2-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"

GRANT_TYPES = frozenset(
    {
        PASSWORD,
        CLIENT_CREDENTIALS,
        REFRESH_TOKEN,
        AUTHORIZATION_CODE,
        IMPLICIT,
        SAML2_BEARER,
        JWT_BEARER,
        TOKEN_EXCHANGE,
        DEVICE_CODE,
    }
)
"""What a client may register. The token endpoint says `unsupported_grant_type` where a stage does not serve one (implicit)."""

_OF_EVERY_CLIENT = (PASSWORD, CLIENT_CREDENTIALS, REFRESH_TOKEN)
SERVED_GRANTS = (*_OF_EVERY_CLIENT, *sorted(GRANT_TYPES - {*_OF_EVERY_CLIENT, IMPLICIT}))
"""What the key manager serves at every stage."""

LIFETIME_PROPERTIES = {
    "application_access_token_expiry_time": "application_seconds",
    "user_access_token_expiry_time": "user_seconds",
    "refresh_token_expiry_time": "refresh_seconds",
    "id_token_expiry_time": "id_seconds",
}
"""WSO2's names of a key's lifetimes, and which of `Lifetimes` each is."""

NOT_SERVED = {
    "iwa:ntlm": "is Windows' own log-in (NTLM), which this server does not serve; use 'password' or a key manager"
}
"""Grants that WSO2 has and we do not, and why, to be told to who registers them."""

ACCESS_TOKEN_SECONDS = 3600
REFRESH_TOKEN_SECONDS = 86400
ID_TOKEN_SECONDS = 3600
FOREVER_SECONDS = 100 * 365 * 86400
"""What WSO2's `-1` becomes: every token has an expiry, this one's is beyond any key's life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a client's tokens live, in seconds: the application's own, its users', refresh tokens and id tokens."""

    application_seconds: int = ACCESS_TOKEN_SECONDS
    user_seconds: int = ACCESS_TOKEN_SECONDS
    refresh_seconds: int = REFRESH_TOKEN_SECONDS
    id_seconds: int = ID_TOKEN_SECONDS


DEFAULT_LIFETIMES = Lifetimes()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRules:
    """What a client must and may do, and how its tokens look. Every field has WSO2's default.

    A public client has no secret, so it must prove with PKCE that a code is its own. `redirect_uris` are exact, and stand
    beside the client's `callback_url`. `audiences` are named in its tokens besides the client itself. A client with `keys`
    (public JWKs) proves itself with one of them, and never with a secret.
    """

    public: bool = False
    pkce_mandatory: bool = False
    pkce_plain: bool = False
    opaque_tokens: bool = False
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    signed_with: str = "RS256"
    keys: tuple[dict[str, Any], ...] = field(default=(), hash=False)

    @property
    def pkce_required(self) -> bool:
        """Whether a code needs a challenge."""
        return self.pkce_mandatory or self.public


DEFAULT_RULES = ClientRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """A further secret of a client, besides the derived one. `expires_at` 0 is never. Shown once, when it is made."""

    id: str
    hash: str = field(repr=False)
    description: str = ""
    created_at: int = 0
    expires_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A secret that was just made. Never to be seen again."""

    id: str
    value: str = field(repr=False)
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """What is known of a secret besides itself. `expires_at` 0 is never."""

    id: str
    description: str
    created_at: int
    expires_at: int


FIRST_SECRET = "first"
"""The id of the derived secret among a client's secrets."""

SECRETS_MAX = 10
"""How many further secrets a client may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered client. `owner` is a user name without its tenant.

    `saas` lets users of other tenants log in through it. `secret_hash` is of the secret of this `generation`, "" once that
    has been given up in favour of the further `secrets`.
    """

    tenant: str
    id: str
    name: str
    owner: str
    grant_types: frozenset[str]
    secret_hash: str = field(repr=False)
    generation: int = 1
    callback_url: str = ""
    saas: bool = False
    lifetimes: Lifetimes = DEFAULT_LIFETIMES
    rules: ClientRules = DEFAULT_RULES
    secrets: tuple[ClientSecret, ...] = ()
    created_at: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """What a client proves itself with: consumer key and secret. Shown when made, never logged."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """What the token endpoint gives out. `scopes` are those granted, in the order they were asked for."""

    access_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)


class ClientExists(Conflict):
    """The owner has a client of this name."""

    code = 900951
    default_description = "An OAuth client of this name exists already."


class ClientNotFound(NotFound):
    """There is no such client."""

    default_description = "There is no such OAuth client."


class SecretNotFound(NotFound):
    """The client has no such secret."""

    default_description = "The client has no such secret."


class LastSecret(Conflict):
    """A client that is not public must keep a secret."""

    default_description = "This is the client's only secret. Make another one first."


class InvalidClient(Unauthenticated):
    """The client is unknown, or its secret is wrong: both answer alike."""

    default_description = "Client credentials are invalid."


class InvalidGrant(Invalid):
    """The user's password or the refresh token is wrong, used, expired or another client's."""

    default_description = "The grant is invalid, expired or revoked."


class UnauthorizedClient(Invalid):
    """The client has not registered this grant type."""

    default_description = "The client is not registered for this grant type."


class UnsupportedGrantType(Invalid):
    """The token endpoint does not serve this grant type."""

    default_description = "This grant type is not supported."


class InvalidScope(Invalid):
    """The scope is malformed, or exceeds what the refresh token was granted."""

    default_description = "The requested scope is malformed or exceeds what was granted."
