"""Opaque tokens: nobody but their issuer can read them, so it is asked (RFC 7662), and its answer remembered for a moment.

Which issuer a token is of cannot be seen: the key managers that the API takes and that can be asked are, by name, until one
knows the token.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.credentials.verified import digest_of, verified_of
from gatehouse.domain.artifact import Category
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import ALL
from gatehouse.domain.tokens.issuer import accepted
from gatehouse.domain.tokens.token import LEEWAY_SECONDS, TokenInvalid
from gatehouse.mediation.token_patterns import fits_opaque

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.dataplane.credentials.verified import Verified
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.ports.tokens.tokens import Introspector

ANSWERS_MAX = 10_000
TOKEN_CHARACTERS_MAX = 8_192

INACTIVE_SECONDS = 5.0
"""How long a token stays refused: guessing costs the issuer little, and one that is just being issued is not kept out."""

SILENT_SECONDS = 5.0
"""How long an issuer that did not answer is not asked."""

ASKING_SECONDS = 6.0
"""After so long no further issuer is asked for one call."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """`revocations` is the tenant's counter then: any revocation makes the issuer be asked again."""

    verified: Verified | None
    issuer: Issuer
    revocations: int
    until: float


class OpaqueTokens:
    """Asks issuers for tokens. An answer holds for `cached_seconds` at most, and never longer than the token."""

    def __init__(self, catalogue: Catalogue, introspector: Introspector, *, cached_seconds: float) -> None:
        self._catalogue = catalogue
        self._introspector = introspector
        self._cached_seconds = cached_seconds
        self._answers: dict[tuple[str, str, bytes], _Answer] = {}
        self._silent_until: dict[str, float] = {}

    def of_any(self, token: str, tenant: str, key_managers: Collection[str], now: float) -> Verified:
        """What the first issuer that knows it says. Raises TokenInvalid, or Unavailable when one that might did not answer."""
        deadline, silence = time.monotonic() + ASKING_SECONDS, None
        for issuer in self._askable(token, tenant, key_managers):
            if time.monotonic() > deadline:
                raise Unavailable(cause="the issuers take too long")
            try:
                found = self._answer(token, tenant, issuer, now)
            except Unavailable as error:
                silence = error
                continue
            if found is not None:
                return found
        if silence is not None:
            raise silence
        raise TokenInvalid("no issuer knows the token")

    def of(self, token: str, tenant: str, issuer: Issuer, now: float) -> Verified:
        """What this issuer says of it. Raises TokenInvalid, Unavailable."""
        found = self._answer(token, tenant, issuer, now)
        if found is None:
            raise TokenInvalid("the issuer does not know the token")
        return found

    def _askable(self, token: str, tenant: str, key_managers: Collection[str]) -> list[Issuer]:
        found = {
            issuer.key_manager: issuer
            for issuer in self._catalogue.issuers(tenant).values()
            if issuer.enabled
            and issuer.direct
            and issuer.introspection is not None
            and (ALL in key_managers or issuer.name in key_managers)
            and fits_opaque(issuer, token)
        }
        return sorted(found.values(), key=lambda issuer: issuer.name)

    def _answer(self, token: str, tenant: str, issuer: Issuer, now: float) -> Verified | None:
        where = (tenant, issuer.key_manager, digest_of(token))
        revocations = self._catalogue.changes(tenant, Category.REVOCATIONS)
        known = self._answers.get(where)
        if known and known.until > now and known.revocations == revocations and known.issuer == issuer:
            return known.verified
        found = self._asked(token, tenant, issuer, now)
        until = found.until if found else now + INACTIVE_SECONDS
        self._answers.pop(where, None)
        if len(self._answers) >= ANSWERS_MAX:
            del self._answers[next(iter(self._answers))]
        self._answers[where] = _Answer(found, issuer, revocations, until)
        return found

    def _asked(self, token: str, tenant: str, issuer: Issuer, now: float) -> Verified | None:
        if issuer.introspection is None or len(token) > TOKEN_CHARACTERS_MAX:
            return None
        url = issuer.introspection.url
        if self._silent_until.get(url, 0.0) > now:
            raise Unavailable(cause="the issuer did not answer a moment ago")
        try:
            said = self._introspector.introspect(issuer.introspection, token)
        except Unavailable:
            self._silent_until[url] = now + SILENT_SECONDS
            raise
        try:
            claims = accepted(issuer, said, token, now, introspected=True) if said is not None else None
        except TokenInvalid:
            return None
        if claims is None:
            return None
        until = min(claims.expires_at + LEEWAY_SECONDS, now + self._cached_seconds)
        return verified_of(issuer, claims, until, tenant)
