"""Counters in memory, and a store that misbehaves. Verified by tests/contract/test_counters.py."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.ports.counters import CounterBusy, CountersDown, Ledger

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from gatehouse.ports.counters import Ask, Counters


class InMemoryCounters:
    """`writes` counts leases, granted or not: the write budget is asserted on it."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, int]] = {}
        self.expiries: dict[str, int] = {}
        self.writes = 0
        self._lock = Lock()

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        with self._lock:
            self.writes += 1
            item = self.items.setdefault(entity, {})
            if any(item.get(ask.counter, 0) > ask.limit - ask.tokens for ask in asks):
                return Ledger(granted=False, counts=dict(item), server_time=None)
            for ask in asks:
                item[ask.counter] = item.get(ask.counter, 0) + ask.tokens
                if ask.join:
                    item[ask.lessees] = item.get(ask.lessees, 0) + 1
            for name in forget:
                item.pop(name, None)
            self.expiries[entity] = expires_at
            return Ledger(granted=True, counts=dict(item), server_time=None)

    def read(self, entity: str) -> Ledger:
        return Ledger(granted=False, counts=dict(self.items.get(entity, {})), server_time=None)


class UnreliableCounters:
    """Loses replies, delivers twice, throttles, or is down, as often as it is told to (shares of 1)."""

    def __init__(self, behind: Counters, chance: random.Random) -> None:
        self._behind = behind
        self._chance = chance
        self.lost_requests = 0.0
        self.lost_replies = 0.0
        self.duplicates = 0.0
        self.busy = 0.0
        self.down = False

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        if self.down or self._chance.random() < self.lost_requests:
            raise CountersDown
        if self._chance.random() < self.busy:
            raise CounterBusy
        ledger = self._behind.lease(entity, asks, expires_at=expires_at, forget=forget)
        if self._chance.random() < self.duplicates:
            self._behind.lease(entity, asks, expires_at=expires_at, forget=forget)
        if self._chance.random() < self.lost_replies:
            raise CountersDown
        return ledger

    def read(self, entity: str) -> Ledger:
        return self._behind.read(entity)
