"""A pocket holds the tokens that this environment has leased of one meter and may spend in one window.

Tokens are void outside their window, and surplus when the limit they were leased under is lowered. Losing them is always
safe: they stay counted in the store, so they can never be spent twice. Less than none is a debt: what was used and is not
counted yet. A debt outlives its window.
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

PROBE_WAIT_SECONDS_MAX = 15.0
"""No probe is later than this after the one before: who had a counter reset shall not wait for most of a day."""


@dataclass(slots=True)
class Pocket:
    """One meter's tokens. Times are epoch seconds; `window` is the window the tokens are for, `seconds` its length.

    `count` and `lessees` are what the store said last, at `observed_at`; `rate` is how fast all environments lease,
    in tokens per second; `refusals` counts leases in a row that were refused though something was left; `next_*` is
    what was leased ahead for the window after this one, `early` how many seconds before that one begins to do so.
    `unreported` uses of a soft meter are not counted until its first lease; `beyond` of its tokens lie past the limit;
    `shared` were spent on credit in this window, the store being down. `surplus` is windows and tokens to be given back.
    """

    seconds: int
    window: int = -1
    limit: int = 0
    tokens: int = 0
    joined: bool = False
    count: int = 0
    lessees: int = 0
    lessees_before: int = 0
    observed_at: float = 0.0
    rate: float = 0.0
    last_lease: int = 0
    refusals: int = 0
    spent: int = 0
    spent_before: int = 0
    unreported: int = 0
    beyond: int = 0
    shared: int = 0
    shown: int = -1
    probe_at: float = 0.0
    probe_wait: float = 0.0
    arrivals: float = 0.0
    demand: float = 0.0
    arrived_at: float = 0.0
    early: float = 0.0
    next_window: int = -1
    next_tokens: int = 0
    next_count: int = 0
    next_lessees: int = 0
    surplus: tuple[tuple[int, int], ...] = ()

    def roll(self, window: int, limit: int) -> None:
        """Move on to this window: what was left of an older one is void, what was leased ahead becomes spendable."""
        if window != self.window:
            self._turn(window)
            self.limit = limit
        elif limit != self.limit:
            if limit < self.limit:
                self.surplus += self.emptied()
            self.limit = limit
            self.beyond = min(self.beyond, max(0, self.count - limit))
            self.shown = -1
            self.probe_wait = 0.0

    def emptied(self) -> tuple[tuple[int, int], ...]:
        """Take all tokens out: windows and how many of each there were. A debt stays."""
        held = ((self.window, self.tokens), (self.next_window, self.next_tokens))
        self.tokens, self.next_tokens = min(0, self.tokens), 0
        return tuple((window, tokens) for window, tokens in held if tokens > 0)

    def arrive(self, cost: int, now: float) -> None:
        """Take note of one more call, and of what it costs."""
        # A clock that was set back must not make the past weigh more than the present.
        quiet = now - self.arrived_at
        fading = math.exp(-quiet / ARRIVALS_SECONDS) if quiet > 0 else 1.0
        self.arrivals = self.arrivals * fading + 1.0
        self.demand = self.demand * fading + cost
        self.arrived_at = now

    @property
    def arrival_rate(self) -> float:
        """Calls per second in this environment."""
        return self.arrivals / ARRIVALS_SECONDS

    @property
    def demand_rate(self) -> float:
        """Tokens per second that calls of this environment cost."""
        return self.demand / ARRIVALS_SECONDS

    @property
    def usual_cost(self) -> float:
        """Tokens per call, at least 1."""
        return max(1.0, self.demand / self.arrivals) if self.arrivals else 1.0

    @property
    def left(self) -> int:
        """What the store may still lease, as far as this environment knows."""
        return max(0, self.limit - self.count)

    def to_window_end(self, now: float) -> float:
        """Seconds until the window of the tokens ends."""
        return (self.window + 1) * self.seconds - now

    def spend(self, cost: int) -> None:
        """Take the cost of a call, on credit when there is too little."""
        self.tokens -= cost
        self.spent += cost

    def defers(self, cost: int, allowance: int) -> bool:
        """Whether a soft meter may leave this cost unreported: before the first lease of a window, up to the allowance."""
        return not self.joined and self.unreported + cost - self.tokens <= allowance

    def spend_softly(self, cost: int, allowance: int) -> bool:
        """Take the cost of a call whose limit does not stop it. Says whether the limit was reached."""
        enough = self.tokens >= (cost or 1)
        over = self.tokens - (cost or 1) < self.beyond if enough else self.left == 0
        if not enough and self.defers(cost, allowance):
            self.unreported += cost
            self.spent += cost
        else:
            self.spend(cost)
            self.beyond = max(0, min(self.beyond, self.tokens))
        return over

    def report(self) -> None:
        """What was unreported becomes a debt, which the next lease pays."""
        self.tokens -= self.unreported
        self.unreported = 0

    def settle(self, delta: int, window: int) -> None:
        """A call of that window cost so much more than it was charged, or less."""
        if delta > 0:
            self.tokens -= delta
            self.spent += delta
        elif window == self.window:
            never_reported = min(-delta, self.unreported)
            self.unreported -= never_reported
            self.tokens += -delta - never_reported
            self.spent += delta

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
        """Take in the tokens of a lease that was granted; the store's count has been observed."""
        self.tokens += tokens
        self.beyond += min(tokens, max(0, self.count - self.limit))
        self.last_lease = tokens
        self.joined = True
        self.refusals = 0

    def pay(self, tokens: int) -> None:
        """A debt was counted, whatever was left. Paying too much, such as twice at the same time, buys nothing."""
        self.tokens = max(self.tokens, min(0, self.tokens + tokens))

    def probes(self, now: float) -> bool:
        """Whether the store shall be asked again if really so little is left; each yes makes the next one rarer."""
        if self.seconds < PROBED_FROM_SECONDS:
            return False
        first = not self.probe_wait
        if first:
            self.probe_wait = min(self.seconds * PROBE_SHARE, PROBE_WAIT_SECONDS_MAX / 2) * random.uniform(0.5, 1.5)
        elif now >= self.probe_at:
            self.probe_wait = min(2 * self.probe_wait, PROBE_WAIT_SECONDS_MAX)
        else:
            return False
        self.probe_at = now + self.probe_wait
        return not first

    def remaining(self) -> int:
        """What is left of the limit as far as this environment knows; never rises within a window."""
        left = max(0, self.tokens - self.beyond - self.unreported + max(0, self.limit - self.count))
        self.shown = left if self.shown < 0 else min(left, self.shown)
        return self.shown

    def is_worthless(self, now: float) -> bool:
        """Whether nothing would be lost with it: neither tokens that can still be spent nor a debt."""
        current = int(now // self.seconds)
        return (self.tokens == 0 or (self.tokens > 0 and self.window < current)) and (
            self.next_tokens < 1 or self.next_window < current
        )

    def _turn(self, window: int) -> None:
        ahead = window == self.next_window and self.next_tokens > 0
        following = window == self.window + 1
        self.spent_before = self.spent if following else 0
        self.lessees_before = self.lessees if following else 0
        self.window = window
        self.last_lease = self.next_tokens if ahead else 0
        self.tokens = self.last_lease + min(0, self.tokens)
        self.joined = ahead
        self.count = self.next_count if ahead else 0
        self.lessees = self.next_lessees if ahead else 0
        # Nothing was leased before the window began, bar what was leased ahead: the first look has this to compare with.
        self.observed_at = float(window * self.seconds)
        self.spent = self.refusals = self.unreported = self.beyond = self.shared = 0
        self.shown = -1
        self.probe_wait = 0.0
        self.early = random.uniform(0.5, 1.0) * min(AHEAD_SECONDS, self.seconds / 4)
        self.next_window, self.next_tokens = -1, 0
