"""The clock and the content store: what every concern needs from outside."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """The time of day."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class Blobs(Protocol):
    """Content that is too large for a table row. A blob never changes: a new content is a new key."""

    def put(self, tenant: str, content: bytes) -> str:
        """Keep this content and return its key, which is derived from the content. Keeping it twice is harmless."""
        ...

    def get(self, tenant: str, key: str) -> bytes:
        """The content under a key that `put` returned. Raises Unavailable when it is not there."""
        ...
