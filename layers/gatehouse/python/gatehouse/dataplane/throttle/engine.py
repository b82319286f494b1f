"""The engine decides a call: all its meters give their tokens, or none does.

Tokens are leased from the store in one conditional write per entity and spent from memory. Nothing is ever spent that
was not leased, so no interleaving, crash, lost reply or clock can admit more than a limit. What is leased and not spent
by the end of its window is lost: that is the price, and `sizing` keeps it small.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle import upkeep
from gatehouse.dataplane.throttle.breaker import Breaker
from gatehouse.dataplane.throttle.holdings import Holding, Holdings
from gatehouse.dataplane.throttle.leases import Lease, Lessor, Outcome
from gatehouse.dataplane.throttle.meter import Admitted, Denied, Entity, Standing, Uncounted
from gatehouse.dataplane.throttle.sizing import BALANCED, lease_size, leases_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from gatehouse.dataplane.throttle.meter import Meter, Verdict
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.sizing import Preset
    from gatehouse.ports.counters import Counters
    from gatehouse.ports.world import Clock

ROUNDS_MAX = 6
"""How often a call tries to lease before it gives up: sizes shrink and windows may turn meanwhile."""

BUSY_RETRY_AFTER_SECONDS = 1
"""How soon a client shall try again when the store throttles an entity."""

UPKEEP_REST_SECONDS = 1.0
"""How long upkeep leaves an entity alone that the store throttles, or did not answer for."""

Held = list[tuple[Entity, Holding]]


class Throttle:
    """One per execution environment. Safe for concurrent calls, though Lambda never makes any.

    `environments_max` is how many environments may serve (reserved concurrency). Entities that are short at the same
    time are leased concurrently, on the calling thread and on `executor`.
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
        self._lock = Lock()
        self._lessor = Lessor(counters, clock, Breaker(), pause, self._lock)
        self._executor = executor
        self._environments_max = environments_max
        self._preset = preset
        self._holdings = Holdings()

    @property
    def clock_offset_seconds(self) -> float:
        """By how much this environment's clock is corrected, 0 when it agrees with the store's."""
        return self._lessor.clock_offset_seconds

    def admit(self, entities: Sequence[Entity]) -> Verdict:
        """Count one call on every meter of these entities, or on none. Entities have different keys."""
        now = self._lessor.now()
        with self._lock:
            held = self._arrive(entities, now)
        leases: list[Lease] = []
        outcomes: list[Outcome] = []
        for _ in range(ROUNDS_MAX):
            with self._lock:
                verdict = self._decide(held, now)
                if verdict is None and not _failed(outcomes):
                    leases = self._needed(held, now)
            if isinstance(verdict, Denied) and self._found_more(held, now):
                continue
            if verdict is not None:
                return verdict
            if _failed(outcomes):
                break
            outcomes = self._obtain(leases)
            now = self._lessor.now()
        return self._undecided(held, leases, outcomes, now)

    def upkeep_due(self, admitted: Admitted) -> bool:
        """Whether `upkeep` has anything to do: most calls need no thread."""
        now = self._lessor.now()
        for entity in admitted.entities:
            holding = self._holdings.known(entity)
            if holding is not None and upkeep.is_due(self._preset, entity, holding, now):
                return True
        return False

    def upkeep(self, admitted: Admitted) -> None:
        """Lease ahead what the next calls will need. Runs beside the backend call; at most once per entity at a time."""
        now = self._lessor.now()
        leases = []
        with self._lock:
            for entity in admitted.entities:
                holding = self._holdings.known(entity)
                if holding is None:
                    continue
                lease = upkeep.begin(self._preset, entity, holding, now, self._environments_max)
                if lease is not None:
                    leases.append(lease)
        try:
            for lease in leases:
                if self._lessor.obtain(lease) in {Outcome.BUSY, Outcome.DOWN}:
                    lease.holding.upkeep_after = self._lessor.now() + UPKEEP_REST_SECONDS
        finally:
            for lease in leases:
                lease.holding.upkeep_running = False

    def forget(self) -> None:
        """Empty all pockets: after a restore from a snapshot they would exist more than once."""
        with self._lock:
            self._holdings = Holdings()

    def _arrive(self, entities: Sequence[Entity], now: float) -> Held:
        held = []
        for entity in entities:
            holding = self._holdings.of(entity, now)
            for meter in entity.meters:
                holding.pocket(meter).arrive(now)
            held.append((entity, holding))
        return held

    def _decide(self, held: Held, now: float) -> Verdict | None:
        """Spend one token of each meter, or deny; None when tokens must be leased first."""
        short = False
        violated: list[Meter] = []
        pockets: list[tuple[Meter, Pocket]] = []
        for entity, holding in held:
            for meter in entity.meters:
                pocket = holding.pocket(meter)
                pockets.append((meter, pocket))
                window = int(now // meter.seconds)
                if pocket.window != window or pocket.limit != meter.limit:
                    pocket.roll(window, meter.limit)
                if pocket.tokens >= 1:
                    continue
                if pocket.exhausted or meter.limit < 1:
                    violated.append(meter)
                else:
                    short = True
        if violated:
            retry_after = max(_reset(meter, now) for meter in violated)
            next_access = max(_window_end(meter, now) for meter in violated)
            return Denied(tuple(violated), _standings(pockets, now), retry_after, next_access)
        if short:
            return None
        for _, pocket in pockets:
            pocket.tokens -= 1
            pocket.spent += 1
        return Admitted(tuple(entity for entity, _ in held), _standings(pockets, now))

    def _needed(self, held: Held, now: float) -> list[Lease]:
        """A lease for each entity that is short. Its other meters that run low ride along: it is one write anyway."""
        leases = []
        for entity, holding in held:
            short = [meter for meter in entity.meters if holding.pocket(meter).tokens < 1]
            if not short:
                continue
            low = [
                meter
                for meter in entity.meters
                if meter not in short
                and leases_ahead(self._preset, meter.limit)
                and upkeep.runs_low(holding.pocket(meter))
            ]
            sizes = {
                meter: lease_size(self._preset, holding.pocket(meter), now, self._environments_max)
                for meter in (*short, *low)
            }
            leases.append(Lease(entity, holding, sizes, now))
        return leases

    def _obtain(self, leases: Sequence[Lease]) -> list[Outcome]:
        others = [self._executor.submit(self._lessor.obtain, lease) for lease in leases[1:]]
        return [self._lessor.obtain(leases[0]), *(future.result() for future in others)]

    def _found_more(self, held: Held, now: float) -> bool:
        """Ask now and then whether exhausted windows still are: a counter may have been reset. False is the rule."""
        with self._lock:
            doubtful = [
                (entity, meter, pocket)
                for entity, holding in held
                for meter in entity.meters
                if (pocket := holding.pocket(meter)).probes(now)
            ]
        found = False
        for entity, meter, pocket in doubtful:
            window = int(now // meter.seconds)
            count = self._lessor.count(entity, meter, window)
            if count is not None and count < meter.limit:
                with self._lock:
                    pocket.exhausted = pocket.exhausted and pocket.window != window
                found = True
        return found

    def _undecided(self, held: Held, leases: Sequence[Lease], outcomes: Sequence[Outcome], now: float) -> Verdict:
        """The store does not answer: not counted. Or it is too busy with an entity: denied for a moment, never guessed."""
        if Outcome.DOWN in outcomes:
            return Uncounted()
        with self._lock:
            pockets = [(meter, holding.pocket(meter)) for entity, holding in held for meter in entity.meters]
            standings = _standings(pockets, now)
        blamed = [lease for lease, outcome in zip(leases, outcomes, strict=True) if outcome is Outcome.BUSY] or leases
        violated = tuple(meter for lease in blamed for meter in lease.entity.meters if meter in lease.tokens)
        next_access = int(now) + 1 + BUSY_RETRY_AFTER_SECONDS
        return Denied(violated, standings, BUSY_RETRY_AFTER_SECONDS, next_access)


def _failed(outcomes: Sequence[Outcome]) -> bool:
    return Outcome.BUSY in outcomes or Outcome.DOWN in outcomes


def _standings(pockets: Sequence[tuple[Meter, Pocket]], now: float) -> tuple[Standing, ...]:
    return tuple(
        Standing(meter.name, meter.limit, pocket.remaining(), _reset(meter, now), meter.seconds)
        for meter, pocket in pockets
    )


def _window_end(meter: Meter, now: float) -> int:
    return (int(now // meter.seconds) + 1) * meter.seconds


def _reset(meter: Meter, now: float) -> int:
    """Whole seconds until the window ends, at least 1, never too few."""
    return max(1, -int(-(_window_end(meter, now) - now) // 1))
