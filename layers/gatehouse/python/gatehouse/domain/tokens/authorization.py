"""An authorization is what a user has allowed a client: a code first, then a family of tokens.

Every token that follows from one login belongs to one family. Its refresh tokens replace each other; when one that has been
replaced comes again, somebody has a copy, and the whole family ends (RFC 9700 §4.14.2). The tokens themselves are not kept,
only their digests. Times are epoch seconds.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlencode

SECRET_BYTES = 32
FAMILY_ID_BYTES = 16

OFFLINE_ACCESS = "offline_access"
"""The scope with which a user allows a client to go on without them (OpenID Connect Core §11)."""

LIVE_TOKENS_MAX = 20
"""How many access tokens of a family may live at once: the oldest is voided when there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveToken:
    """An access token that was issued: what must be known to void it. `id` is its `jti`, `tenant` its user's."""

    id: str
    tenant: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a user came in: when they proved who they are, through which session, and the `nonce` their client sent.

    `session` is the session's id as id tokens carry it (`sid`); "" when there was no page and no session. `method` is how, in
    the words of RFC 8176; "" when somebody else has seen to it.
    """

    at: int
    method: str = "pwd"
    session: str = ""
    nonce: str = ""

    def with_nonce(self, nonce: str) -> Login:
        """The same, for a client that wants to see its own words again."""
        return replace(self, nonce=nonce)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFamily:
    """The tokens of one authorization. `digest` is of the refresh token that is good now; "" when none was given out.

    `tenant` is the user's, `user` has none.
    """

    id: str
    digest: str
    client_id: str
    tenant: str
    user: str
    scopes: tuple[str, ...]
    issued_at: int
    expires_at: int
    live: tuple[LiveToken, ...]
    login: Login
    version: int = 0

    @property
    def session(self) -> str:
        """The id of the session that it ends with; "" for one that outlives any."""
        return "" if OFFLINE_ACCESS in self.scopes else self.login.session


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What a code stands for until it is redeemed, once (RFC 6749 §4.1.2).

    `redirect_uri` is the one the request named, "" when it left it to the client's own. `family` is that of the tokens that
    were issued for it, "" before.
    """

    digest: str
    client_id: str
    redirect_uri: str
    tenant: str
    user: str
    scopes: tuple[str, ...]
    login: Login
    challenge: str
    challenge_method: str
    expires_at: int
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """A browser that a user has logged in with. `digest` is of the cookie, `id` is public."""

    digest: str
    id: str
    tenant: str
    user: str
    logged_in_at: int
    expires_at: int


class Decision(StrEnum):
    """What a user has decided about a device."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    USED = "USED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceGrant:
    """What a device code stands for (RFC 8628 §3.2). `digest` is of the code; the user types `user_code`.

    The device may ask every `interval` seconds; it last did at `polled_at`. `tenant`, `user` and `login` are of whoever decided.
    """

    digest: str
    user_code: str
    client_id: str
    scopes: tuple[str, ...]
    expires_at: int
    interval: int
    decision: Decision = Decision.PENDING
    tenant: str = ""
    user: str = ""
    login: Login | None = None
    polled_at: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAnswer:
    """What the browser takes back to the client: parameters for its redirect URI, a code or an error among them.

    `mode` is `query`, `fragment` or `form_post` (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post §2).
    """

    redirect_uri: str
    parameters: tuple[tuple[str, str], ...] = field(repr=False)
    mode: str = "query"

    @property
    def address(self) -> str:
        """Where to, parameters included: behind what the redirect URI has as a query of its own (RFC 6749 §3.1.2)."""
        text = urlencode(self.parameters)
        if self.mode == "fragment":
            return f"{self.redirect_uri}#{text}"
        separator = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{separator}{text}"


def digest_of(secret: str) -> str:
    """What is kept of a token or a code: it has 256 bits of entropy, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Something that nobody guesses: 43 URL-safe characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_family_id() -> str:
    """The id of a family, which its refresh tokens begin with."""
    return secrets.token_urlsafe(FAMILY_ID_BYTES)


def new_refresh_token(family_id: str) -> str:
    """A refresh token of this family."""
    return f"{family_id}.{new_secret()}"


def family_of(refresh_token: str) -> str:
    """The id of the family that a refresh token says it is of; "" for what is no refresh token."""
    family_id, separator, secret = refresh_token.partition(".")
    return family_id if separator and secret and "." not in secret else ""
