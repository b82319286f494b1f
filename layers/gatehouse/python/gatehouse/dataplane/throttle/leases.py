"""A lease moves tokens from the store's counters into pockets: one conditional write per entity.

What the store leased is known only from its reply. A lost reply loses its tokens; they are never assumed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatehouse.ports.counters import Ask, CounterBusy, CountersDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from threading import Lock

    from gatehouse.dataplane.throttle.breaker import Breaker
    from gatehouse.dataplane.throttle.meter import Entity, Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.ports.counters import Counters, Ledger
    from gatehouse.ports.world import Clock

BUSY_TRIES = 2
BUSY_PAUSE_SECONDS = (0.010, 0.050)
SKEW_SECONDS = 1.5
"""A clock that differs more than this from the store's is corrected by the difference."""

DATE_RESOLUTION_SECONDS = 1.0
KEPT_WINDOWS = 2
"""How many windows ago a counter's window must have ended before it is removed."""

FORGOTTEN_AT_ONCE = 40
"""How many counters of ended windows one lease removes."""

KEPT_AFTER_SECONDS = 2 * 86_400
"""How long an item outlives its last window (TTL)."""


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
    pockets: Mapping[str, Pocket]
    lock: Lock
    tokens: Mapping[Meter, int]
    now: float
    next_window: bool = False

    def window(self, meter: Meter) -> int:
        """The number of the window that is leased."""
        return int(self.now // meter.seconds) + (1 if self.next_window else 0)


class Lessor:
    """Obtains leases, and keeps this environment's clock in step with the store's."""

    def __init__(self, counters: Counters, clock: Clock, breaker: Breaker, pause: Callable[[float], None]) -> None:
        self._counters = counters
        self._clock = clock
        self._breaker = breaker
        self._pause = pause
        self._offset = 0.0
        self._stale: dict[str, list[str]] = {}

    def now(self) -> float:
        """Epoch seconds, corrected."""
        return self._clock.now() + self._offset

    def obtain(self, lease: Lease) -> Outcome:
        """Lease, and put the tokens into the pockets. A full counter marks its pocket exhausted."""
        if self._breaker.is_open(self._clock.now()):
            return Outcome.DOWN
        for attempt in range(BUSY_TRIES):
            try:
                ledger = self._ask(lease)
            except CounterBusy:
                if attempt + 1 < BUSY_TRIES:
                    self._pause(random.uniform(*BUSY_PAUSE_SECONDS))
            except CountersDown:
                self._breaker.failed(self._clock.now())
                return Outcome.DOWN
            else:
                self._breaker.succeeded()
                self._correct_clock(ledger)
                return self._settle(lease, ledger)
        return Outcome.BUSY

    def _ask(self, lease: Lease) -> Ledger:
        with lease.lock:
            asks = [
                Ask(
                    counter=meter.counter(lease.window(meter)),
                    lessees=meter.lessees(lease.window(meter)),
                    tokens=tokens,
                    limit=meter.limit,
                    join=lease.next_window or not lease.pockets[meter.id].joined,
                )
                for meter, tokens in lease.tokens.items()
            ]
        ends = max((lease.window(meter) + 1) * meter.seconds for meter in lease.tokens)
        forget = self._stale.pop(lease.entity.key, [])
        return self._counters.lease(lease.entity.key, asks, expires_at=ends + KEPT_AFTER_SECONDS, forget=forget)

    def _settle(self, lease: Lease, ledger: Ledger) -> Outcome:
        with lease.lock:
            if stale := _ended(ledger.counts, lease.now):
                self._stale[lease.entity.key] = stale[:FORGOTTEN_AT_ONCE]
            for meter, tokens in lease.tokens.items():
                pocket = lease.pockets[meter.id]
                window = lease.window(meter)
                count = ledger.counts.get(meter.counter(window), 0)
                lessees = ledger.counts.get(meter.lessees(window), 0)
                if window == pocket.window:
                    pocket.observe(count, lessees, self.now())
                    if ledger.granted:
                        pocket.tokens += tokens
                        pocket.last_lease = tokens
                        pocket.joined = True
                    elif count >= meter.limit:
                        pocket.exhausted = True
                    else:
                        pocket.last_lease = 1
                elif ledger.granted and window == pocket.window + 1:
                    pocket.next_window, pocket.next_tokens = window, tokens
                    pocket.next_count, pocket.next_lessees = count, lessees
        return Outcome.GRANTED if ledger.granted else Outcome.FULL

    def _correct_clock(self, ledger: Ledger) -> None:
        if ledger.server_time is None:
            return
        # The store says whole seconds: on average it is half of one later than it says.
        difference = ledger.server_time + DATE_RESOLUTION_SECONDS / 2 - self._clock.now()
        self._offset = difference if abs(difference) > SKEW_SECONDS else 0.0


def _ended(names: Iterable[str], now: float) -> list[str]:
    """The counters whose windows ended long enough ago. By the clock of the call, never by what is being leased."""
    ended = []
    for name in names:
        meter, _, window = name.partition(".")
        seconds = int(meter.lstrip("mrb"))
        if (int(window) + 1 + KEPT_WINDOWS) * seconds <= now:
            ended.append(name)
    return ended
