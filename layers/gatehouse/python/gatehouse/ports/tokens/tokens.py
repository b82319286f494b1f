"""Access tokens: reading what others issued, with nothing but public keys, and asking an issuer where those do not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.issuer import Introspection
    from gatehouse.domain.tokens.token import Claims

Jwk = dict[str, object]


class TokenVerifier(Protocol):
    """Checks signatures. Whether a token has been revoked is not its business."""

    def unverified_issuer(self, token: str) -> str:
        """The issuer the token claims to have, to find the keys by; "" when it cannot be read. Trust nothing of it."""
        ...

    def verify(self, token: str, keys: Sequence[Mapping[str, object]], *, issuer: str, now: float) -> Claims:
        """Check signature, algorithm, issuer and times (RFC 7519 §4.1, RFC 8725 §3.1) against a JWK set.

        Raises TokenExpired, TokenInactive, or TokenInvalid for everything else.
        """
        ...

    def signed_claims(self, token: str, keys: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:
        """What a token says, whatever that is, when one of these public keys signed it (RFC 8725 §3.1).

        Of keys with a `kid` only the one that the token names is tried, and each only with the algorithms of its type; a
        secret one (`oct`) never. Raises KeyUnknown when there is none to try, TokenInvalid for everything else.
        """
        ...


class KeySource(Protocol):
    """Where an issuer publishes its keys."""

    def keys(self, url: str) -> Sequence[Jwk]:
        """The public keys of a JWK set (RFC 7517 §5), unchecked. Raises Unavailable."""
        ...


class Introspector(Protocol):
    """Where an issuer says whether a token is good."""

    def introspect(self, where: Introspection, token: str) -> Mapping[str, Any] | None:
        """What the issuer says of an active access token (RFC 7662 §2.2); None when it is not one. Raises Unavailable."""
        ...
