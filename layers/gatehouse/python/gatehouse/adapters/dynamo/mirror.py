"""A mirror of a partition: kept in memory, and brought up to date by what was written since.

Every write leaves a note in the same transaction. A list reads the notes since the last one, which is one query that finds
nothing, as a rule, however many rows there are; the whole partition is read once an environment.

Notes are found by the time at which their transaction was begun, on the writer's clock. One that was begun within
`SETTLE_SECONDS` before the last look may have been committed after it, so it is looked for again.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gatehouse.adapters.dynamo.table import batch, query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gatehouse.adapters.dynamo.table import Row, Transaction

SETTLE_SECONDS = 60.0
"""The longest a transaction takes, which is what a function may, with as much again for clocks that differ."""
FRESH_SECONDS = 3600.0
"""After so long without a list, all is read anew."""
NOTE_SECONDS = 86_400
"""How long a note is kept: longer than anything is fresh."""
CATCH_UP_MAX = 500
"""More notes than this are dearer to follow than the whole is to read."""
KEPT_MAX = 50_000
"""So many items, of all tenants together, stay in memory, unless they are weighed otherwise."""

T = TypeVar("T")


@dataclass(slots=True)
class _Known(Generic[T]):
    """What is known of a tenant: `items` by key, `noted` what was followed, `read_at` when."""

    items: dict[str, T]
    read_at: float
    weight: int
    noted: set[str] = field(default_factory=set)
    ordered: list[T] = field(default_factory=list)


class Mirror(Generic[T]):
    """The partitions `<tenant>#<name>`, with notes in `<tenant>#<name>-NOTES`."""

    def __init__(
        self,
        row: type[Row],
        name: str,
        read: Callable[[Any], T],
        *,
        weigh: Callable[[T], int] = lambda _: 1,
        kept_max: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`read` makes an item of a row; `now` is the time of day, in seconds since the epoch.

        All that stays in memory weighs at most `kept_max` (`KEPT_MAX`), or is one tenant's.
        """
        self._row = row
        self._name = name
        self._read = read
        self._weigh = weigh
        self._kept_max = KEPT_MAX if kept_max is None else kept_max
        self.now = now
        self._known: OrderedDict[str, _Known[T]] = OrderedDict()
        self._lock = RLock()

    def put(self, transaction: Transaction, tenant: str, sk: str, body: Mapping[str, Any]) -> None:
        """Write an item along."""
        transaction.put(self._row(self._pk(tenant), sk, body=dict(body)))
        self.note(transaction, tenant, sk)

    def delete(self, transaction: Transaction, tenant: str, sk: str) -> None:
        """Take one away along."""
        transaction.delete(self._row(self._pk(tenant), sk))
        self.note(transaction, tenant, sk)

    def note(self, transaction: Transaction, tenant: str, sk: str) -> None:
        """Leave a note of an item that the transaction writes by itself."""
        now = self.now()
        row = self._row(self._notes_pk(tenant), f"{_stamp(now)}#{uuid.uuid4().hex}", body={"sk": sk})
        row.ttl = int(now) + NOTE_SECONDS
        transaction.put(row)

    def all(self, tenant: str) -> list[T]:
        """Every item, by key. Consistent right after a write, whoever wrote."""
        with self._lock:
            known = self._known.pop(tenant, None)
            now = self.now()
            if known is None or now - known.read_at > FRESH_SECONDS or not self._caught_up(tenant, known, now):
                known = self._whole(tenant, now)
            self._known[tenant] = known
            while len(self._known) > 1 and sum(one.weight for one in self._known.values()) > self._kept_max:
                self._known.popitem(last=False)
            return list(known.ordered)

    def _whole(self, tenant: str, now: float) -> _Known[T]:
        items = {str(row.sk): self._read(row) for row in query(self._row, self._pk(tenant))}
        return _Known(items=items, read_at=now, weight=self._weight(items), ordered=list(items.values()))

    def _caught_up(self, tenant: str, known: _Known[T], now: float) -> bool:
        """Follow the notes; False when there are too many."""
        since = _stamp(known.read_at - SETTLE_SECONDS)
        notes = {str(row.sk): str(row.body["sk"]) for row in query(self._row, self._notes_pk(tenant), since=since)}
        changed = {sk for note, sk in notes.items() if note not in known.noted}
        if len(changed) > CATCH_UP_MAX:
            return False
        if changed:
            self._follow(tenant, known, changed)
        known.noted = set(notes)
        known.read_at = now
        return True

    def _follow(self, tenant: str, known: _Known[T], changed: Collection[str]) -> None:
        found = batch(self._row, [(self._pk(tenant), sk) for sk in changed])
        for sk in changed:
            known.items.pop(sk, None)
        known.items.update({str(row.sk): self._read(row) for row in found})
        known.ordered = [known.items[sk] for sk in sorted(known.items, key=str.encode)]
        known.weight = self._weight(known.items)

    def _weight(self, items: Mapping[str, T]) -> int:
        return sum(map(self._weigh, items.values()))

    def _pk(self, tenant: str) -> str:
        return f"{tenant}#{self._name}"

    def _notes_pk(self, tenant: str) -> str:
        return f"{tenant}#{self._name}-NOTES"


def _stamp(seconds: float) -> str:
    return f"{max(0, int(seconds * 1000)):015d}"
