"""The pool: idle connections, newest first, per address and TLS profile. Bounded, so that many backends cost no memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from gatehouse.adapters.backends.connection import Connection

HOSTS = 50
CONNECTIONS_PER_HOST = 4
IDLE_SECONDS = 50.0
"""Below the 60 s after which load balancers drop an idle connection."""


class Pool:
    """Connections nobody uses at the moment. `now` is wall time: the monotonic clock rests while an environment is frozen."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._idle: dict[Hashable, list[Connection]] = {}

    def take(self, key: Hashable) -> Connection | None:
        """A connection that was usable a moment ago, now the caller's own; None when there is none."""
        while True:
            with self._lock:
                idle = self._idle.get(key)
                if not idle:
                    return None
                connection = idle.pop()
            if self._now() < connection.idle_until and connection.is_usable():
                return connection
            connection.close()

    def put(self, key: Hashable, connection: Connection, idle_seconds: float | None = None) -> None:
        """Keep it for the next request. `idle_seconds` is what the backend announced, None when it did not."""
        seconds = IDLE_SECONDS if idle_seconds is None else min(idle_seconds, IDLE_SECONDS)
        connection.idle_until = self._now() + seconds
        surplus: list[Connection] = []
        with self._lock:
            idle = self._idle.pop(key, None)
            if idle is None:
                idle = []
                if len(self._idle) >= HOSTS:
                    surplus = self._idle.pop(next(iter(self._idle)))
            self._idle[key] = idle  # last in order: the host used longest ago is the first to go
            idle.append(connection)
            if len(idle) > CONNECTIONS_PER_HOST:
                surplus.append(idle.pop(0))
        for one in surplus:
            one.close()

    def close_expired(self) -> None:
        """Close what has been idle for too long, of any host."""
        now = self._now()
        with self._lock:
            kept = {key: [one for one in idle if now < one.idle_until] for key, idle in self._idle.items()}
            expired = [one for idle in self._idle.values() for one in idle if now >= one.idle_until]
            self._idle = {key: idle for key, idle in kept.items() if idle}
        for one in expired:
            one.close()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            every = [one for idle in self._idle.values() for one in idle]
            self._idle.clear()
        for one in every:
            one.close()
