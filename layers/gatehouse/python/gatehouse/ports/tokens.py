"""Access tokens: reading what others issued, with nothing but public keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.token import Claims

Jwk = dict[str, object]


class TokenVerifier(Protocol):
    """Checks signatures. Whether a token has been revoked is not its business."""

    def unverified_issuer(self, token: str) -> str:
        """The issuer the token claims to have, to find the keys by; "" when it cannot be read. Trust nothing of it."""
        ...

    def verify(self, token: str, keys: Sequence[Mapping[str, object]], *, issuer: str, now: float) -> Claims:
        """Check signature, algorithm, issuer and times (RFC 7519 §4.1, RFC 8725 §3.1) against a JWK set.

        Raises TokenExpired, or TokenInvalid for everything else.
        """
        ...
