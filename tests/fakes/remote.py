"""Remote content in memory. Verified by tests/contract/test_remote.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.outward.remote import ANSWER_SECONDS
from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from gatehouse.ports.remote import READING_SECONDS, Probe

if TYPE_CHECKING:
    from collections.abc import Callable


class InMemoryRemote:
    """`contents` is what stands where; everything else answers 404, but what is `silent` does not answer.

    `answers` are those of addresses that things are posted to.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[bytes], bytes]] = {}
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

    def ask(self, url: str, content: bytes, media_type: str) -> bytes:
        assert media_type
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if url not in self.answers:
            raise UrlUnreadable.field("url", "answers 404")
        return self.answers[url](content)

    def probe(self, url: str) -> Probe:
        if not url.startswith(("http://", "https://")):
            raise UrlMalformed.field("url", "must be an http or https address")
        if url in self.silent:
            return Probe(0, "does not answer")
        return Probe(200 if url in self.contents else 404)
