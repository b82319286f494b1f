"""Id tokens that come back: a client hints at whom it means (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.tokens.token import TokenInvalid, issuer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.tokens.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class IdTokens:
    """Reads id tokens of ours. Their time may be over: they only say whom a client means."""

    verifier: TokenVerifier
    keyring: Keyring
    management_url: str

    def claims(self, text: str) -> Mapping[str, Any]:
        """What the id token says; empty when it is none of ours."""
        try:
            claims = self.verifier.signed_claims(text, self.keyring.public_keys())
        except TokenInvalid:
            return {}
        # An access token has no `auth_time`, and an id token no `jti`.
        return claims if "auth_time" in claims and "jti" not in claims else {}

    def subject(self, client: Client, text: str) -> str:
        """Whom the id token is about, "" when it is none of ours, or was issued to another client."""
        claims = self.claims(text)
        ours = claims.get("iss") == issuer_of(self.management_url, client.tenant)
        return str(claims.get("sub", "")) if ours and claims.get("aud") == client.id else ""
