"""Scenarios: what is called on which fleet, what happens to it meanwhile, and which ways to count are compared.

The short form has fewer windows, the smaller fleets, and mostly the leases alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.rules import OnFault
from gatehouse.dataplane.throttle.sizing import STRICT
from tests.load.fleet import Routing
from tests.load.scenario import ALL_WAYS, Scenario, Topic
from tests.load.strategies import LEASES, SYNC
from tests.load.workloads import MINUTE, four_policies, one_key, poisson, steady, surges, zipf

if TYPE_CHECKING:
    from collections.abc import Iterator


def full() -> list[Scenario]:
    """Everything that docs/benchmarks.md shows."""
    return [
        *_slow_clients(windows=10),
        *_small_loads(windows=10),
        *_loads((10, 5, 2)),
        *_crowds(),
        *_turns(),
        *[_tenants(environments, 2, epsilon) for environments in (25, 50, 200) for epsilon in (0.0, 0.05)],
        _tenants(50, 2, 0.0, exponent=1.1),
        *_policies(),
        *_deaths(windows=5),
        *_outages(),
        *_clocks(windows=3),
    ]


def short() -> list[Scenario]:
    """What `make bench` and the tests have the time for."""
    compared = [*_slow_clients(windows=3), *_small_loads(windows=5)]
    alone = [
        *_loads((5, 3, 0)),
        *_turns(),
        *_outages(),
        *_deaths(windows=2),
        *_clocks(windows=2),
        _tenants(25, 2, 0.05),
        next(_policies()),
    ]
    return [*compared, *(replace(scenario, ways=(LEASES,)) for scenario in alone)]


def _slow_clients(windows: int) -> Iterator[Scenario]:
    seconds = windows * MINUTE
    for environments in (1, 10, 100):
        yield Scenario(
            name=f"10 per minute, a call every 2 s, {environments} env.",
            topic=Topic.SLOW_CLIENT,
            calls=steady(2.0, seconds, one_key(10)),
            environments=environments,
            seconds=seconds,
            ways=ALL_WAYS,
        )


def _small_loads(windows: int) -> Iterator[Scenario]:
    for rate, load, limit in ((1, 0.6, 100), (1, 2, 30), (10, 0.6, 1000), (10, 2, 300)):
        yield replace(_load(load, rate, limit, 3, windows * MINUTE), ways=ALL_WAYS)


def _loads(windows: tuple[int, int, int]) -> Iterator[Scenario]:
    """As much as the fleet can bear: half of its environments are busy while no call is refused."""
    for environments, rate, count in zip((1, 10, 100), (10, 100, 1000), windows, strict=True):
        for load in (0.6, 2, 10) if count else ():
            limit = round(rate * MINUTE / load)
            ways = ALL_WAYS if environments < 100 or load == 10 else (LEASES,)
            yield replace(_load(load, rate, limit, environments, count * MINUTE), ways=ways)


def _load(load: float, rate: float, limit: int, environments: int, seconds: float) -> Scenario:
    return Scenario(
        name=f"{load:g}x load, {rate:.0f} calls/s, {limit:,} per minute, {environments:,} env.",
        topic=Topic.LOAD,
        load=load,
        calls_per_second=rate,
        calls=poisson(rate, seconds, one_key(limit)),
        environments=environments,
        seconds=seconds,
    )


def _crowds() -> Iterator[Scenario]:
    """A limit of 5,000 called ten times as often, by ever more environments."""
    for environments, windows in ((10, 2), (100, 4), (1000, 2)):
        crowd = replace(_load(10, 5000 * 10 / MINUTE, 5000, environments, windows * MINUTE), topic=Topic.CROWD)
        yield replace(crowd, ways=ALL_WAYS if environments == 100 else (LEASES, SYNC))
        if environments == 100:
            yield replace(crowd, name=f"{crowd.name}, strict", preset=STRICT)
            yield replace(crowd, name=f"{crowd.name}, most recent first", routing=Routing.MOST_RECENT)


def _turns() -> Iterator[Scenario]:
    """From quiet to busy, from one window to the next, from one environment to the same one again."""
    yield Scenario(
        name="2,000 calls in 1 s after 75 s of quiet, 1,000 per minute, 100 env.",
        topic=Topic.SURGE,
        calls=surges(2000, 1.0, (75.0, 195.0), one_key(1000)),
        environments=100,
        seconds=4 * MINUTE,
        ways=ALL_WAYS,
    )
    recent = _load(10, 100, 600, 10, 2 * MINUTE)
    yield replace(recent, name=f"{recent.name}, most recent first", routing=Routing.MOST_RECENT)
    yield Scenario(
        name="window boundaries: 0.6x load, 100 calls/s, 1,667 per 10 s, 10 env.",
        topic=Topic.BOUNDARY,
        calls=poisson(100, 150, one_key(1667, seconds=10)),
        environments=10,
        seconds=150,
        ways=ALL_WAYS,
    )


def _tenants(environments: int, windows: int, epsilon: float, exponent: float = 1.0) -> Scenario:
    rate, seconds = 10 * environments if environments < 100 else 500, windows * MINUTE
    form = f"soft, eps {epsilon:.0%}" if epsilon else "hard"
    return Scenario(
        name=f"10,000 keys (zipf {exponent:.1f}), {rate} calls/s, 5,000 per minute each, {form}, {environments} env.",
        topic=Topic.TENANTS,
        calls=poisson(rate, seconds, zipf(10_000, 5000, exponent=exponent, soft=epsilon > 0)),
        environments=environments,
        seconds=seconds,
        epsilon=epsilon,
        ways=ALL_WAYS if environments == 50 and not epsilon and exponent == 1 else (LEASES,),
    )


def _policies() -> Iterator[Scenario]:
    seconds = 2 * MINUTE
    exact = Scenario(
        name="4 policies per call, 200 calls/s, 300 users of 120 per minute, 40 env.",
        topic=Topic.POLICIES,
        calls=poisson(200, seconds, four_policies()),
        environments=40,
        seconds=seconds,
    )
    yield exact
    softly = poisson(200, seconds, four_policies(soft_users=True))
    yield replace(exact, name=f"{exact.name}, users soft, eps 34 %", calls=softly, epsilon=0.34)
    with_bursts = poisson(200, seconds, four_policies(burst=100))
    yield replace(exact, name=f"{exact.name}, bursts of 100 per second", calls=with_bursts, ways=ALL_WAYS)


def _deaths(windows: int) -> Iterator[Scenario]:
    lasting = replace(_load(1.2, 100, 5000, 50, windows * MINUTE), topic=Topic.DEATHS)
    yield lasting
    yield replace(lasting, name=f"{lasting.name}, each crashing every 60 s", life_seconds=60)
    yield replace(lasting, name=f"{lasting.name}, each ending gracefully every 60 s", life_seconds=60, gracefully=True)


def _outages() -> Iterator[Scenario]:
    for load, on_fault in ((0.6, OnFault.CLOSED), (0.6, OnFault.SHARE), (10, OnFault.SHARE)):
        base = _load(load, 50, round(50 * MINUTE / load), 10, 4 * MINUTE)
        yield replace(
            base,
            name=f"30 s without a store, {on_fault}: {base.name}",
            topic=Topic.OUTAGE,
            on_fault=on_fault,
            down=((75.0, 105.0),),
            ways=ALL_WAYS if on_fault is OnFault.CLOSED else (LEASES,),
        )


def _clocks(windows: int) -> Iterator[Scenario]:
    for skew in (0.002, 1.0, 30.0):
        base = _load(10, 100, 600, 10, windows * MINUTE)
        name = f"clocks off by up to {skew:g} s: {base.name}"
        yield replace(base, name=name, topic=Topic.CLOCKS, skew_seconds=skew)
