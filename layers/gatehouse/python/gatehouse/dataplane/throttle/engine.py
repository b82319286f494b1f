"""The engine decides a call: all its meters give their tokens, or none does.

Tokens are leased from the store in one conditional write per entity and spent from memory. Nothing is ever spent that
was not leased, so no interleaving, crash, lost reply or clock can admit more than a limit. What is leased and not spent
by the end of its window is lost: that is the price, and `sizing` keeps it small.
"""

from __future__ import annotations

import random
import time
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.breaker import Breaker
from gatehouse.dataplane.throttle.leases import Lease, Lessor, Outcome
from gatehouse.dataplane.throttle.meter import Admitted, Denied, Standing, Uncounted
from gatehouse.dataplane.throttle.pocket import Pocket
from gatehouse.dataplane.throttle.sizing import BALANCED, lease_ahead_size, lease_size, leases_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from gatehouse.dataplane.throttle.meter import Entity, Meter, Verdict
    from gatehouse.dataplane.throttle.sizing import Preset
    from gatehouse.ports.counters import Counters
    from gatehouse.ports.world import Clock

ENTITIES_MAX = 20_000
ROUNDS_MAX = 6
"""How often a call tries to lease before it gives up: sizes shrink and windows may turn meanwhile."""

AHEAD_SECONDS = 5.0
"""How early before its beginning a window may be leased ahead."""

BUSY_RETRY_AFTER_SECONDS = 1


class _State:
    """What an environment holds of one entity."""

    __slots__ = ("pockets", "upkeep_running")

    def __init__(self, meters: Iterable[Meter]) -> None:
        self.pockets = {meter.id: Pocket() for meter in meters}
        self.upkeep_running = False


class Throttle:
    """One per execution environment. Safe for concurrent calls, though Lambda never makes any.

    `environments_max` is how many environments may serve (reserved concurrency). Entities that are short at the same
    time are leased concurrently on `executor`.
    """

    def __init__(
        self,
        counters: Counters,
        clock: Clock,
        executor: Executor,
        *,
        environments_max: int,
        preset: Preset = BALANCED,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lessor = Lessor(counters, clock, Breaker(), pause)
        self._executor = executor
        self._environments_max = environments_max
        self._preset = preset
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._lock = Lock()

    def admit(self, entities: Sequence[Entity]) -> Verdict:
        """Count one call on every meter of these entities, or on none."""
        now = self._lessor.now()
        with self._lock:
            self._arrive(entities, now)
        for _ in range(ROUNDS_MAX):
            with self._lock:
                verdict = self._decide(entities, now)
                leases = [] if verdict else self._needed(entities, now)
            if verdict:
                return verdict
            outcomes = self._obtain(leases)
            now = self._lessor.now()
            if Outcome.DOWN in outcomes:
                return Uncounted()
            if Outcome.BUSY in outcomes:
                return self._busy(entities, now)
        return self._busy(entities, now)

    def upkeep(self, admitted: Admitted) -> None:
        """Lease ahead what the next calls will need. Runs beside the backend call; at most once per entity at a time."""
        now = self._lessor.now()
        with self._lock:
            leases = [lease for entity in admitted.entities if (lease := self._ahead(entity, now))]
        for lease in leases:
            try:
                self._lessor.obtain(lease)
            finally:
                with self._lock:
                    self._states[lease.entity.key].upkeep_running = False

    def upkeep_due(self, admitted: Admitted) -> bool:
        """Whether `upkeep` has anything to do: most calls need no thread."""
        now = self._lessor.now()
        return any(
            leases_ahead(self._preset, meter.limit) and self._wants_more(entity, meter, now)
            for entity in admitted.entities
            for meter in entity.meters
        )

    def forget(self) -> None:
        """Empty all pockets: after a restore from a snapshot they would exist more than once."""
        with self._lock:
            self._states.clear()

    def _arrive(self, entities: Sequence[Entity], now: float) -> None:
        for entity in entities:
            state = self._states.get(entity.key)
            if state is None:
                state = self._states[entity.key] = _State(entity.meters)
                if len(self._states) > ENTITIES_MAX:
                    self._states.popitem(last=False)
            else:
                self._states.move_to_end(entity.key)
            for meter in entity.meters:
                pocket = state.pockets.get(meter.id)
                if pocket is None:
                    pocket = state.pockets[meter.id] = Pocket()
                pocket.arrive(now)

    def _decide(self, entities: Sequence[Entity], now: float) -> Verdict | None:
        """Spend one token of each meter, or deny; None when tokens must be leased first."""
        short = False
        violated: list[Meter] = []
        spending: list[Pocket] = []
        for entity in entities:
            pockets = self._states[entity.key].pockets
            for meter in entity.meters:
                pocket = pockets[meter.id]
                pocket.roll(int(now // meter.seconds), meter.limit, now)
                if pocket.tokens >= 1:
                    spending.append(pocket)
                elif pocket.exhausted or meter.limit < 1:
                    violated.append(meter)
                else:
                    short = True
        if violated:
            return self._denied(entities, violated, now)
        if short:
            return None
        for pocket in spending:
            pocket.tokens -= 1
            pocket.spent += 1
        return Admitted(tuple(entities), self._standings(entities, now))

    def _needed(self, entities: Sequence[Entity], now: float) -> list[Lease]:
        leases = []
        for entity in entities:
            pockets = self._states[entity.key].pockets
            short = {
                meter: lease_size(self._preset, pockets[meter.id], meter.seconds, now, self._environments_max)
                for meter in entity.meters
                if pockets[meter.id].tokens < 1
            }
            if short:
                leases.append(Lease(entity, pockets, self._lock, short, now))
        return leases

    def _obtain(self, leases: Sequence[Lease]) -> set[Outcome]:
        if len(leases) == 1:
            return {self._lessor.obtain(leases[0])}
        return set(self._executor.map(self._lessor.obtain, leases))

    def _wants_more(self, entity: Entity, meter: Meter, now: float) -> bool:
        state = self._states.get(entity.key)
        if state is None or state.upkeep_running:
            return False
        pocket = state.pockets[meter.id]
        return self._prefetches(pocket) or self._leases_next_window(pocket, meter, now)

    def _prefetches(self, pocket: Pocket) -> bool:
        left = pocket.limit - pocket.count
        return not pocket.exhausted and pocket.tokens < pocket.last_lease / 4 and left > 4 * max(1, pocket.lessees)

    def _leases_next_window(self, pocket: Pocket, meter: Meter, now: float) -> bool:
        to_window_end = (pocket.window + 1) * meter.seconds - now
        early = random.random() * min(AHEAD_SECONDS, meter.seconds / 4)
        expects_calls = pocket.arrival_rate * AHEAD_SECONDS >= 1
        return 0 < to_window_end < early and expects_calls and pocket.next_window != pocket.window + 1

    def _ahead(self, entity: Entity, now: float) -> Lease | None:
        """The lease that `upkeep` should obtain for this entity: more of this window, else some of the next."""
        state = self._states.get(entity.key)
        if state is None or state.upkeep_running:
            return None
        meters = [meter for meter in entity.meters if leases_ahead(self._preset, meter.limit)]
        now_meters: dict[Meter, int] = {}
        next_meters: dict[Meter, int] = {}
        for meter in meters:
            pocket = state.pockets[meter.id]
            if pocket.window != int(now // meter.seconds):
                continue
            if self._prefetches(pocket):
                now_meters[meter] = lease_size(self._preset, pocket, meter.seconds, now, self._environments_max)
            elif self._leases_next_window(pocket, meter, now):
                next_meters[meter] = lease_ahead_size(self._preset, pocket, meter.seconds)
        if not now_meters and not next_meters:
            return None
        state.upkeep_running = True
        return Lease(entity, state.pockets, self._lock, now_meters or next_meters, now, next_window=not now_meters)

    def _standings(self, entities: Sequence[Entity], now: float) -> tuple[Standing, ...]:
        return tuple(
            Standing(
                meter.name,
                meter.limit,
                self._states[entity.key].pockets[meter.id].remaining(),
                _reset(meter, now),
                meter.seconds,
            )
            for entity in entities
            for meter in entity.meters
        )

    def _denied(self, entities: Sequence[Entity], violated: Sequence[Meter], now: float) -> Denied:
        retry_after = max(_reset(meter, now) for meter in violated)
        next_access = max((int(now // meter.seconds) + 1) * meter.seconds for meter in violated)
        return Denied(tuple(violated), self._standings(entities, now), retry_after, next_access)

    def _busy(self, entities: Sequence[Entity], now: float) -> Denied:
        """The store throttles an entity: too hot, so deny this call, and never guess."""
        with self._lock:
            self._decide_windows(entities, now)
            standings = self._standings(entities, now)
        violated = tuple(entities[0].meters[:1])
        return Denied(violated, standings, BUSY_RETRY_AFTER_SECONDS, int(now) + BUSY_RETRY_AFTER_SECONDS)

    def _decide_windows(self, entities: Sequence[Entity], now: float) -> None:
        for entity in entities:
            for meter in entity.meters:
                self._states[entity.key].pockets[meter.id].roll(int(now // meter.seconds), meter.limit, now)


def _reset(meter: Meter, now: float) -> int:
    """Whole seconds until the window ends, at least 1, never too few."""
    end = (int(now // meter.seconds) + 1) * meter.seconds
    return max(1, -int(-(end - now) // 1))
