"""Token exchange, its first half: whose word counts, and for whom (RFC 8693 §2.1). The token endpoint does the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.artifact import ALL_TENANTS, issuer_partition
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.tokens.issuer import Issuer, accepted
from gatehouse.domain.tokens.token import KeyUnknown, TokenInvalid, issuer_of
from gatehouse.mediation.token_patterns import fits_jwt
from gatehouse.ports.tokens.trusted_tokens import TrustedSubject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tokens.tokens import KeySource, TokenVerifier
    from gatehouse.ports.world import Clock

KEYS_SECONDS = 900.0
"""How long fetched keys are good: so long a withdrawn key is still believed."""

REFETCH_SECONDS = 30.0
"""How long a provider is left alone after it was asked, whatever unknown keys are named."""

URLS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeableTokens:
    """Implements `ports.tokens.trusted_tokens.TrustedTokens`. Key managers are read anew each time, so a change holds at once."""

    artifacts: Artifacts
    verifier: TokenVerifier
    keys: FetchedKeys
    clock: Clock
    management_url: str

    def subject(self, tenant: str, token: str) -> TrustedSubject:
        """Whom the token is about. Raises TokenExpired, TokenInactive, TokenInvalid, Unavailable."""
        issuer = self._issuer(tenant, self.verifier.unverified_issuer(token))
        # A token that was made for somebody else must not be one for us: without an alias it has to name us.
        issuer = issuer if issuer.audience else replace(issuer, audience=issuer_of(self.management_url, tenant))
        now = self.clock.now()
        signed = self._signed(token, issuer, now)
        if not fits_jwt(issuer, token, signed):
            raise TokenInvalid("the token is not of the form that its key manager's have")
        claims = accepted(issuer, signed, token, now, client_required=False)
        if not isinstance(signed.get("sub"), str) or not signed["sub"]:
            raise TokenInvalid("the token names no subject")
        return TrustedSubject(claims=claims, key_manager=issuer.key_manager, name=issuer.name)

    def _issuer(self, tenant: str, name: str) -> Issuer:
        own = list(map(Issuer.from_body, self.artifacts.partition(issuer_partition(tenant)).values()))
        found = next((issuer for issuer in own if name in issuer.names), None)
        if found is None:
            taken = {issuer.name.lower() for issuer in own}
            everybodys = map(Issuer.from_body, self.artifacts.partition(issuer_partition(ALL_TENANTS)).values())
            found = next((one for one in everybodys if name in one.names and one.name.lower() not in taken), None)
        if found is None or not found.enabled or not found.exchanged:
            raise TokenInvalid("no key manager whose tokens are exchanged has this issuer")
        return found

    def _signed(self, token: str, issuer: Issuer, now: float) -> Mapping[str, Any]:
        if not issuer.jwks_url:
            return self.verifier.signed_claims(token, issuer.keys)
        try:
            return self.verifier.signed_claims(token, self.keys.at(issuer.jwks_url, now))
        except KeyUnknown:
            return self.verifier.signed_claims(token, self.keys.at(issuer.jwks_url, now, older_than=REFETCH_SECONDS))


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: Sequence[Mapping[str, object]]
    fetched_at: float  # 0 = never
    tried_at: float


class FetchedKeys:
    """Key sets by URL, remembered for a while. Times are epoch seconds."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._sets: dict[str, _Fetched] = {}

    def at(self, url: str, now: float, *, older_than: float = KEYS_SECONDS) -> Sequence[Mapping[str, object]]:
        """The keys there, fetched again when what is known of them is older than that. Raises Unavailable."""
        known = self._sets.pop(url, _Fetched((), 0.0, 0.0))
        if len(self._sets) >= URLS_MAX:
            del self._sets[next(iter(self._sets))]
        self._sets[url] = known
        if now - known.fetched_at < older_than:
            return known.keys
        if now - known.tried_at < REFETCH_SECONDS:
            raise Unavailable(cause="the provider did not answer a moment ago", url=url)
        self._sets[url] = replace(known, tried_at=now)
        self._sets[url] = _Fetched(self._source.keys(url), now, now)
        return self._sets[url].keys
