"""A pocket holds the tokens that this environment has leased of one meter and may spend in one window.

Tokens are void outside their window, and void when the limit they were leased under is lowered. Losing them is always
safe: they stay counted in the store, so they can never be spent twice.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

ARRIVALS_SECONDS = 5.0
"""Over how long the arrival rate is averaged (exponentially)."""

RATE_SECONDS = 5.0
"""Over how long the rate at which all environments lease is averaged (exponentially)."""

AHEAD_SECONDS = 5.0
"""How early before its beginning a window may be leased ahead; at most a quarter of a window."""

PROBED_FROM_SECONDS = 60
"""Windows at least this long are probed while they are exhausted; a shorter one is over before it pays."""

PROBE_SHARE = 1 / 20
"""The first probe comes after about this share of the window, each later one after twice as long."""


@dataclass(slots=True)
class Pocket:
    """One meter's tokens. Times are epoch seconds; `window` is the window the tokens are for, `seconds` its length.

    `count` and `lessees` are what the store said last, at `observed_at`; `rate` is how fast all environments lease,
    in tokens per second; `refusals` counts leases in a row that were refused though something was left; `next_*` is
    what was leased ahead for the window after this one, `early` how many seconds before that one begins to do so.
    """

    seconds: int
    window: int = -1
    limit: int = 0
    tokens: int = 0
    joined: bool = False
    count: int = 0
    lessees: int = 0
    observed_at: float = 0.0
    rate: float = 0.0
    last_lease: int = 0
    refusals: int = 0
    spent: int = 0
    spent_before: int = 0
    shown: int = -1
    exhausted: bool = False
    probe_at: float = 0.0
    probe_wait: float = 0.0
    arrivals: float = 0.0
    arrived_at: float = 0.0
    early: float = 0.0
    next_window: int = -1
    next_tokens: int = 0
    next_count: int = 0
    next_lessees: int = 0

    def roll(self, window: int, limit: int) -> None:
        """Move on to this window: what was left of an older one is void, what was leased ahead becomes spendable."""
        if window != self.window:
            self._turn(window)
            self.limit = limit
        elif limit != self.limit:
            if limit < self.limit:
                self.tokens = self.next_tokens = 0
            self.limit = limit
            self.shown = -1
            self.exhausted = False

    def arrive(self, now: float) -> None:
        """Take note of one more call."""
        # A clock that was set back must not make the past weigh more than the present.
        quiet = max(0.0, now - self.arrived_at)
        self.arrivals = self.arrivals * math.exp(-quiet / ARRIVALS_SECONDS) + 1.0
        self.arrived_at = now

    @property
    def arrival_rate(self) -> float:
        """Calls per second in this environment."""
        return self.arrivals / ARRIVALS_SECONDS

    @property
    def left(self) -> int:
        """What the store may still lease, as far as this environment knows."""
        return max(0, self.limit - self.count)

    def observe(self, count: int, lessees: int, now: float) -> None:
        """Take note of what the store said of this window."""
        elapsed = now - self.observed_at
        if elapsed > 0 and count >= self.count:
            seen = (count - self.count) / elapsed
            weight = 1 - math.exp(-elapsed / RATE_SECONDS) if self.rate else 1.0
            self.rate += weight * (seen - self.rate)
        self.count = max(count, self.count)
        self.lessees = max(lessees, self.lessees, 1)
        self.observed_at = now

    def receive(self, tokens: int) -> None:
        """Take in the tokens of a lease that was granted."""
        self.tokens += tokens
        self.last_lease = tokens
        self.joined = True
        self.refusals = 0

    def exhaust(self, now: float) -> None:
        """Nothing is left in this window: calls are denied without asking, until it ends or a probe knows better."""
        self.exhausted = True
        self.probe_wait = self.seconds * PROBE_SHARE * random.uniform(0.5, 1.5)
        self.probe_at = now + self.probe_wait

    def probes(self, now: float) -> bool:
        """Whether the store shall be asked again if really nothing is left; each yes makes the next one rarer."""
        if not self.exhausted or self.seconds < PROBED_FROM_SECONDS or now < self.probe_at:
            return False
        self.probe_wait *= 2
        self.probe_at = now + self.probe_wait
        return True

    def remaining(self) -> int:
        """What is left of the limit as far as this environment knows; never rises within a window."""
        left = self.tokens + max(0, self.limit - self.count)
        self.shown = left if self.shown < 0 else min(left, self.shown)
        return self.shown

    def is_worthless(self, now: float) -> bool:
        """Whether nothing would be lost with it: no tokens, or only such as can no longer be spent."""
        current = int(now // self.seconds)
        return (self.tokens < 1 or self.window < current) and (self.next_tokens < 1 or self.next_window < current)

    def _turn(self, window: int) -> None:
        ahead = window == self.next_window and self.next_tokens > 0
        self.spent_before = self.spent if window == self.window + 1 else 0
        self.window = window
        self.tokens = self.last_lease = self.next_tokens if ahead else 0
        self.joined = ahead
        self.count = self.next_count if ahead else 0
        self.lessees = self.next_lessees if ahead else 0
        # Nothing was leased before the window began, bar what was leased ahead: the first look has this to compare with.
        self.observed_at = float(window * self.seconds)
        self.spent = self.refusals = 0
        self.shown = -1
        self.exhausted = False
        self.early = random.uniform(0.5, 1.0) * min(AHEAD_SECONDS, self.seconds / 4)
        self.next_window, self.next_tokens = -1, 0
