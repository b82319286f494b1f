"""The lessor asks the store: for leases, for counts, to take tokens back. It keeps this environment's clock in step."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.leases import Outcome
from gatehouse.domain.throttling.counter import window_end
from gatehouse.ports.throttling.counters import CounterBusy, CountersDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Lock

    from gatehouse.dataplane.throttle.breaker import Breaker
    from gatehouse.dataplane.throttle.leases import Lease
    from gatehouse.dataplane.throttle.returns import Return
    from gatehouse.ports.throttling.counters import Counters, Ledger
    from gatehouse.ports.world import Clock

BUSY_TRIES = 2
BUSY_PAUSE_SECONDS = (0.010, 0.050)
SKEW_SECONDS = 1.5
"""A clock that differs more than this from the store's is corrected by the difference."""

DATE_RESOLUTION_SECONDS = 1.0
PROMPT_SECONDS = 0.5
"""A reply that took longer says nothing of the time: the environment may have been frozen while it was on its way."""

KEPT_WINDOWS = 2
KEPT_SECONDS = 5
"""A counter is removed this many windows after its window ended, and no sooner than this many seconds: two clocks may
differ by twice `SKEW_SECONDS`, and a live counter that is removed would be leased a second time."""


class Lessor:
    """Obtains leases. `lock` guards the pockets; it is never held while the store is asked."""

    def __init__(
        self, counters: Counters, clock: Clock, breaker: Breaker, pause: Callable[[float], None], lock: Lock
    ) -> None:
        self._counters = counters
        self._clock = clock
        self._breaker = breaker
        self._pause = pause
        self._lock = lock
        self.clock_offset_seconds = 0.0

    def now(self) -> float:
        """Epoch seconds, corrected."""
        return self._clock.now() + self.clock_offset_seconds

    def may_answer(self) -> bool:
        """Whether the store is worth asking at this moment."""
        return not self._breaker.is_open(self._clock.now())

    @property
    def is_doubtful(self) -> bool:
        """Whether the store has not answered since the breaker opened: asking may be waiting for nothing."""
        return self._breaker.is_tripped

    def obtain(self, lease: Lease) -> Outcome:
        """Lease, and put the tokens into the pockets."""
        for attempt in range(BUSY_TRIES):
            if attempt:
                self._pause(random.uniform(*BUSY_PAUSE_SECONDS))
            try:
                ledger = self._call(lambda: self._lease(lease))
            except CounterBusy:
                continue
            except CountersDown:
                return Outcome.DOWN
            with self._lock:
                now = self.now()
                # By the earlier of both clocks, before and after a correction: never by what is being leased.
                lease.holding.ended = tuple(_ended(ledger.counts, min(now, lease.now)))
                lease.settle(ledger, now)
            return Outcome.GRANTED if ledger.granted else Outcome.FULL
        return Outcome.BUSY

    def counts(self, key: str) -> dict[str, int] | None:
        """The counters of an entity, perhaps of a moment ago; None when the store does not say."""
        try:
            return dict(self._call(lambda: self._counters.read(key)).counts)
        except (CounterBusy, CountersDown):
            return None

    def give_back(self, surplus: Return, until: float) -> bool:
        """Give tokens back that are in no pocket any more; whether the store took them. Not begun again after `until`."""
        for attempt in range(BUSY_TRIES):
            if attempt:
                self._pause(random.uniform(*BUSY_PAUSE_SECONDS))
            if self.now() >= until:
                return False
            try:
                return self._counters.give_back(surplus.key, surplus.tokens, request=surplus.request)
            except (CounterBusy, CountersDown):
                continue
        return False

    def forget(self) -> None:
        """The clock may be another one from now on."""
        self.clock_offset_seconds = 0.0

    def _call(self, ask: Callable[[], Ledger]) -> Ledger:
        """Ask the store unless the breaker is open. Raises CounterBusy or CountersDown."""
        asked_at = self._clock.now()
        if self._breaker.is_open(asked_at):
            raise CountersDown
        try:
            ledger = ask()
        except CountersDown:
            self._breaker.failed(self._clock.now())
            raise
        self._breaker.succeeded()
        self._correct_clock(ledger, asked_at)
        return ledger

    def _lease(self, lease: Lease) -> Ledger:
        with self._lock:
            asks = lease.asks()
            forget = lease.forgets(asks)
        return self._counters.lease(lease.entity.key, asks, expires_at=lease.expires_at(), forget=forget)

    def _correct_clock(self, ledger: Ledger, asked_at: float) -> None:
        answered_at = self._clock.now()
        if ledger.server_time is None or not 0 <= answered_at - asked_at <= PROMPT_SECONDS:
            return
        with self._lock:
            # The store says whole seconds: on average it is half of one later than it says.
            difference = ledger.server_time + DATE_RESOLUTION_SECONDS / 2 - answered_at - self.clock_offset_seconds
            if abs(difference) > SKEW_SECONDS:
                self.clock_offset_seconds += difference


def _ended(names: Iterable[str], now: float) -> list[str]:
    """The counters whose windows ended long enough ago; names of another form are somebody else's."""
    ended = []
    for name in names:
        if (window := window_end(name)) is not None:
            end, seconds = window
            if end + max(KEPT_WINDOWS * seconds, KEPT_SECONDS) <= now:
                ended.append(name)
    return ended
