"""Signing API keys: the store says what a key opens, the key manager that it is one of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.issuing import bounded
from gatehouse.domain.applications.signed_key import KEY_CLAIMS, TOKEN_TYPE
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.token import issuer_of
from gatehouse.ports.tokens.signing import ID_TOKEN, RS256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.oauth.keys import PublishedKeys
    from gatehouse.ports.tokens.signing import Keyring

FOREVER = -1


@dataclass(frozen=True, slots=True)
class KeySigning:
    """Signs keys as `{"typ": "JWT"}`. `management_url` is the front door that issuers are named after."""

    keyring: Keyring
    keys: PublishedKeys
    management_url: str

    def __call__(
        self, tenant: str, claims: Mapping[str, object], *, token_id: str, issued_at: int, expires_at: int
    ) -> str:
        """A key with these claims; `expires_at` 0 is never. Raises Invalid.

        No other claims are signed than a key's, so that whoever may ask for keys cannot make access tokens.
        """
        unknown = sorted(set(claims) - KEY_CLAIMS)
        if unknown:
            raise Invalid.field("claims", f"has what no API key says: {', '.join(unknown)}")
        said = {
            "iss": issuer_of(self.management_url, tenant),
            "token_type": TOKEN_TYPE,
            **claims,
            "jti": token_id,
            "iat": issued_at,
            **({"exp": expires_at} if expires_at else {}),
        }
        # The public key is kept for as long as what it signs.
        self.keys.ensure(tenant, RS256, bounded(expires_at - issued_at if expires_at else FOREVER))
        return self.keyring.sign(said, ID_TOKEN, RS256)
