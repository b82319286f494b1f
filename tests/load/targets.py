"""The targets: what leases must reach, each beside the scenarios that show it. Where several do, the worst counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.load.fleet import Routing
from tests.load.scenario import Topic
from tests.load.strategies import LEASES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.load.measures import Figures
    from tests.load.scenario import Scenario

    Results = Sequence[tuple[Scenario, Mapping[str, Figures]]]
    """What came of each scenario, by the way to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """At most `most` of a figure in every scenario `where` it is shown. With `why_missed` it is a wish, not a promise."""

    name: str
    where: Callable[[Scenario], bool]
    figure: Callable[[Figures], float]
    most: float
    form: str = "{:.4g}"
    why_missed: str = ""

    def found(self, results: Results) -> float | None:
        """The worst figure; None when no such scenario was run."""
        return max((self.figure(ways[LEASES]) for scenario, ways in results if self.where(scenario)), default=None)

    def shown(self, value: float) -> str:
        return self.form.format(value)


def _about(topic: Topic, *, over: float = 0.0, under: float = 100.0, rate: float = 0.0) -> Callable[[Scenario], bool]:
    """Scenarios of a topic by their load and, unless 0, their pace; random routing, the default preset."""

    def holds(scenario: Scenario) -> bool:
        is_plain = scenario.routing is Routing.RANDOM and scenario.preset.zeta < 0.01
        return (
            scenario.topic is topic
            and is_plain
            and over <= scenario.load < under
            and (not rate or rate == min(100, scenario.calls_per_second))
        )

    return holds


def _crowd(environments: int) -> Callable[[Scenario], bool]:
    return lambda scenario: _about(Topic.CROWD)(scenario) and scenario.environments == environments


def _named(part: str) -> Callable[[Scenario], bool]:
    return lambda scenario: part in scenario.name


def _named_all(*parts: str) -> Callable[[Scenario], bool]:
    return lambda scenario: all(part in scenario.name for part in parts)


def _is_one_key(scenario: Scenario) -> bool:
    return _about(Topic.LOAD)(scenario) or (_about(Topic.CROWD)(scenario) and scenario.environments <= 100)


def _is_leased_ahead(scenario: Scenario) -> bool:
    """Limits below 100 are counted call by call: every admitted call waits for its write, and that is the point."""
    return _is_one_key(scenario) and scenario.calls_per_second * 60 / scenario.load >= 100


def _off_ten(figures: Figures) -> float:
    return max(abs(count - 10) for count in figures.windows or (0,))


def _milliseconds(figure: Callable[[Figures], float]) -> Callable[[Figures], float]:
    return lambda figures: figure(figures) * 1000


UNKNOWN_WORKLOAD = "the target names neither the pace nor how calls spread over the keys"

TARGETS = (
    Target(
        name="over-admission, in calls, whatever happens (exact mode)",
        where=lambda scenario: scenario.is_exact,
        figure=lambda figures: figures.over_calls,
        most=0,
    ),
    Target(
        name="over-admission by the true time, clocks 2 ms off",
        where=_named("clocks off by up to 0.002 s"),
        figure=lambda figures: figures.over_real_time,
        most=0.0002,
        form="{:.2%}",
    ),
    Target(
        name="over-admission of the share mode, 30 s outage",
        where=lambda scenario: not scenario.is_exact,
        figure=lambda figures: figures.over,
        most=0.06,
        form="{:.2%}",
    ),
    Target(
        name="10 per minute: off 10 in any window, any number of environments",
        where=_about(Topic.SLOW_CLIENT),
        figure=_off_ten,
        most=0,
    ),
    Target(
        name="shortfall, one key, random routing",
        where=_is_one_key,
        figure=lambda figures: figures.shortfall,
        most=0,
        form="{:.2%}",
    ),
    Target(
        name="shortfall at 10x, most recent first",
        where=lambda scenario: scenario.routing is Routing.MOST_RECENT,
        figure=lambda figures: figures.shortfall,
        most=0.02,
        form="{:.2%}",
    ),
    Target(
        name="displaced, up to 100 environments",
        where=_is_one_key,
        figure=lambda figures: figures.displaced,
        most=0.02,
        form="{:.2%}",
    ),
    Target(
        name="displaced, strict, 100 environments",
        where=lambda scenario: scenario.name.endswith("strict"),
        figure=lambda figures: figures.displaced,
        most=0.007,
        form="{:.2%}",
    ),
    Target(
        name="displaced, 1,000 environments",
        where=_crowd(1000),
        figure=lambda figures: figures.displaced,
        most=0.05,
        form="{:.2%}",
    ),
    *(
        Target(
            name=f"writes per call below the limit, {rate} calls/s{' or more' if rate == 100 else ''}",
            where=_about(Topic.LOAD, under=1, rate=rate),
            figure=lambda figures: figures.writes_per_call,
            most=most,
        )
        for rate, most in ((1, 0.55), (10, 0.06), (100, 0.01))
    ),
    *(
        Target(
            name=f"writes per call at 2 to 10x, {rate} calls/s{' or more' if rate == 100 else ''}",
            where=_about(Topic.LOAD, over=2, rate=rate),
            figure=lambda figures: figures.writes_per_call,
            most=most,
        )
        for rate, most in ((10, 0.11), (100, 0.025))
    ),
    Target(
        name="writes per call at 10x, 5,000 per minute, 1,000 environments",
        where=_crowd(1000),
        figure=lambda figures: figures.writes_per_call,
        most=0.08,
    ),
    *(
        Target(
            name=f"writes per admitted call at 10x, 5,000 per minute, {environments:,} environments",
            where=_crowd(environments),
            figure=lambda figures: figures.writes_per_admitted,
            most=most,
        )
        for environments, most in ((10, 0.04), (100, 0.17), (1000, 0.74))
    ),
    *(
        Target(
            name=f"writes per call, 10,000 keys ({spread}), {form}, {environments} environments",
            where=_named_all(spread, f"{form}, {environments} env."),
            figure=lambda figures: figures.writes_per_call,
            most=most,
            why_missed=why,
        )
        for spread, form, environments, most, why in (
            ("zipf 1.1", "hard", 50, 0.6, ""),
            ("zipf 1.0", "hard", 50, 0.6, UNKNOWN_WORKLOAD),
            ("zipf 1.0", "soft, eps 5%", 25, 0.06, UNKNOWN_WORKLOAD),
            ("zipf 1.0", "soft, eps 5%", 50, 0.09, UNKNOWN_WORKLOAD),
            ("zipf 1.0", "soft, eps 5%", 200, 0.21, UNKNOWN_WORKLOAD),
        )
    ),
    Target(
        name="writes per call, 4 policies",
        where=lambda scenario: scenario.topic is Topic.POLICIES and scenario.name.endswith("40 env."),
        figure=lambda figures: figures.writes_per_call,
        most=1.7,
    ),
    Target(
        name="writes per call, 4 policies, users soft",
        where=_named("users soft"),
        figure=lambda figures: figures.writes_per_call,
        most=0.6,
    ),
    Target(
        name="added latency, median, limits of 100 or more",
        where=_is_leased_ahead,
        figure=_milliseconds(lambda figures: figures.added_p50),
        most=0,
        form="{:.2f} ms",
    ),
    Target(
        name="added latency, mean, limits of 100 or more",
        where=_is_leased_ahead,
        figure=_milliseconds(lambda figures: figures.added_mean),
        most=0.3,
        form="{:.2f} ms",
    ),
    Target(
        name="added latency, 99th percentile",
        where=_is_one_key,
        figure=_milliseconds(lambda figures: figures.added_p99),
        most=8,
        form="{:.2f} ms",
    ),
    Target(
        name="the same in the first half second of a window",
        where=_about(Topic.BOUNDARY),
        figure=_milliseconds(lambda figures: figures.window_start_p99),
        most=0,
        form="{:.2f} ms",
    ),
    Target(
        name="refused in 4 minutes of 0.6x with 30 s without a store, closed",
        where=_named("without a store, closed"),
        figure=lambda figures: figures.refused,
        most=0.05,
        form="{:.2%}",
    ),
    Target(
        name="the same, share",
        where=_named("without a store, share: 0.6x"),
        figure=lambda figures: figures.refused,
        most=0,
        form="{:.2%}",
    ),
    Target(
        name="shortfall at 1.2x, 50 environments that crash every 60 s",
        where=_named("crashing"),
        figure=lambda figures: figures.shortfall,
        most=0.07,
        form="{:.2%}",
    ),
    Target(
        name="the same, ending gracefully",
        where=_named("gracefully"),
        figure=lambda figures: figures.shortfall,
        most=0,
        form="{:.2%}",
    ),
    *(
        Target(
            name=f"error of Retry-After at {load}x",
            where=lambda scenario, load=load: _is_one_key(scenario) and scenario.load == load,  # type: ignore[misc]
            figure=lambda figures: figures.retry_after_error or 0.0,
            most=most,
            form="{:.2f} s",
        )
        for load, most in ((2, 0.7), (10, 0.3))
    ),
)
