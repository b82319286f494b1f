"""Counters in memory, and a store that misbehaves. Verified by tests/contract/test_counters.py."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.ports.throttling.counters import CounterBusy, CountersDown, Ledger

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.throttling.counters import Ask, Counters


class InMemoryCounters:
    """`writes` counts leases, granted or not: the write budget is asserted on it."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, int]] = {}
        self.expiries: dict[str, int] = {}
        self.writes = 0
        self._requests: set[str] = set()
        self._lock = Lock()

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        with self._lock:
            self.writes += 1
            item = self.items.setdefault(entity, {})
            if any(ask.limit is not None and item.get(ask.counter, 0) > ask.limit - ask.tokens for ask in asks):
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

    def reset(self, entity: str) -> None:
        self.items.pop(entity, None)

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        with self._lock:
            if request in self._requests:
                return True
            item = self.items.get(entity, {})
            if any(item.get(name, 0) < count for name, count in tokens.items()):
                return False
            for name, count in tokens.items():
                item[name] -= count
            self._requests.add(request)
            return True


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
        if self.down:
            raise CountersDown
        return self._behind.read(entity)

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        if self.down or self._chance.random() < self.lost_requests:
            raise CountersDown
        if self._chance.random() < self.busy:
            raise CounterBusy
        taken = self._behind.give_back(entity, tokens, request=request)
        if self._chance.random() < self.duplicates:
            self._behind.give_back(entity, tokens, request=request)
        if self._chance.random() < self.lost_replies:
            raise CountersDown
        return taken
