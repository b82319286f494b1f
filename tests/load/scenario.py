"""A scenario: a workload on a fleet, and what happens to both. Every run of one is the same, to the last digit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.rules import OnFault, Rules
from gatehouse.dataplane.throttle.sizing import BALANCED
from tests.load.environment import Beside, Environment
from tests.load.fleet import Fleet, Routing, Server
from tests.load.measures import Bill, figures
from tests.load.store import Connection, Store
from tests.load.strategies import LEASES, PER_CALL, STRATEGIES, SYNC
from tests.load.timeline import Timeline
from tests.load.workloads import MINUTE

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.sizing import Preset
    from tests.load.measures import Figures
    from tests.load.workloads import Workload

START = 1_800_000_000
"""Epoch seconds; a minute, an hour and a day begin."""

WARMING_SECONDS = MINUTE
"""After so long environments are warm, and costs are counted."""

DRAIN_SECONDS = 2.0
"""How long after the last call a run goes on, so that every call ends."""

SEED = 7
ALL_WAYS = (LEASES, PER_CALL, SYNC)


class Topic(Enum):
    """What a scenario is about; targets are held against topics."""

    SLOW_CLIENT = auto()
    LOAD = auto()
    CROWD = auto()
    SURGE = auto()
    BOUNDARY = auto()
    TENANTS = auto()
    POLICIES = auto()
    DEATHS = auto()
    OUTAGE = auto()
    CLOCKS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`load` is what is called over what the limit allows; 0 where that says nothing.

    `skew_seconds` is how far clocks are off at most, either way; `life_seconds` how long an environment lives, 0 for ever.
    `down` are times without a store, in seconds since the run began.
    """

    name: str
    topic: Topic
    calls: Workload
    environments: int
    seconds: float
    load: float = 0.0
    calls_per_second: float = 0.0
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
        """The same calls each time, whatever counts them."""
        random.seed(SEED)  # the engine draws its jitter there
        timeline = Timeline(START)
        store = Store(timeline, random.Random(SEED), down=tuple((START + a, START + b) for a, b in self.down))
        fleet = self._fleet(timeline, store, way)
        fleet.receive(self.calls(random.Random(SEED)), START)
        if self.life_seconds:
            fleet.churn(self.life_seconds, gracefully=self.gracefully)
        timeline.run(START + WARMING_SECONDS)
        cold = Bill(timeline.now, store.write_units, store.read_units)
        timeline.run(START + self.seconds + DRAIN_SECONDS)
        return figures(fleet.decisions, cold=cold, whole=Bill(timeline.now, store.write_units, store.read_units))

    def _fleet(self, timeline: Timeline, store: Store, way: str) -> Fleet:
        chance = random.Random(SEED)
        rules = Rules(
            environments_max=self.environments, preset=self.preset, on_fault=self.on_fault, epsilon=self.epsilon
        )

        def make() -> Server:
            skew = chance.uniform(-self.skew_seconds, self.skew_seconds)
            environment = Environment(timeline, skew_seconds=skew)
            beside = Beside(environment)
            strategy = STRATEGIES[way](environment, beside, Connection(store, environment), rules)
            return Server(environment, beside, strategy)

        return Fleet(timeline, chance, make, self.environments, self.routing, self.backend_seconds)
