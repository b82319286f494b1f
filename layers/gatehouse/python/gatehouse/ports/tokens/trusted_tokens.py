"""Tokens of others that are as good as a log-in here: what an external identity provider says of its users (RFC 8693)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.tokens.token import Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSubject:
    """Whom a token is about, and whose word that is: the id and the name of the key manager.

    `claims.subject` is the provider's own name for the user, `claims.raw` every claim, the mapped ones under our names.
    """

    claims: Claims
    key_manager: str
    name: str


class TrustedTokens(Protocol):
    """Reads subject tokens of the tenant's key managers of token type EXCHANGED or BOTH."""

    def subject(self, tenant: str, token: str) -> TrustedSubject:
        """Whom a JWT (access token or id token) is about, once signature, issuer, audience and times hold.

        The audience is the key manager's `alias`, or where it has none our own token endpoint. Raises TokenExpired,
        TokenInactive, or TokenInvalid for everything else; Unavailable when the provider's keys cannot be fetched.
        """
        ...
