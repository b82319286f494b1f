"""What OAuth and OpenID Connect refuse, besides what RFC 6749 §5.2 has (`domain/tokens/oauth`)."""

from __future__ import annotations

from gatehouse.domain.errors import Forbidden, Invalid, Unauthenticated
from gatehouse.domain.tokens.oauth import InvalidGrant


class CodeUsed(InvalidGrant):
    """The code has been redeemed before."""


class SessionOver(InvalidGrant):
    """The user has signed out since they allowed this, and not for the time when they are away (`offline_access`)."""


class UnsupportedResponseType(Invalid):
    """The authorization endpoint does not serve this response type."""

    default_description = "This response type is not supported."


class RequestNotSupported(Invalid):
    """Requests by value or by reference are not supported (OpenID Connect Core §3.1.2.6)."""


class InvalidToken(Unauthenticated):
    """An access token that opens nothing (RFC 6750 §3.1)."""

    default_description = "The access token is missing, invalid, expired or revoked."


class InsufficientScope(Forbidden):
    """The access token has not the scope (RFC 6750 §3.1)."""

    default_description = "The access token lacks the scope for this."


class AccessDenied(Invalid):
    """The user has said no."""

    default_description = "The user denied the request."


class LoginRequired(Invalid):
    """The client wants no page to be shown, and nobody is logged in (OpenID Connect Core §3.1.2.6)."""

    default_description = "The user must log in."


class ConsentRequired(Invalid):
    """The client wants no page to be shown, and the user has not consented yet (OpenID Connect Core §3.1.2.6)."""

    default_description = "The user must consent."


class AuthorizationPending(Invalid):
    """The user has not decided yet (RFC 8628 §3.5)."""

    default_description = "The user has not decided yet."


class SlowDown(AuthorizationPending):
    """The client asks too often (RFC 8628 §3.5)."""

    default_description = "Ask less often: wait five seconds longer between requests."


class ExpiredToken(Invalid):
    """The device code's time is over (RFC 8628 §3.5)."""

    default_description = "The device code has expired. Begin again."


class InvalidTarget(Invalid):
    """The service that a token is asked for is not one that we issue tokens for (RFC 8693 §2.2.2)."""

    default_description = "No token is issued for this audience or resource."
