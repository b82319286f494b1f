"""Authenticate: who calls, by the access token in the API's authorization header (RFC 6750 §2.1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Caller
from gatehouse.dataplane.refusal import (
    EXPIRED_CREDENTIALS,
    INVALID_CREDENTIALS,
    MISSING_CREDENTIALS,
    WRONG_AUDIENCE,
    Refusal,
)
from gatehouse.domain.identity import split_username
from gatehouse.domain.token import LEEWAY_SECONDS, TokenExpired, TokenInvalid, tenant_of_issuer

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.catalogue import Catalogue
    from gatehouse.dataplane.evidence import Target
    from gatehouse.domain.token import Claims
    from gatehouse.ports.tokens import TokenVerifier
    from gatehouse.ports.world import Clock

TOKENS_MAX = 10_000
"""How many verified tokens an environment remembers; the oldest go first."""

_ANY_AUDIENCE = "all"


class Authenticator:
    """Verifies access tokens and remembers what they said: a signature is checked once per environment.

    Remembered are a digest and the claims, never the token. Expiry and revocation are asked on every call.
    """

    def __init__(self, catalogue: Catalogue, verifier: TokenVerifier, clock: Clock, management_url: str) -> None:
        """`management_url` is where our tokens are issued."""
        self._catalogue = catalogue
        self._verifier = verifier
        self._clock = clock
        self._management_url = management_url
        self._verified: dict[bytes, tuple[str, Claims]] = {}

    def __call__(self, call: Call, target: Target) -> Caller | Refusal:
        """The caller, or what is wrong with the credentials."""
        if not target.operation.authenticated:
            return Caller(target, None)
        header = target.api.deployed.authorization_header
        token = _bearer(call.headers.get(header.lower(), ""))
        if not token:
            return MISSING_CREDENTIALS.because(MISSING_CREDENTIALS.description.format(header=header))
        try:
            claims = self._accepted(token, target.api.deployed.tenant, call.received_at)
        except TokenExpired:
            return _for_target(EXPIRED_CREDENTIALS, target)
        except TokenInvalid:
            return _for_target(INVALID_CREDENTIALS, target)
        audiences = target.api.deployed.audiences
        if audiences and _ANY_AUDIENCE not in audiences and not set(audiences) & set(claims.audience):
            return WRONG_AUDIENCE
        return Caller(target, claims)

    def _accepted(self, token: str, tenant: str, now: float) -> Claims:
        """The claims of a token of this tenant that is not revoked. Raises TokenExpired, TokenInvalid."""
        issued_in, claims = self._claims(token, now)
        _, user = split_username(claims.username)
        if issued_in != tenant or self._catalogue.revoked(tenant, claims, user):
            raise TokenInvalid
        return claims

    def _claims(self, token: str, now: float) -> tuple[str, Claims]:
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
        self._verified[digest] = (tenant, claims)
        return tenant, claims


def _bearer(header: str) -> str:
    """The bearer token among the comma-separated parts of the header; "" when there is none."""
    for part in header.split(","):
        scheme, _, token = part.strip().partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
    return ""


def _for_target(refusal: Refusal, target: Target) -> Refusal:
    deployed = target.api.deployed
    return refusal.because(refusal.description.format(base_path=deployed.base_path, version=deployed.version))
