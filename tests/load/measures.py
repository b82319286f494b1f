"""What came of a run: figures over all its calls, by meter and window label.

The rank of a call is its place among the calls of its window, by the moment it reached the engine. Were there one counter
that everybody sees at once, it would admit the ranks up to the limit and no other.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.meter import Admitted, Denied

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.dataplane.throttle.meter import Meter, Verdict
    from tests.load.store import Store
    from tests.load.workloads import Entities

DOLLARS_PER_WRITE_UNIT = 0.625e-6
DOLLARS_PER_READ_UNIT = 0.125e-6
"""On demand, us-east-1 (docs/cost.md)."""

WINDOW_START_SECONDS = 0.5


class Decision:
    """One call and what became of it. `believed` is the time of the deciding environment's own clock, corrected."""

    __slots__ = ("added_seconds", "believed", "decided", "entities", "started", "verdict")

    def __init__(self, entities: Entities, verdict: Verdict, started: float, decided: float, believed: float) -> None:
        self.entities = entities
        self.verdict = verdict
        self.started = started
        self.decided = decided
        self.believed = verdict.at if isinstance(verdict, Admitted) else believed
        self.added_seconds = decided - started

    @property
    def is_admitted(self) -> bool:
        return isinstance(self.verdict, Admitted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares are of 1. `over*` are shares of the limit in the worst window, `over_calls` calls of all windows.

    `windows` is the fewest and most calls admitted of one meter in a window that was asked for at least its limit, None
    when none was. `refused` is the share of calls that were not admitted, `retry_after_error` in seconds.
    """

    offered: int
    admitted: int
    over: float
    over_calls: int
    over_real_time: float
    windows: tuple[int, int] | None
    shortfall: float
    displaced: float
    refused: float
    writes_per_call: float
    writes_per_admitted: float
    added_mean: float
    added_p50: float
    added_p99: float
    window_start_p99: float
    retry_after_error: float | None
    dollars_per_million: float


def figures(decisions: Sequence[Decision], store: Store) -> Figures:
    """All figures of one run."""
    by_label, by_moment = _windows(decisions, own_clock=True), _windows(decisions, own_clock=False)
    admitted = sum(decision.is_admitted for decision in decisions)
    due = max(1, sum(min(meter.limit, len(calls)) for (_, meter, _), calls in by_label.items()))
    taken = [(meter, calls, sum(call.is_admitted for call in calls)) for (_, meter, _), calls in by_label.items()]
    asked_for = [count for meter, calls, count in taken if len(calls) >= meter.limit]
    added = sorted(decision.added_seconds for decision in decisions)
    first = min(decision.started for decision in decisions)
    starts = sorted(decision.added_seconds for decision in decisions if _at_start(decision, first))
    dollars = store.write_units * DOLLARS_PER_WRITE_UNIT + store.read_units * DOLLARS_PER_READ_UNIT
    return Figures(
        offered=len(decisions),
        admitted=admitted,
        over=_over(by_label),
        over_calls=sum(max(0, count - meter.limit) for meter, _, count in taken),
        over_real_time=_over(by_moment),
        windows=(min(asked_for), max(asked_for)) if asked_for else None,
        shortfall=sum(max(0, min(meter.limit, len(calls)) - count) for meter, calls, count in taken) / due,
        displaced=sum(call.is_admitted for meter, calls, _ in taken for call in calls[meter.limit :]) / due,
        refused=1 - admitted / len(decisions),
        writes_per_call=store.write_units / len(decisions),
        writes_per_admitted=store.write_units / max(1, admitted),
        added_mean=sum(added) / len(added),
        added_p50=_percentile(added, 0.5),
        added_p99=_percentile(added, 0.99),
        window_start_p99=_percentile(starts, 0.99) if starts else 0.0,
        retry_after_error=_retry_after_error(decisions),
        dollars_per_million=dollars / len(decisions) * 1e6,
    )


Windows = dict[tuple[str, "Meter", int], list[Decision]]
"""The calls of each hard meter in each window, in the order of their ranks."""


def _windows(decisions: Sequence[Decision], *, own_clock: bool) -> Windows:
    windows: Windows = defaultdict(list)
    for decision in sorted(decisions, key=lambda decision: decision.started):
        moment = decision.believed if own_clock else decision.decided
        for entity in decision.entities:
            for meter in entity.meters:
                if meter.soft:
                    continue
                windows[entity.key, meter, int(moment // meter.seconds)].append(decision)
    return windows


def _over(windows: Windows) -> float:
    worst = 0.0
    for (_, meter, _), calls in windows.items():
        worst = max(worst, sum(call.is_admitted for call in calls) / meter.limit - 1)
    return worst


def _at_start(decision: Decision, first: float) -> bool:
    """Whether a call came just after a window began that was not the first, in which everything is cold."""
    seconds = decision.entities[0].meters[0].seconds
    is_later = decision.started // seconds > first // seconds
    return is_later and decision.started % seconds < WINDOW_START_SECONDS


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _retry_after_error(decisions: Iterable[Decision]) -> float | None:
    """How far the moment that refusals named is, on average, from the moment at which a call was admitted again.

    By `next_access`: `Retry-After` itself says whole seconds, rounded up.
    """
    admissions: dict[str, list[float]] = defaultdict(list)
    for decision in decisions:
        if decision.is_admitted:
            for entity in decision.entities:
                admissions[entity.key].append(decision.decided)
    for moments in admissions.values():
        moments.sort()
    errors = []
    for decision in decisions:
        if isinstance(decision.verdict, Denied) and len(decision.entities) == 1:
            moments = admissions[decision.entities[0].key]
            place = bisect_right(moments, decision.decided)
            if place < len(moments):
                errors.append(abs(decision.verdict.next_access - moments[place]))
    return sum(errors) / len(errors) if errors else None
