"""Remote content: reading what stands at an address that a provider names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

READING_SECONDS = 25.0
"""How long content of others is waited for in one request, whose function has 29 s."""


@dataclass(frozen=True, slots=True)
class Probe:
    """How an address answers. `status` is 0 when it does not, and `problem` says why."""

    status: int
    problem: str = ""


class Remote(Protocol):
    """Asks addresses, but none that nobody's API may call: loopback, link-local, private, metadata."""

    def read(self, url: str, *, seconds: float = READING_SECONDS) -> bytes:
        """What stands there; a few redirects are followed. Raises UrlMalformed, UrlUnreadable.

        It takes no longer than `seconds`: nothing is asked for that might come later.
        """
        ...

    def ask(self, url: str, content: bytes, media_type: str) -> bytes:
        """What it answers when this is posted to it; redirects are not followed. Raises UrlMalformed, UrlUnreadable."""
        ...

    def probe(self, url: str) -> Probe:
        """How it answers to HEAD; redirects are not followed. Raises UrlMalformed."""
        ...
