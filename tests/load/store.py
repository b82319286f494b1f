"""The table of counters as environments meet it: some milliseconds away, a thousand writes a second per item, at times down.

What is done to an item is done by `tests.fakes.counters`, which passes the contract suite of the real table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from gatehouse.ports.throttling.counters import CounterBusy, CountersDown, Ledger
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.ports.throttling.counters import Ask
    from tests.load.environment import Environment
    from tests.load.timeline import Timeline

Answer = TypeVar("Answer", Ledger, bool)

LATENCY_SECONDS = (0.002, 0.008)
SLOW_SECONDS = 0.050
SLOW_SHARE = 0.01
WRITES_PER_SECOND = 1000
"""What one item takes; of capacity that was not used one second's worth may be used at once."""

TRANSACTION_UNITS = 2

TIMEOUT_SECONDS = 0.1
"""`counter_seconds` of the settings."""


@dataclass
class Store:
    """One table. `write_units` and `read_units` are what AWS would bill; `down` are times without an answer."""

    timeline: Timeline
    chance: random.Random
    down: tuple[tuple[float, float], ...] = ()
    counters: InMemoryCounters = field(default_factory=InMemoryCounters)
    write_units: float = 0.0
    read_units: float = 0.0
    refused_writes: int = 0

    def __post_init__(self) -> None:
        self._allowances: dict[str, tuple[float, float]] = {}

    @property
    def is_down(self) -> bool:
        return any(start <= self.timeline.now < end for start, end in self.down)

    def latency_seconds(self) -> float:
        return SLOW_SECONDS if self.chance.random() < SLOW_SHARE else self.chance.uniform(*LATENCY_SECONDS)

    def allows_write(self, entity: str, units: float) -> bool:
        """Whether the item takes one more write now; a write that it refuses costs nothing."""
        now = self.timeline.now
        allowance, at = self._allowances.get(entity, (WRITES_PER_SECOND, now))
        allowance = min(WRITES_PER_SECOND, allowance + (now - at) * WRITES_PER_SECOND)
        allowed = allowance >= units
        self._allowances[entity] = (allowance - units * allowed, now)
        if allowed:
            self.write_units += units
        else:
            self.refused_writes += 1
        return allowed


class Connection:
    """Implements `ports.throttling.counters.Counters` for one environment."""

    def __init__(self, store: Store, environment: Environment) -> None:
        self._store = store
        self._environment = environment

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        def lease() -> Ledger:
            if not self._store.allows_write(entity, 1):
                raise CounterBusy
            ledger = self._store.counters.lease(entity, asks, expires_at=expires_at, forget=forget)
            return replace(ledger, server_time=math.floor(self._store.timeline.now))

        return self._exchange(lease)

    def read(self, entity: str) -> Ledger:
        def read() -> Ledger:
            self._store.read_units += 0.5
            return self._store.counters.read(entity)

        return self._exchange(read)

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        def give_back() -> bool:
            if not self._store.allows_write(entity, TRANSACTION_UNITS):
                raise CounterBusy
            return self._store.counters.give_back(entity, tokens, request=request)

        return self._exchange(give_back)

    def _exchange(self, ask: Callable[[], Answer]) -> Answer:
        """The store does this half of the latency from now, whatever becomes of the environment meanwhile."""
        store, timeline = self._store, self._store.timeline
        replies: list[Answer | CounterBusy] = []

        def arrive() -> None:
            if store.is_down:
                return
            try:
                replies.append(ask())
            except CounterBusy as busy:
                replies.append(busy)

        latency = store.latency_seconds()
        timeline.at(timeline.now + latency / 2, arrive)
        self._environment.sleep(TIMEOUT_SECONDS if store.is_down else latency)
        if not replies:
            raise CountersDown
        reply = replies[0]
        if isinstance(reply, CounterBusy):
            raise reply
        return reply
