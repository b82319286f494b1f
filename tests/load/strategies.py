"""Ways to count, behind one interface: the engine of the product, and what others do in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.meter import Admitted, Denied, Uncounted
from gatehouse.ports.throttling.counters import Ask, CounterBusy, CountersDown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.dataplane.throttle.meter import Entity, Meter, Verdict
    from gatehouse.dataplane.throttle.rules import Rules
    from gatehouse.ports.throttling.counters import Counters
    from tests.load.environment import Beside, Environment

SYNC_SECONDS = 1.0
EXPIRES_AT = 2_000_000_000
BUSY_RETRY_AFTER_SECONDS = 1


class Strategy(Protocol):
    """What one environment does about the calls it serves; `Throttle` is one."""

    @property
    def clock_offset_seconds(self) -> float: ...

    def admit(self, entities: Sequence[Entity]) -> Verdict: ...

    def upkeep_due(self, admitted: Admitted) -> bool: ...

    def upkeep(self, admitted: Admitted) -> None: ...

    def give_back_all(self, seconds: float) -> int: ...


def leases(environment: Environment, beside: Beside, counters: Counters, rules: Rules) -> Throttle:
    """The engine that the gateway runs."""
    return Throttle(
        counters,
        environment,
        beside,
        environments_max=rules.environments_max,
        preset=rules.preset,
        on_fault=rules.on_fault,
        epsilon=rules.epsilon,
        pause=environment.sleep,
    )


class WritePerCall:
    """One conditional write per entity and call, all at once. What a refused call took of other entities is lost."""

    clock_offset_seconds = 0.0

    def __init__(self, environment: Environment, beside: Beside, counters: Counters, _rules: Rules) -> None:
        self._environment = environment
        self._counters = counters
        self._beside = beside

    def admit(self, entities: Sequence[Entity]) -> Verdict:
        now = self._environment.now()
        futures = [self._beside.submit(self._take, entity, now) for entity in entities]
        try:
            taken = [future.result() for future in futures]
        except CountersDown:
            return Uncounted()
        except CounterBusy:
            return Denied((), (), BUSY_RETRY_AFTER_SECONDS, int(now) + 1 + BUSY_RETRY_AFTER_SECONDS)
        violated = [entity.meters[0] for entity, granted in zip(entities, taken, strict=True) if not granted]
        return _denied(violated, now) if violated else Admitted(tuple(entities), (), at=now)

    def upkeep_due(self, _admitted: Admitted) -> bool:
        return False

    def upkeep(self, admitted: Admitted) -> None:
        """Nothing is ever due."""

    def give_back_all(self, _seconds: float) -> int:
        """Nothing is ever held."""
        return 0

    def _take(self, entity: Entity, now: float) -> bool:
        asks = [_ask(meter, now, tokens=1, limit=meter.limit) for meter in entity.meters]
        return self._counters.lease(entity.key, asks, expires_at=EXPIRES_AT, forget=()).granted


@dataclass
class _Tally:
    """One meter as one environment sees it: what all had counted at the last sync, and its own since."""

    window: int
    seen: int = 0
    unsent: int = 0


class PeriodicSync:
    """Counts in memory and adds to the shared counter about once a second, beside a call: no timer runs while frozen."""

    clock_offset_seconds = 0.0

    def __init__(self, environment: Environment, _beside: Beside, counters: Counters, _rules: Rules) -> None:
        self._environment = environment
        self._counters = counters
        self._tallies: dict[tuple[str, str], _Tally] = {}
        self._synced_at: dict[str, float] = {}

    def admit(self, entities: Sequence[Entity]) -> Verdict:
        now = self._environment.now()
        tallies = [(meter, self._tally(entity, meter, now)) for entity in entities for meter in entity.meters]
        violated = [meter for meter, tally in tallies if tally.seen + tally.unsent >= meter.limit]
        if violated:
            return _denied(violated, now)
        for _, tally in tallies:
            tally.unsent += 1
        return Admitted(tuple(entities), (), at=now)

    def upkeep_due(self, admitted: Admitted) -> bool:
        now = self._environment.now()
        return any(self._is_due(entity, now) for entity in admitted.entities)

    def upkeep(self, admitted: Admitted) -> None:
        now = self._environment.now()
        for entity in admitted.entities:
            if self._is_due(entity, now):
                self._synced_at[entity.key] = now
                self._sync(entity, now)

    def give_back_all(self, _seconds: float) -> int:
        """Nothing is held that others could use."""
        return 0

    def _is_due(self, entity: Entity, now: float) -> bool:
        return now >= self._synced_at.get(entity.key, 0.0) + SYNC_SECONDS

    def _sync(self, entity: Entity, now: float) -> None:
        tallies = [(meter, self._tally(entity, meter, now)) for meter in entity.meters]
        sent = [tally.unsent for _, tally in tallies]
        asks = [_ask(meter, now, tokens=tokens, limit=None) for (meter, _), tokens in zip(tallies, sent, strict=True)]
        try:
            ledger = self._counters.lease(entity.key, asks, expires_at=EXPIRES_AT, forget=())
        except (CounterBusy, CountersDown):
            return
        for (_, tally), tokens, ask in zip(tallies, sent, asks, strict=True):
            tally.seen = ledger.counts[ask.counter]
            tally.unsent -= tokens

    def _tally(self, entity: Entity, meter: Meter, now: float) -> _Tally:
        window = int(now // meter.seconds)
        tally = self._tallies.get((entity.key, meter.id))
        if tally is None or tally.window != window:
            tally = self._tallies[entity.key, meter.id] = _Tally(window)
        return tally


def _ask(meter: Meter, now: float, *, tokens: int, limit: int | None) -> Ask:
    window = int(now // meter.seconds)
    return Ask(counter=meter.counter(window), lessees=meter.lessees(window), tokens=tokens, limit=limit, join=False)


def _denied(violated: Sequence[Meter], now: float) -> Denied:
    next_access = max((int(now // meter.seconds) + 1) * meter.seconds for meter in violated)
    return Denied(tuple(violated), (), max(1, -int(-(next_access - now) // 1)), next_access)


LEASES = "leases"
PER_CALL = "write per call"
SYNC = "1 s sync"
STRATEGIES: dict[str, Callable[[Environment, Beside, Counters, Rules], Strategy]] = {
    LEASES: leases,
    PER_CALL: WritePerCall,
    SYNC: PeriodicSync,
}
