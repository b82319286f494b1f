"""Bearer tokens: access tokens in the API's authorization header (RFC 6750 §2.1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.dataplane.refusal import EXPIRED_CREDENTIALS, INVALID_CREDENTIALS, WRONG_AUDIENCE
from gatehouse.domain.deployed import ALL
from gatehouse.domain.identity import split_username
from gatehouse.domain.token import LEEWAY_SECONDS, TokenExpired, TokenInvalid, tenant_of_issuer

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.catalogue import Catalogue
    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.refusal import Refusal
    from gatehouse.domain.token import Claims
    from gatehouse.ports.tokens import TokenVerifier

TOKENS_MAX = 10_000
"""How many verified tokens an environment remembers; the oldest go first."""

RESIDENT = "Resident Key Manager"


class BearerTokens:
    """Verifies access tokens and remembers what they said: a signature is checked once per environment.

    Remembered are a digest and the claims, never the token. Expiry and revocation are asked on every call.
    """

    def __init__(self, catalogue: Catalogue, verifier: TokenVerifier, management_url: str) -> None:
        """`management_url` is where our tokens are issued."""
        self._catalogue = catalogue
        self._verifier = verifier
        self._management_url = management_url
        self._verified: dict[bytes, tuple[str, Claims, Identity]] = {}

    def presented(self, call: Call, target: Target) -> str:
        """The bearer token among the comma-separated parts of the header."""
        header = target.api.authorization_header
        for part in call.headers.get(header, "").split(","):
            scheme, _, token = part.strip().partition(" ")
            if scheme.lower() == "bearer":
                return token.strip()
        return ""

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """The token's subject, if the token is of this tenant, in time and not revoked."""
        access = target.api.deployed.access
        try:
            claims, identity = self._accepted(presented, target.api.deployed.tenant, call.received_at)
        except TokenExpired:
            return EXPIRED_CREDENTIALS.for_target(target)
        except TokenInvalid:
            return INVALID_CREDENTIALS.for_target(target)
        if ALL not in access.key_managers and RESIDENT not in access.key_managers:
            return INVALID_CREDENTIALS.for_target(target)
        if access.audiences and ALL not in access.audiences and not set(access.audiences) & set(claims.audience):
            return WRONG_AUDIENCE
        return identity

    def _accepted(self, token: str, tenant: str, now: float) -> tuple[Claims, Identity]:
        issued_in, claims, identity = self._known(token, now)
        _, user = split_username(claims.username)
        if issued_in != tenant or self._catalogue.revoked(tenant, claims, user):
            raise TokenInvalid
        return claims, identity

    def _known(self, token: str, now: float) -> tuple[str, Claims, Identity]:
        """The tenant and the claims of a token. Raises TokenExpired, TokenInvalid."""
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known[1].expires_at + LEEWAY_SECONDS <= now:
                del self._verified[digest]
                raise TokenExpired
            return known
        issuer = self._verifier.unverified_issuer(token)
        tenant = tenant_of_issuer(self._management_url, issuer)
        if tenant is None:
            raise TokenInvalid
        claims = self._verifier.verify(token, self._catalogue.keys(tenant), issuer=issuer, now=now)
        if len(self._verified) >= TOKENS_MAX:
            del self._verified[next(iter(self._verified))]
        verified = self._verified[digest] = (tenant, claims, _identity(claims))
        return verified


def _identity(claims: Claims) -> Identity:
    return Identity(
        scheme=Scheme.OAUTH2,
        subject=claims.subject,
        username=claims.username,
        consumer_key=claims.client_id,
        scopes=claims.scopes,
        claims=claims.raw,
    )
