"""A breaker stops asking a store that does not answer, for a moment: calls then fail at once instead of waiting."""

from __future__ import annotations

import random

FAILURES = 2
"""How many failures in a row open it."""

OPEN_SECONDS = (0.25, 2.0)
"""For how long, drawn at random so that environments do not come back together."""


class Breaker:
    """Closed until `FAILURES` failures in a row; then open for a random while; the next success closes it."""

    def __init__(self) -> None:
        self._failures = 0
        self._opened_at = 0.0
        self._open_until = 0.0

    def is_open(self, now: float) -> bool:
        """Whether the store shall be left alone. A clock that was set back does not keep it open."""
        return self._opened_at <= now < self._open_until

    @property
    def is_tripped(self) -> bool:
        """Whether it opened and the store has not answered since."""
        return self._failures >= FAILURES

    def succeeded(self) -> None:
        """The store answered."""
        self._failures = 0

    def failed(self, now: float) -> None:
        """The store did not answer."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._opened_at = now
            self._open_until = now + random.uniform(*OPEN_SECONDS)
