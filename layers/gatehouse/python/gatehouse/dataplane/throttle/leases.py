"""A lease moves tokens from the store's counters into pockets: one conditional write per entity.

What the store leased is known only from its reply. A lost reply loses its tokens; they are never assumed.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatehouse.ports.counters import Ask, CounterBusy, CountersDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from threading import Lock

    from gatehouse.dataplane.throttle.breaker import Breaker
    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Entity, Meter
    from gatehouse.ports.counters import Counters, Ledger
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

FORGOTTEN_AT_ONCE = 40
"""How many counters of ended windows one lease removes."""

KEPT_AFTER_SECONDS = 2 * 86_400
"""How long an item outlives the last window of its entity's meters (TTL)."""

_COUNTER = re.compile(r"[a-z]+([1-9]\d*)\.(\d+)", re.ASCII)


class Outcome(Enum):
    """What came of a lease: tokens, nothing left, try later, or no answer."""

    GRANTED = auto()
    FULL = auto()
    BUSY = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class Lease:
    """What to lease: tokens of some meters of an entity, for the window of `now` or the next one."""

    entity: Entity
    holding: Holding
    tokens: Mapping[Meter, int]
    now: float
    next_window: bool = False

    def window(self, meter: Meter) -> int:
        """The number of the window that is leased."""
        return int(self.now // meter.seconds) + self.next_window

    def expires_at(self) -> int:
        """When the item may go: after the windows of all meters, for it holds their counters too."""
        return max((self.window(meter) + 1) * meter.seconds for meter in self.entity.meters) + KEPT_AFTER_SECONDS


class Lessor:
    """Obtains leases, and keeps this environment's clock in step with the store's. `lock` guards the pockets."""

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

    def obtain(self, lease: Lease) -> Outcome:
        """Lease, and put the tokens into the pockets. A full counter marks its pocket exhausted."""
        for attempt in range(BUSY_TRIES):
            if attempt:
                self._pause(random.uniform(*BUSY_PAUSE_SECONDS))
            try:
                ledger = self._call(lambda: self._lease(lease))
            except CounterBusy:
                continue
            except CountersDown:
                return Outcome.DOWN
            self._settle(lease, ledger)
            return Outcome.GRANTED if ledger.granted else Outcome.FULL
        return Outcome.BUSY

    def count(self, entity: Entity, meter: Meter, window: int) -> int | None:
        """How many tokens of a window are leased, perhaps of a moment ago; None when the store does not say."""
        try:
            ledger = self._call(lambda: self._counters.read(entity.key))
        except (CounterBusy, CountersDown):
            return None
        return ledger.counts.get(meter.counter(window), 0)

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
            asks = [
                Ask(
                    counter=meter.counter(lease.window(meter)),
                    lessees=meter.lessees(lease.window(meter)),
                    tokens=tokens,
                    limit=meter.limit,
                    join=lease.next_window or not lease.holding.pocket(meter).joined,
                )
                for meter, tokens in lease.tokens.items()
            ]
            asked = {name for ask in asks for name in (ask.counter, ask.lessees)}
            forget = [name for name in lease.holding.ended if name not in asked]
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

    def _settle(self, lease: Lease, ledger: Ledger) -> None:
        with self._lock:
            now = self.now()
            # By the earlier of both clocks, before and after a correction: never by what is being leased.
            lease.holding.ended = tuple(_ended(ledger.counts, min(now, lease.now)))[:FORGOTTEN_AT_ONCE]
            for meter, tokens in lease.tokens.items():
                pocket = lease.holding.pocket(meter)
                window = lease.window(meter)
                count = ledger.counts.get(meter.counter(window), 0)
                lessees = ledger.counts.get(meter.lessees(window), 0)
                if window == pocket.window:
                    pocket.observe(count, lessees, now)
                    if ledger.granted:
                        pocket.receive(tokens)
                    elif count >= meter.limit:
                        pocket.exhaust(now)
                    else:
                        pocket.refusals += 1
                elif ledger.granted and window == pocket.window + 1:
                    pocket.next_window, pocket.next_tokens = window, tokens
                    pocket.next_count, pocket.next_lessees = count, lessees


def _ended(names: Iterable[str], now: float) -> list[str]:
    """The counters whose windows ended long enough ago; names of another form are somebody else's."""
    ended = []
    for name in names:
        if match := _COUNTER.fullmatch(name):
            seconds, window = int(match[1]), int(match[2])
            if (window + 1) * seconds + max(KEPT_WINDOWS * seconds, KEPT_SECONDS) <= now:
                ended.append(name)
    return ended
