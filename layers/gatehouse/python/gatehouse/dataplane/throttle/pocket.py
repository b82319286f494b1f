"""A pocket holds the tokens that this environment has leased of one meter and may spend in one window."""

from __future__ import annotations

import math
from dataclasses import dataclass

ARRIVALS_SECONDS = 5.0
"""Over how long the arrival rate is averaged (exponentially)."""


@dataclass(slots=True)
class Pocket:
    """One meter's tokens. Times are epoch seconds; `window` is the window the tokens are for.

    `count` and `lessees` are what the store said last, at `observed_at`; `rate` is how fast all environments lease,
    in tokens per second; `next_*` is what was leased ahead for the window after this one.
    """

    window: int = -1
    limit: int = 0
    tokens: int = 0
    joined: bool = False
    count: int = 0
    lessees: int = 0
    observed_at: float = 0.0
    rate: float = 0.0
    last_lease: int = 0
    spent: int = 0
    spent_before: int = 0
    lessees_before: int = 0
    shown: int = -1
    exhausted: bool = False
    arrivals: float = 0.0
    arrived_at: float = 0.0
    next_window: int = -1
    next_tokens: int = 0
    next_count: int = 0
    next_lessees: int = 0

    def roll(self, window: int, limit: int, now: float) -> None:
        """Move on to this window: what was left of an older one is void, what was leased ahead becomes spendable."""
        if window != self.window:
            followed = window == self.window + 1
            ahead = window == self.next_window
            self.spent_before = self.spent if followed else 0
            self.lessees_before = self.lessees if followed else 0
            self.window = window
            self.tokens = self.next_tokens if ahead else 0
            self.joined = ahead
            self.count = self.next_count if ahead else 0
            self.lessees = self.next_lessees if ahead else 0
            self.last_lease = self.next_tokens if ahead else 0
            self.observed_at = now
            self.spent = 0
            self.shown = -1
            self.exhausted = False
            self.limit = limit
            self.next_window, self.next_tokens = -1, 0
        elif limit != self.limit:
            # A lowered limit voids the pocket: its tokens were leased under the old one. A raised one ends a denial.
            if limit < self.limit:
                self.tokens = self.next_tokens = 0
                self.next_window = -1
            self.limit = limit
            self.shown = -1
            self.exhausted = False

    def arrive(self, now: float) -> None:
        """Take note of one more call."""
        self.arrivals = self.arrivals * math.exp((self.arrived_at - now) / ARRIVALS_SECONDS) + 1.0
        self.arrived_at = now

    @property
    def arrival_rate(self) -> float:
        """Calls per second in this environment."""
        return self.arrivals / ARRIVALS_SECONDS

    def observe(self, count: int, lessees: int, now: float) -> None:
        """Take note of what the store said of this window."""
        elapsed = now - self.observed_at
        if count > self.count and elapsed > 0:
            seen = (count - self.count) / elapsed
            self.rate = seen if not self.rate else 0.5 * self.rate + 0.5 * seen
        self.count = max(count, self.count)
        self.lessees = max(lessees, self.lessees, 1)
        self.observed_at = now

    def remaining(self) -> int:
        """What is left of the limit as far as this environment knows; never rises within a window."""
        left = self.tokens + max(0, self.limit - self.count)
        self.shown = left if self.shown < 0 else min(left, self.shown)
        return self.shown
