"""Scenarios: what is called on which fleet, what happens to it meanwhile, and which ways to count are compared.

All but those of `_LONG` are the short form, with fewer windows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.rules import OnFault, Rules
from gatehouse.dataplane.throttle.sizing import BALANCED, STRICT
from tests.load.environment import Beside, Environment
from tests.load.fleet import Fleet, Routing, Server
from tests.load.measures import figures
from tests.load.store import Connection, Store
from tests.load.strategies import LEASES, PER_CALL, STRATEGIES, SYNC
from tests.load.timeline import Timeline
from tests.load.workloads import MINUTE, bursts, four_policies, one_key, poisson, steady, zipf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.dataplane.throttle.sizing import Preset
    from tests.load.measures import Figures
    from tests.load.workloads import Workload

START = 1_800_000_000
"""Epoch seconds; a minute, an hour and a day begin."""

DRAIN_SECONDS = 2.0
"""How long after the last call a run goes on, so that every call ends."""

SEED = 7
ALL = (LEASES, PER_CALL, SYNC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`skew_seconds` is how far clocks are off at most, either way; `life_seconds` how long an environment lives.

    `down` are times without a store, in seconds since the run began.
    """

    name: str
    calls: Workload
    environments: int
    seconds: float
    ways: tuple[str, ...] = (LEASES,)
    routing: Routing = Routing.RANDOM
    preset: Preset = BALANCED
    on_fault: OnFault = OnFault.CLOSED
    epsilon: float = 0.0
    skew_seconds: float = 0.0
    down: tuple[tuple[float, float], ...] = ()
    life_seconds: float = 0.0
    gracefully: bool = False
    backend_seconds: float = 0.05

    @property
    def is_exact(self) -> bool:
        """Whether leases must never admit too much: always, unless the deployment decided otherwise."""
        return self.on_fault is OnFault.CLOSED

    def run(self, way: str) -> Figures:
        """The same calls, latencies and routing each time."""
        random.seed(SEED)  # the engine draws its jitter there
        timeline = Timeline(START)
        store = Store(timeline, random.Random(SEED), down=tuple((START + a, START + b) for a, b in self.down))
        fleet = self._fleet(timeline, store, way)
        fleet.receive(self.calls(random.Random(SEED)), START)
        if self.life_seconds:
            fleet.churn(self.life_seconds, gracefully=self.gracefully)
        timeline.run(START + self.seconds + DRAIN_SECONDS)
        return figures(fleet.decisions, store)

    def _fleet(self, timeline: Timeline, store: Store, way: str) -> Fleet:
        chance = random.Random(SEED)
        rules = Rules(
            environments_max=self.environments, preset=self.preset, on_fault=self.on_fault, epsilon=self.epsilon
        )

        def make() -> Server:
            skew = chance.uniform(-self.skew_seconds, self.skew_seconds)
            environment = Environment(timeline, skew_seconds=skew)
            beside = Beside(environment)
            return Server(
                environment, beside, STRATEGIES[way](environment, beside, Connection(store, environment), rules)
            )

        return Fleet(timeline, chance, make, self.environments, self.routing, self.backend_seconds)


def full() -> list[Scenario]:
    """Everything that docs/benchmarks.md shows."""
    return [*_slow_clients(windows=10), *_grid((10, 5, 2)), *_long(), *_special(windows=3)]


def short() -> list[Scenario]:
    """What `make bench` and the tests have the time for."""
    return [*_slow_clients(windows=3), *_grid((10, 4, 0)), *_special(windows=2)]


def _slow_clients(windows: int) -> Iterator[Scenario]:
    seconds = windows * MINUTE
    for environments in (1, 10, 100):
        calls = steady(2.0, seconds, one_key(10))
        yield Scenario(
            name=f"10 per minute, a call every 2 s, {environments} env.",
            calls=calls,
            environments=environments,
            seconds=seconds,
            ways=ALL,
        )


def _grid(windows: tuple[int, int, int]) -> Iterator[Scenario]:
    """The load is what the fleet can bear: half of its environments are busy when no call is refused."""
    for environments, rate, count in zip((1, 10, 100), (10, 100, 1000), windows, strict=True):
        seconds = count * MINUTE
        for load in (0.6, 2, 10) if count else ():
            limit = round(rate * MINUTE / load)
            yield Scenario(
                name=f"{load:g}x load, {rate} calls/s, {limit:,} per minute, {environments} env.",
                calls=poisson(rate, seconds, one_key(limit)),
                environments=environments,
                seconds=seconds,
                ways=ALL,
            )


def _long() -> Iterator[Scenario]:
    """What takes the time: 833 calls/s on a limit of 5,000, and large fleets."""
    seconds = 2 * MINUTE
    calls = poisson(5000 * 10 / MINUTE, seconds, one_key(5000))
    for environments in (10, 100, 1000):
        name = f"10x load, 833 calls/s, 5,000 per minute, {environments:,} env."
        yield Scenario(name=name, calls=calls, environments=environments, seconds=seconds, ways=ALL)
    name = "10x load, 833 calls/s, 5,000 per minute, 100 env."
    yield Scenario(
        name=f"{name}, strict", calls=calls, environments=100, seconds=seconds, preset=STRICT
    )
    yield Scenario(
        name=f"{name}, most recent first", calls=calls, environments=100, seconds=seconds, routing=Routing.MOST_RECENT
    )
    for environments in (25, 200):
        yield _tenants(environments, windows=3, epsilon=0.0)
        yield _tenants(environments, windows=3, epsilon=0.05)


def _special(windows: int) -> Iterator[Scenario]:
    yield from _slow_keys(windows)
    yield from _surges()
    for epsilon in (0.0, 0.05):
        yield _tenants(50, windows=windows, epsilon=epsilon)
    yield from _policies(windows)
    yield from _deaths(windows)
    yield from _outages()
    yield from _clocks(windows)


def _slow_keys(windows: int) -> Iterator[Scenario]:
    for rate, load, limit in ((1, 0.6, 100), (1, 2, 30), (10, 0.6, 1000), (10, 2, 300)):
        seconds = (10 if rate == 1 else windows) * MINUTE
        name = f"{load:g}x load, {rate} calls/s, {limit:,} per minute, 3 env."
        yield Scenario(name=name, calls=poisson(rate, seconds, one_key(limit)), environments=3, seconds=seconds, ways=ALL)


def _surges() -> Iterator[Scenario]:
    calls = bursts(2000, 1.0, (75.0, 195.0), one_key(1000))
    yield Scenario(
        name="2,000 calls in 1 s after 75 s of quiet, 1,000 per minute, 100 env.",
        calls=calls,
        environments=100,
        seconds=4 * MINUTE,
        ways=ALL,
    )
    seconds = 2 * MINUTE
    yield Scenario(
        name="10x load, 100 calls/s, 600 per minute, 10 env., most recent first",
        calls=poisson(100, seconds, one_key(600)),
        environments=10,
        seconds=seconds,
        routing=Routing.MOST_RECENT,
    )
    yield Scenario(
        name="window boundary: 100 calls/s, 2,000 per 10 s, 10 env.",
        calls=poisson(100, 100, one_key(2000, seconds=10)),
        environments=10,
        seconds=100,
        ways=ALL,
    )


def _tenants(environments: int, windows: int, epsilon: float) -> Scenario:
    rate, seconds = 10 * environments if environments < 100 else 500, windows * MINUTE
    form = f"soft, eps {epsilon:.0%}" if epsilon else "hard"
    return Scenario(
        name=f"10,000 keys (zipf 1.0), {rate} calls/s, 5,000 per minute each, {form}, {environments} env.",
        calls=poisson(rate, seconds, zipf(10_000, 5000, soft=epsilon > 0)),
        environments=environments,
        seconds=seconds,
        epsilon=epsilon,
        ways=ALL if environments == 50 and not epsilon else (LEASES,),
    )


def _policies(windows: int) -> Iterator[Scenario]:
    seconds = (windows - 1) * MINUTE
    for soft in (False, True):
        yield Scenario(
            name=f"4 policies per call, 200 calls/s, 300 users of 120 per minute{' (soft, eps 34 %)' if soft else ''}, 40 env.",
            calls=poisson(200, seconds, four_policies(soft_users=soft)),
            environments=40,
            seconds=seconds,
            epsilon=0.34 if soft else 0.0,
            ways=(LEASES,) if soft else ALL,
        )


def _deaths(windows: int) -> Iterator[Scenario]:
    seconds = windows * MINUTE
    for how in ("crashing", "ending gracefully"):
        yield Scenario(
            name=f"1.2x load, 100 calls/s, 5,000 per minute, 50 env., each {how} every 60 s",
            calls=poisson(100, seconds, one_key(5000)),
            environments=50,
            seconds=seconds,
            life_seconds=60,
            gracefully=how != "crashing",
        )


def _outages() -> Iterator[Scenario]:
    seconds = 4 * MINUTE
    for load, on_fault in ((0.6, OnFault.CLOSED), (0.6, OnFault.SHARE), (10, OnFault.SHARE)):
        limit = round(50 * MINUTE / load)
        yield Scenario(
            name=f"30 s without a store, {on_fault}: {load:g}x load, 50 calls/s, {limit:,} per minute, 10 env.",
            calls=poisson(50, seconds, one_key(limit)),
            environments=10,
            seconds=seconds,
            on_fault=on_fault,
            down=((75.0, 105.0),),
            ways=ALL if on_fault is OnFault.CLOSED else (LEASES,),
        )


def _clocks(windows: int) -> Iterator[Scenario]:
    seconds = windows * MINUTE
    for skew in (0.002, 1.0, 30.0):
        yield Scenario(
            name=f"clocks off by up to {skew:g} s: 10x load, 100 calls/s, 600 per minute, 10 env.",
            calls=poisson(100, seconds, one_key(600)),
            environments=10,
            seconds=seconds,
            skew_seconds=skew,
        )
