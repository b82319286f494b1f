"""What came of a run: how exact it was over all its calls, and what it cost once the first window was over.

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
    from tests.load.workloads import Entities

DOLLARS_PER_WRITE_UNIT = 0.625e-6
DOLLARS_PER_READ_UNIT = 0.125e-6
"""On demand, us-east-1 (docs/cost.md)."""

WINDOW_START_SECONDS = 0.5


class Decision:
    """One call and what became of it. `believed` is the time of the deciding environment's own clock, corrected.

    `next_access` is what a refusal named, None when the call was admitted or not counted.
    """

    __slots__ = ("added_seconds", "believed", "decided", "entities", "is_admitted", "next_access", "started")

    def __init__(self, entities: Entities, verdict: Verdict, started: float, decided: float, believed: float) -> None:
        self.entities = entities
        self.is_admitted = isinstance(verdict, Admitted)
        self.next_access = verdict.next_access if isinstance(verdict, Denied) else None
        self.started = started
        self.decided = decided
        self.believed = verdict.at if isinstance(verdict, Admitted) else believed
        self.added_seconds = decided - started


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares are of 1. `over*` are shares of the limit in the worst window, `over_calls` calls of all windows.

    Writes and added seconds are of calls after the first window, in which everything is cold; `cold_writes` are of that.

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
    cold_writes_per_call: float
    writes_per_call: float
    writes_per_admitted: float
    added_mean: float
    added_p50: float
    added_p99: float
    window_start_p99: float
    retry_after_error: float | None
    dollars_per_million: float


@dataclass(frozen=True, slots=True)
class Bill:
    """What the store had billed at a moment (epoch seconds)."""

    moment: float
    write_units: float = 0.0
    read_units: float = 0.0


def figures(decisions: Sequence[Decision], *, cold: Bill, whole: Bill) -> Figures:
    """All figures of one run, of which the bills are those when the first window had ended, and in the end."""
    windows = _windows(decisions, own_clock=True)
    taken = [(meter, calls, sum(call.is_admitted for call in calls)) for (_, meter, _), calls in windows.items()]
    due = max(1, sum(min(meter.limit, len(calls)) for meter, calls, _ in taken))
    asked_for = [count for meter, calls, count in taken if len(calls) >= meter.limit]
    admitted = sum(decision.is_admitted for decision in decisions)
    warm = [decision for decision in decisions if decision.started >= cold.moment]
    writes, reads = whole.write_units - cold.write_units, whole.read_units - cold.read_units
    added = sorted(decision.added_seconds for decision in warm)
    starts = sorted(decision.added_seconds for decision in warm if _comes_at_start(decision))
    return Figures(
        offered=len(decisions),
        admitted=admitted,
        over=_over(windows),
        over_calls=sum(max(0, count - meter.limit) for meter, _, count in taken),
        over_real_time=_over(_windows(decisions, own_clock=False)),
        windows=(min(asked_for), max(asked_for)) if asked_for else None,
        shortfall=sum(max(0, min(meter.limit, len(calls)) - count) for meter, calls, count in taken) / due,
        displaced=sum(call.is_admitted for meter, calls, _ in taken for call in calls[meter.limit :]) / due,
        refused=1 - admitted / len(decisions),
        cold_writes_per_call=cold.write_units / max(1, len(decisions) - len(warm)),
        writes_per_call=writes / len(warm),
        writes_per_admitted=writes / max(1, sum(decision.is_admitted for decision in warm)),
        added_mean=sum(added) / len(added),
        added_p50=_percentile(added, 0.5),
        added_p99=_percentile(added, 0.99),
        window_start_p99=_percentile(starts, 0.99) if starts else 0.0,
        retry_after_error=_retry_after_error(decisions),
        dollars_per_million=(writes * DOLLARS_PER_WRITE_UNIT + reads * DOLLARS_PER_READ_UNIT) / len(warm) * 1e6,
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


def _comes_at_start(decision: Decision) -> bool:
    return decision.started % decision.entities[0].meters[0].seconds < WINDOW_START_SECONDS


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _retry_after_error(decisions: Iterable[Decision]) -> float | None:
    """How far off, on average, the moment was that a refusal named: a call was admitted before it, or refused after it.

    By `next_access`: `Retry-After` itself says whole seconds, rounded up. Only of calls that one entity counts.
    """
    admitted: dict[str, list[float]] = defaultdict(list)
    refused: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for decision in sorted(decisions, key=lambda decision: decision.decided):
        if len(decision.entities) > 1:
            continue
        if decision.is_admitted:
            admitted[decision.entities[0].key].append(decision.decided)
        elif decision.next_access is not None:
            refused[decision.entities[0].key].append((decision.decided, decision.next_access))
    errors = [_error(at, named, admitted[key], refusals) for key, refusals in refused.items() for at, named in refusals]
    return sum(errors) / len(errors) if errors else None


def _error(at: float, named: float, admitted: Sequence[float], refusals: Sequence[tuple[float, float]]) -> float:
    place = bisect_right(admitted, at)
    following = admitted[place] if place < len(admitted) else math.inf
    if following < named:
        return named - following
    last = bisect_right(refusals, (min(following, refusals[-1][0]), math.inf)) - 1
    return max(0.0, refusals[last][0] - named)
