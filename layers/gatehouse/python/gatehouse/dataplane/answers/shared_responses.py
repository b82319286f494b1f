"""Shared responses: the store behind the response caches of all environments, so asked that it can only help.

What it fails over is a miss, and what it takes too long for is not waited for.
"""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.breaker import Breaker
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from gatehouse.ports.responses import KeptResponse, ResponseKey, Responses
    from gatehouse.ports.world import Clock

RESPONSE_BYTES_MAX = 300_000
"""Body and headers. An item of DynamoDB holds 400 kB, names and all; what is larger stays in memory only."""


class SharedResponses:
    """`beside` keeps answers: a thread of its own, so that a slow store keeps no lease waiting.

    An answer waits `seconds` for being kept. What is not done by then goes on beside the next call, or is lost.
    """

    def __init__(self, store: Responses, clock: Clock, beside: Executor, *, seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._beside = beside
        self._seconds = seconds
        self._breaker = Breaker()

    def find(self, key: ResponseKey) -> KeptResponse | None:
        """A fresh answer to this question, or None."""
        now = self._clock.now()
        if self._breaker.is_open(now):
            return None
        try:
            found = self._store.find(key)
        except Unavailable:
            self._breaker.failed(now)
            return None
        self._breaker.succeeded()
        # The store deletes late, so that expiry is checked here.
        return found if found is not None and found.until > now else None

    def keep(self, key: ResponseKey, response: KeptResponse) -> None:
        """Let the other environments have this answer."""
        if response.size_bytes <= RESPONSE_BYTES_MAX and not self._breaker.is_open(self._clock.now()):
            wait([self._beside.submit(self._keep, key, response)], timeout=self._seconds)

    def _keep(self, key: ResponseKey, response: KeptResponse) -> None:
        try:
            self._store.keep(key, response)
        except Unavailable:
            self._breaker.failed(self._clock.now())
