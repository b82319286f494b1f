"""The verifier of tokens, loaded by the first one. `jwt_tokens` has the rules.

PyJWT and cryptography take a tenth of a second, and calls with an API key, or without any credential, need neither.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.token import Claims
    from gatehouse.ports.tokens.tokens import TokenVerifier


class JwtVerifier:
    """Implements `ports.tokens.tokens.TokenVerifier`."""

    def unverified_issuer(self, token: str) -> str:
        """The issuer the token claims to have; "" when it cannot be read."""
        return self._rules.unverified_issuer(token)

    def verify(self, token: str, keys: Sequence[Mapping[str, object]], *, issuer: str, now: float) -> Claims:
        """Check signature, algorithm, issuer and times. Raises TokenExpired, TokenInactive, TokenInvalid."""
        return self._rules.verify(token, keys, issuer=issuer, now=now)

    def signed_claims(self, token: str, keys: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:
        """What a token says, when one of these public keys signed it. Raises KeyUnknown, TokenInvalid."""
        return self._rules.signed_claims(token, keys)

    @cached_property
    def _rules(self) -> TokenVerifier:
        from gatehouse.adapters.keys.jwt_tokens import JwtRules  # noqa: PLC0415 -- see the module

        return JwtRules()
