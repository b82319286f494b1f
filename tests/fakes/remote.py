"""Remote content in memory. Verified by tests/contract/test_remote.py."""

from __future__ import annotations

from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from gatehouse.ports.remote import Probe


class InMemoryRemote:
    """`contents` is what stands where; everything else answers 404, but what is `silent` does not answer."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.silent: set[str] = set()

    def read(self, url: str) -> bytes:
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if url not in self.contents:
            raise UrlUnreadable.field("url", "answers 404")
        return self.contents[url]

    def probe(self, url: str) -> Probe:
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if url in self.silent:
            return Probe(0, "does not answer")
        return Probe(200 if url in self.contents else 404)
