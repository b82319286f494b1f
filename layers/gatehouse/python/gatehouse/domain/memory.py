"""A secret memory keeps what a secret was good for, for a few seconds and without keeping the secret."""

from __future__ import annotations

import hashlib
import os
from typing import Generic, TypeVar

ENTRIES_MAX = 1_000
"""How much is remembered at a time; the oldest goes first."""

T = TypeVar("T")


class SecretMemory(Generic[T]):
    """Secret → what it proved. Only a keyed digest is kept, and the key is this environment's own."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._key = os.urandom(32)
        self._known: dict[bytes, tuple[float, T]] = {}

    def recall(self, secret: str, now: float) -> T | None:
        """What this secret proved a moment ago, or None."""
        until, proved = self._known.get(self._digest(secret), (0.0, None))
        return proved if until > now else None

    def remember(self, secret: str, proved: T, now: float) -> None:
        """Keep it for a while; what has had its time is forgotten on the occasion."""
        self._known = {digest: kept for digest, kept in self._known.items() if kept[0] > now}
        while len(self._known) >= ENTRIES_MAX:
            del self._known[next(iter(self._known))]
        self._known[self._digest(secret)] = (now + self._seconds, proved)

    def _digest(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode("utf-8", "replace"), key=self._key).digest()
