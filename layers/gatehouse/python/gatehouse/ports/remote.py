"""Remote content: reading what stands at an address that a provider names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Probe:
    """How an address answers. `status` is 0 when it does not, and `problem` says why."""

    status: int
    problem: str = ""


class Remote(Protocol):
    """Asks addresses, but none that nobody's API may call: loopback, link-local, private, metadata."""

    def read(self, url: str) -> bytes:
        """What stands there; a few redirects are followed. Raises UrlMalformed, UrlUnreadable."""
        ...

    def probe(self, url: str) -> Probe:
        """How it answers to HEAD; redirects are not followed. Raises UrlMalformed."""
        ...
