"""Remote content in memory. Verified by tests/contract/test_remote.py."""

from __future__ import annotations

from gatehouse.adapters.remote import ANSWER_SECONDS
from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from gatehouse.ports.remote import READING_SECONDS, Probe


class InMemoryRemote:
    """`contents` is what stands where; everything else answers 404, but what is `silent` does not answer."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.silent: set[str] = set()

    def read(self, url: str, *, seconds: float = READING_SECONDS) -> bytes:
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if seconds < ANSWER_SECONDS:
            raise UrlUnreadable.field("url", "might answer too late")
        if url not in self.contents:
            raise UrlUnreadable.field("url", "answers 404")
        return self.contents[url]

    def probe(self, url: str) -> Probe:
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if url in self.silent:
            return Probe(0, "does not answer")
        return Probe(200 if url in self.contents else 404)
