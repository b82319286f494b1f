"""Signed API keys: verified with the public keys of the tenant, and looked up for nothing but their revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.credentials.verified import digest_of
from gatehouse.domain.applications.signed_key import signed_key_of
from gatehouse.domain.artifact import Category
from gatehouse.domain.tokens.token import TokenInvalid, issuer_of, tenant_of_issuer

if TYPE_CHECKING:
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.applications.signed_key import SignedKey
    from gatehouse.ports.tokens.tokens import TokenVerifier

KEYS_MAX = 10_000
"""How many verified keys an environment remembers; the oldest go first."""

CHARACTERS_MAX = 8_192
_DOTS_OF_A_JWT = 2


def is_shaped_like_a_jwt(text: str) -> bool:
    """Whether this could be a signed key."""
    return text.count(".") == _DOTS_OF_A_JWT and len(text) <= CHARACTERS_MAX


class SignedKeys:
    """Verifies keys and remembers what they said: a signature is checked once per environment and set of public keys.

    Remembered are a digest and the claims, never the key.
    """

    def __init__(self, catalogue: Catalogue, verifier: TokenVerifier, management_url: str) -> None:
        """`management_url` is where our keys are signed."""
        self._catalogue = catalogue
        self._verifier = verifier
        self._management_url = management_url
        self._verified: dict[bytes, tuple[int, str, SignedKey]] = {}

    def read(self, presented: str) -> tuple[str, SignedKey]:
        """Whose key it is and what it says. Whether its time is over is the caller's question.

        Raises TokenInvalid: forged, foreign, revoked.
        """
        tenant, found = self._known(presented)
        if self._catalogue.key_ended(tenant, found.token_id, found.issued_at):
            raise TokenInvalid("revoked")
        return tenant, found

    def _known(self, presented: str) -> tuple[str, SignedKey]:
        where = digest_of(presented)
        known = self._verified.get(where)
        # A signing key that is withdrawn takes along what it signed.
        if known is not None and known[0] == self._catalogue.changes(known[1], Category.KEYS):
            return known[1], known[2]
        tenant = tenant_of_issuer(self._management_url, self._verifier.unverified_issuer(presented))
        if tenant is None:
            raise TokenInvalid("no key of ours")
        generation = self._catalogue.changes(tenant, Category.KEYS)
        raw = self._verifier.signed_claims(presented, self._catalogue.keys(tenant))
        found = signed_key_of(raw, issuer_of(self._management_url, tenant))
        self._verified.pop(where, None)
        if len(self._verified) >= KEYS_MAX:
            del self._verified[next(iter(self._verified))]
        self._verified[where] = (generation, tenant, found)
        return tenant, found
