"""A fleet: environments over one store, each at any point of what it does, and whatever may go wrong on the way.

Activities are greenlets: code that asks the store stands still on the way there and on the way back, until chance lets it
go on. So requests and replies of many environments cross each other, arrive late, twice or not at all.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from greenlet import getcurrent, greenlet

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.lessor import KEPT_SECONDS
from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted
from gatehouse.domain.throttling.counter import window_end
from gatehouse.ports.throttling.counters import CounterBusy, CountersDown
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    from gatehouse.dataplane.throttle.claims import Claim
    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Costs, Entity, Verdict
    from gatehouse.ports.throttling.counters import Ask, Ledger

START = 1_700_000_000.0
PAUSES = (*[0.0] * 60, *[0.005] * 30, *[0.05] * 8, 0.5, 5.0)
"""How many seconds pass between two things that happen."""

Answer = TypeVar("Answer")
Count = tuple[str, str]
"""A counter: the key of its entity and its name."""


class InlineExecutor(Executor):
    """Runs work at once, on the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True, kw_only=True)
class Faults:
    """How often, as shares of 1: of requests to the store, and (from `crashes` on) of moments of the fleet."""

    lost_requests: float = 0.0  # half of them arrive later
    lost_replies: float = 0.0
    duplicates: float = 0.0  # the second one arrives later
    busy: float = 0.0
    crashes: float = 0.0
    ends: float = 0.0  # announced: what is leased is given back
    restores: float = 0.0


class Environment:
    """One environment, whose clock is off by `skew_seconds`: the `Clock` of its throttle, and its way to the store."""

    def __init__(self, fleet: Fleet, skew_seconds: float) -> None:
        self._fleet = fleet
        self._skew_seconds = skew_seconds
        self.throttle = Throttle(self, self, InlineExecutor(), pause=self._pause, **fleet.rules)
        self.is_serving = False

    def now(self) -> float:
        return self._fleet.time + self._skew_seconds

    def corrected_now(self) -> float:
        return self.now() + self.throttle.clock_offset_seconds

    def holdings(self) -> list[tuple[str, Holding]]:
        return self.throttle._holdings.all()

    def call(self, entities: Sequence[Entity], costs: Costs, actual: Costs) -> None:
        """Serve a call: admit it, do upkeep beside the backend, settle."""
        self.is_serving = True
        verdict = self.throttle.admit(entities, costs)
        self._fleet.decided(self, verdict)
        if isinstance(verdict, Admitted):
            if self.throttle.upkeep_due(verdict):
                self._fleet.start(self, lambda: self.throttle.upkeep(verdict))
            self._fleet.interrupt()
            claims = list(verdict.claims)
            self.throttle.settle(verdict, actual)
            self._fleet.settled(claims, verdict.at, actual)
        self.is_serving = False

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        self._fleet.watch_lease(self, entity, asks, forget)
        ledger = self._sent(lambda: self._fleet.ledger.lease(entity, asks, expires_at=expires_at, forget=forget))
        return replace(ledger, server_time=float(int(self._fleet.time)))

    def read(self, entity: str) -> Ledger:
        return self._sent(lambda: self._fleet.ledger.read(entity))

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        returned = {(entity, name): count for name, count in tokens.items()}
        self._fleet.returning.setdefault(request, returned)
        self._fleet.check_sums()

        def deliver() -> bool:
            taken = self._fleet.ledger.give_back(entity, tokens, request=request)
            if taken:
                self._fleet.returning[request] = {}
            return taken

        return self._sent(deliver)

    def _sent(self, deliver: Callable[[], Answer]) -> Answer:
        fleet, faults, chance = self._fleet, self._fleet.faults, self._fleet.chance
        fleet.interrupt()
        if fleet.down or chance.random() < faults.lost_requests:
            if not fleet.down and chance.random() < 0.5:
                fleet.start(None, deliver)
            raise CountersDown
        if chance.random() < faults.busy:
            raise CounterBusy
        answer = deliver()
        if chance.random() < faults.duplicates:
            fleet.start(None, deliver)
        fleet.interrupt()
        if chance.random() < faults.lost_replies:
            raise CountersDown
        return answer

    def _pause(self, _seconds: float) -> None:
        self._fleet.interrupt()


class Fleet:
    """`spent` is what was admitted, by counter; `used` what it was settled to. Environments come and go, `size` at a time."""

    def __init__(
        self, chance: Random, entities: Sequence[Entity], *, size: int, faults: Faults, skew: float = 0.0, **rules: Any
    ) -> None:
        self.chance = chance
        self.entities = entities
        self.faults = faults
        self.rules: dict[str, Any] = {"environments_max": max(size, 1), **rules}
        self.time = START
        self.ledger = InMemoryCounters()
        self.down = False
        self.spent: Counter[Count] = Counter()
        self.used: Counter[Count] = Counter()
        self.returning: dict[str, dict[Count, int]] = {}
        self.verdicts: list[Verdict] = []
        self.costs: Callable[[], tuple[Costs, Costs]] = lambda: (ONE_REQUEST, {})
        self._skew = skew
        self._hard = {meter.id for entity in entities for meter in entity.meters if not meter.soft}
        self._waiting: list[tuple[Environment | None, greenlet]] = []
        self._hub = getcurrent()
        self.running = [self._new() for _ in range(size)]

    def moment(self) -> None:
        """Let something happen: a call comes, something that waits goes on, or an environment ends or is restored."""
        chance, faults = self.chance, self.faults
        self.time += chance.choice(PAUSES)
        place = chance.randrange(len(self.running))
        environment = self.running[place]
        if chance.random() < faults.crashes:
            self.running[place] = self._new()
        elif chance.random() < faults.ends:
            self.running[place] = self._new()
            self.start(None, lambda: environment.throttle.give_back_all(0.5))
        elif chance.random() < faults.restores and not environment.is_serving:
            environment.throttle.forget()
        elif (going_on := [one for one in self._waiting if self._is_awake(one[0])]) and chance.random() < 0.7:
            activity = chance.choice(going_on)
            self._waiting.remove(activity)
            self._resume(*activity)
        elif not environment.is_serving:
            costs, actual = self.costs()
            self.start(environment, lambda: environment.call(self.entities, costs, actual))

    def start(self, environment: Environment | None, activity: Callable[[], object]) -> None:
        """Begin this when chance has it. What belongs to no environment is on its way to the store."""
        self._waiting.append((environment, greenlet(activity, parent=self._hub)))

    def interrupt(self) -> None:
        """Stand still until chance lets this activity go on."""
        self._hub.switch()

    def decided(self, environment: Environment, verdict: Verdict) -> None:
        """Take the verdict down."""
        self.verdicts.append(verdict)
        if not isinstance(verdict, Admitted):
            return
        now = environment.corrected_now()
        for name, cost, (at, seconds) in _taken(verdict.claims, verdict.at):
            assert int(now // seconds) == int(at // seconds), "3: spent in its own window"
            self.spent[name] += cost
            self.used[name] += cost

    def settled(self, claims: Sequence[Claim], at: float, actual: Costs) -> None:
        """Take down what admitted calls were settled to."""
        for claim in claims:
            for meter, pocket, cost in claim.stakes:
                window = int(at // meter.seconds)
                name = (claim.entity.key, meter.counter(window))
                delta = actual.get(meter.unit, cost) - cost
                self.used[name] += delta
                if pocket.window == window:
                    # More than was reserved may be a debt, which is counted later, or never if its environment is gone.
                    self.spent[name] += min(0, delta)

    def watch_lease(self, environment: Environment, entity: str, asks: Sequence[Ask], forget: Sequence[str]) -> None:
        """Tests look here at each lease as it is sent."""

    def held(self) -> Counter[Count]:
        """What is in pockets, and what is on its way back, by counter."""
        held: Counter[Count] = Counter()
        for environment in self.running:
            for key, holding in environment.holdings():
                for meter, pocket in holding.pockets.items():
                    held[key, f"{meter}.{pocket.window}"] += max(0, pocket.tokens)
                    held[key, f"{meter}.{pocket.next_window}"] += pocket.next_tokens
                    for window, tokens in pocket.surplus:
                        held[key, f"{meter}.{window}"] += tokens
        for returned in self.returning.values():
            held.update(returned)
        return held

    def check_sums(self) -> None:
        """What was spent and what is held was counted."""
        for (key, name), held in (self.held() + self.spent).items():
            if name.partition(".")[0] not in self._hard:
                continue  # a soft limit admits before it counts
            if self._may_be_removed(name):
                continue  # and counted anew by a lease that was long on its way; nobody can spend it
            count = self.ledger.items.get(key, {}).get(name, 0)
            assert held <= count, f"2: {held} of {name} are spent or held, {count} are counted"

    def _new(self) -> Environment:
        return Environment(self, self.chance.uniform(-self._skew, self._skew))

    def _may_be_removed(self, name: str) -> bool:
        ended = window_end(name)
        return ended is None or ended[0] + KEPT_SECONDS <= self.time + self._skew

    def _is_awake(self, environment: Environment | None) -> bool:
        return environment is None or environment in self.running

    def _resume(self, environment: Environment | None, activity: greenlet) -> None:
        activity.switch()
        if not activity.dead:
            self._waiting.append((environment, activity))


def _taken(claims: Sequence[Claim], at: float) -> Iterator[tuple[Count, int, tuple[float, int]]]:
    for claim in claims:
        for meter, _, cost in claim.stakes:
            yield (claim.entity.key, meter.counter(int(at // meter.seconds))), cost, (at, meter.seconds)
