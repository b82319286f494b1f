"""What an item of counters says of one limit at this moment: how much is out, how much is left, and until when.

Leased is not used: environments hold what they have leased and not spent yet, so a little more may be left than is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.throttling.counter import counter, lessees, meter_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.throttling.limit import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterView:
    """Of `limit`, so much is leased and left in the window that ends at `window_end` (epoch seconds).

    `lessees` is how many environments leased in it. `leased` may exceed `limit`: of a limit that does not stop, of one
    that was lowered, and by debts.
    """

    limit: int
    leased: int
    left: int
    lessees: int
    window_end: int


def view(counts: Mapping[str, int], kind: str, rate: Rate, now: float) -> CounterView:
    """The current window of a limit. `counts` is `Ledger.counts` of its item, `kind` one of `counter.KINDS` or BURST."""
    meter = meter_id(kind, rate.seconds)
    window = int(now // rate.seconds)
    leased = counts.get(counter(meter, window), 0)
    return CounterView(
        limit=rate.count,
        leased=leased,
        left=max(0, rate.count - leased),
        lessees=counts.get(lessees(meter, window), 0),
        window_end=(window + 1) * rate.seconds,
    )
