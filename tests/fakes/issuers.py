"""External issuers in memory: key sets by URL, and tokens that are active by URL. What nobody set up does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.tokens.issuer import Introspection
    from gatehouse.ports.tokens.tokens import Jwk


class InMemoryIssuers:
    """`asked` lists every URL that was asked: "nothing fetched" is asserted on it."""

    def __init__(self) -> None:
        self.sets: dict[str, list[Jwk]] = {}
        self.active: dict[str, dict[str, dict[str, Any]]] = {}
        self.asked: list[str] = []

    def keys(self, url: str) -> Sequence[Jwk]:
        self.asked.append(url)
        if url not in self.sets:
            raise Unavailable
        return list(self.sets[url])

    def introspect(self, where: Introspection, token: str) -> Mapping[str, Any] | None:
        self.asked.append(where.url)
        if where.url not in self.active:
            raise Unavailable
        return self.active[where.url].get(token)
