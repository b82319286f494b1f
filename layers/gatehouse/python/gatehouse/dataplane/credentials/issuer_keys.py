"""The keys of external issuers, as far as this environment has fetched them.

Anybody can make up a token that names an unknown key, so an issuer is asked again only so often, whatever comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.ports.tokens.tokens import KeySource

LIFETIME_SECONDS = 900.0
"""How long fetched keys are good: so long a withdrawn key is still believed."""

STALE_SECONDS = 3600.0
"""How long they are used when the issuer does not answer."""

REFETCH_SECONDS = 30.0
"""How long an issuer is left alone after it was asked, whether it answered or not."""

URLS_MAX = 200


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: Sequence[Mapping[str, object]]
    fetched_at: float  # 0 = never
    tried_at: float


class IssuerKeys:
    """Fetches key sets and remembers them by URL. Times are epoch seconds."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._sets: dict[str, _Fetched] = {}

    def of(self, issuer: Issuer, now: float) -> Sequence[Mapping[str, object]]:
        """The issuer's keys. Raises Unavailable."""
        if not issuer.jwks_url:
            return issuer.keys
        known = self._sets.get(issuer.jwks_url)
        if known is not None and now - known.fetched_at < LIFETIME_SECONDS:
            return known.keys
        try:
            renewed = self.renewed(issuer, now)
        except Unavailable:
            renewed = None
        if renewed is not None:
            return renewed
        if known is not None and now - known.fetched_at < STALE_SECONDS:
            return known.keys
        raise Unavailable(cause="the issuer's keys cannot be fetched")

    def renewed(self, issuer: Issuer, now: float) -> Sequence[Mapping[str, object]] | None:
        """The issuer's keys, fetched again; None when it was asked a moment ago. Raises Unavailable."""
        known = self._sets.get(issuer.jwks_url)
        if not issuer.jwks_url or (known is not None and now - known.tried_at < REFETCH_SECONDS):
            return None
        return self._fetch(issuer.jwks_url, now)

    def _fetch(self, url: str, now: float) -> Sequence[Mapping[str, object]]:
        known = self._sets.pop(url, _Fetched((), 0.0, 0.0))
        if len(self._sets) >= URLS_MAX:
            del self._sets[next(iter(self._sets))]
        self._sets[url] = _Fetched(known.keys, known.fetched_at, now)
        keys = self._source.keys(url)
        self._sets[url] = _Fetched(keys, now, now)
        return keys
