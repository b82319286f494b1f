"""The fleet: environments that serve one call each, and the routing that picks the next one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.dataplane.gateway import UPKEEP_SECONDS
from gatehouse.dataplane.throttle.meter import Admitted
from tests.load.measures import Decision

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from tests.load.environment import Beside, Environment
    from tests.load.strategies import Strategy
    from tests.load.timeline import Timeline
    from tests.load.workloads import Entities

GIVE_BACK_SECONDS = 0.25
"""How long an environment that ends gives back, as in the settings."""


class Routing(StrEnum):
    """Which warm environment gets the next call. Lambda does not say; the truth lies somewhere between these."""

    RANDOM = "random"
    MOST_RECENT = "most recently used"


@dataclass(frozen=True)
class Server:
    """One environment and what it counts with."""

    environment: Environment
    beside: Beside
    strategy: Strategy


@dataclass
class Fleet:
    """`make` starts an environment. Calls that find none free wait for one; their wait is not added latency."""

    timeline: Timeline
    chance: random.Random
    make: Callable[[], Server]
    size: int
    routing: Routing
    backend_seconds: float
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._idle = [self.make() for _ in range(self.size)]
        self._queue: deque[Entities] = deque()
        self._ending = 0

    def receive(self, calls: Iterator[tuple[float, Entities]], start: float) -> None:
        """Serve these calls, each when it comes."""
        following = next(calls, None)
        if following is None:
            return
        moment, entities = following

        def arrive() -> None:
            self._queue.append(entities)
            self._dispatch()
            self.receive(calls, start)

        self.timeline.at(start + moment, arrive)

    def churn(self, life_seconds: float, *, gracefully: bool) -> None:
        """End an environment now and then, so that each lives so long, and start another in its place."""

        def end() -> None:
            self._end(gracefully=gracefully)
            self.timeline.at(self.timeline.now + life_seconds / self.size, end)

        self.timeline.at(self.timeline.now + life_seconds / self.size, end)

    def _dispatch(self) -> None:
        while self._queue and self._idle:
            server, entities = self._pick(), self._queue.popleft()
            self.timeline.start(lambda server=server, entities=entities: self._serve(server, entities))  # type: ignore[misc]

    def _pick(self) -> Server:
        if self.routing is Routing.RANDOM:
            index = self.chance.randrange(len(self._idle))
            self._idle[index], self._idle[-1] = self._idle[-1], self._idle[index]
        return self._idle.pop()

    def _serve(self, server: Server, entities: Entities) -> None:
        environment, strategy, timeline = server.environment, server.strategy, self.timeline
        environment.thaw()
        started = timeline.now
        verdict = strategy.admit(entities)
        believed = environment.now() + strategy.clock_offset_seconds
        decision = Decision(entities, verdict, started, timeline.now, believed)
        self.decisions.append(decision)
        if isinstance(verdict, Admitted):
            upkeep = server.beside.submit(strategy.upkeep, verdict) if strategy.upkeep_due(verdict) else None
            environment.sleep(self.backend_seconds)
            if upkeep is not None and not upkeep.done():
                answered = timeline.now
                environment.wait(upkeep, UPKEEP_SECONDS)
                decision.added_seconds += timeline.now - answered
        environment.freeze()
        self._idle.append(server)
        self._dispatch()

    def _end(self, *, gracefully: bool) -> None:
        if not self._idle:
            return
        server = self._idle.pop(self.chance.randrange(len(self._idle)))
        self._idle.append(self.make())
        if gracefully:
            server.beside.in_turn = True
            server.environment.thaw()
            self.timeline.start(lambda: server.strategy.give_back_all(GIVE_BACK_SECONDS))
