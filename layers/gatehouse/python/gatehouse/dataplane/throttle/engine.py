"""The engine decides a call: all its meters give their tokens, or none does.

Tokens are leased from the store in one conditional write per entity and spent from memory. Nothing is ever spent that
was not leased, so no interleaving, crash, lost reply or clock can admit more than a limit. What is leased and not spent
by the end of its window is lost: that is the price, and `sizing` keeps it small.
"""

from __future__ import annotations

import time
from concurrent.futures import wait
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle import returns, upkeep
from gatehouse.dataplane.throttle.breaker import Breaker
from gatehouse.dataplane.throttle.claims import Claim, Stake, decide, decide_on_credit
from gatehouse.dataplane.throttle.holdings import Holdings
from gatehouse.dataplane.throttle.leases import Lease, Outcome
from gatehouse.dataplane.throttle.lessor import Lessor
from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted, Denied
from gatehouse.dataplane.throttle.rules import OnFault, Rules
from gatehouse.dataplane.throttle.sizing import BALANCED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from concurrent.futures import Executor

    from gatehouse.dataplane.throttle.meter import Costs, Entity, Verdict
    from gatehouse.dataplane.throttle.returns import Return
    from gatehouse.dataplane.throttle.sizing import Preset
    from gatehouse.ports.throttling.counters import Counters
    from gatehouse.ports.world import Clock

ROUNDS_MAX = 6
"""How often a call tries to lease before it gives up: sizes shrink and windows may turn meanwhile."""

UPKEEP_REST_SECONDS = 1.0
"""How long upkeep leaves an entity alone that the store throttles, or did not answer for."""

RETURNS_AT_ONCE = 4
"""How many returns are on their way at the same time when the environment ends."""


class Throttle:
    """One per execution environment. Safe for concurrent calls, though Lambda never makes any.

    Entities that are short at the same time are leased concurrently, on the calling thread and on `executor`.
    `environments_max`, `preset`, `on_fault` and `epsilon` are those of `Rules`.
    """

    def __init__(
        self,
        counters: Counters,
        clock: Clock,
        executor: Executor,
        *,
        environments_max: int,
        preset: Preset = BALANCED,
        on_fault: OnFault = OnFault.CLOSED,
        epsilon: float = 0.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lock = Lock()
        self._lessor = Lessor(counters, clock, Breaker(), pause, self._lock)
        self._executor = executor
        self._rules = Rules(environments_max=environments_max, preset=preset, on_fault=on_fault, epsilon=epsilon)
        self._holdings = Holdings()

    @property
    def clock_offset_seconds(self) -> float:
        """By how much this environment's clock is corrected, 0 when it agrees with the store's."""
        return self._lessor.clock_offset_seconds

    def admit(self, entities: Sequence[Entity], costs: Costs = ONE_REQUEST) -> Verdict:
        """Count one call on every meter of these entities, or on none. Entities have different keys.

        A meter takes what `costs` names for its unit. Where that is more than its limit the call is denied.
        """
        now = self._lessor.now()
        with self._lock:
            claims = self._arrive(entities, costs, now)
        unanswered: list[str] = []
        failed = False
        for _ in range(ROUNDS_MAX):
            step = self._step(claims, now)
            if isinstance(step, Denied) and self._found_more(claims, now):
                continue
            if not isinstance(step, list):
                return step
            if failed:
                break
            unanswered = [lease.entity.key for lease in step]
            if self._lessor.is_doubtful:
                # Asking may be waiting for nothing. A call that can do without leaves it to upkeep.
                verdict = self._on_credit(claims, unanswered, now)
                if isinstance(verdict, Admitted):
                    return verdict
            outcomes = self._obtain(step)
            unanswered = [key for key, outcome in zip(unanswered, outcomes, strict=True) if outcome is Outcome.DOWN]
            failed = bool(unanswered) or Outcome.BUSY in outcomes
            now = self._lessor.now()
        return self._on_credit(claims, unanswered, now)

    def settle(self, admitted: Admitted, actual: Costs) -> None:
        """Correct what an admitted call was charged to what it cost, of the units that `actual` names; once.

        What was not used returns to the pockets, more than was taken becomes a debt. A call that is never settled stays
        charged as it was admitted.
        """
        with self._lock:
            for claim in admitted.claims:
                for meter, pocket, cost in claim.stakes:
                    used = actual.get(meter.unit, cost)
                    if used != cost:
                        pocket.settle(used - cost, int(admitted.at // meter.seconds))
            admitted.claims.clear()

    def upkeep_due(self, admitted: Admitted) -> bool:
        """Whether `upkeep` has anything to do: most calls need no thread."""
        now = self._lessor.now()
        for entity in admitted.entities:
            holding = self._holdings.known(entity)
            if holding is not None and upkeep.is_due(self._rules, entity, holding, now):
                return self._lessor.may_answer()
        return False

    def upkeep(self, admitted: Admitted) -> None:
        """Do what the next calls would wait for. Runs beside the backend call; at most once per entity at a time."""
        now = self._lessor.now()
        chores = []
        with self._lock:
            for entity in admitted.entities:
                holding = self._holdings.known(entity)
                if holding is None:
                    continue
                chore = upkeep.begin(self._rules, entity, holding, now)
                if chore is not None:
                    chores.append((holding, chore))
        try:
            for holding, chore in chores:
                if not self._do(chore):
                    holding.upkeep_after = self._lessor.now() + UPKEEP_REST_SECONDS
        finally:
            for holding, _ in chores:
                holding.upkeep_running = False

    def give_back_all(self, seconds: float) -> int:
        """Empty all pockets and give back what is in them, the most valuable first; for an environment that ends.

        Takes no longer than `seconds`, but for requests that were already sent. Answers how many tokens the store took.
        """
        now = self._lessor.now()
        with self._lock:
            waiting = iter(returns.everything(self._holdings, now))
        until = now + seconds
        threads = [self._executor.submit(self._give_back, waiting, until) for _ in range(RETURNS_AT_ONCE)]
        wait(threads, timeout=seconds)
        return sum(thread.result() for thread in threads if thread.done())

    def forget(self) -> None:
        """Empty all pockets: after a restore from a snapshot they would exist more than once."""
        with self._lock:
            self._holdings = Holdings()
            self._lessor.forget()

    def _arrive(self, entities: Sequence[Entity], costs: Costs, now: float) -> list[Claim]:
        claims = []
        for entity in entities:
            holding = self._holdings.of(entity, now)
            stakes = []
            for meter in entity.meters:
                pocket = holding.pocket(meter)
                cost = costs.get(meter.unit, 0)
                pocket.arrive(cost, now)
                stakes.append(Stake(meter, pocket, cost))
            claims.append(Claim(entity, holding, stakes))
        return claims

    def _step(self, claims: Sequence[Claim], now: float) -> Admitted | Denied | list[Lease]:
        """The verdict, or what must be leased first."""
        with self._lock:
            return decide(claims, now, self._rules) or [
                lease for claim in claims if (lease := self._needed(claim, now)) is not None
            ]

    def _needed(self, claim: Claim, now: float) -> Lease | None:
        """What an entity lacks. Its other meters that run low ride along: it is one write anyway."""
        if not any(stake.must_lease(self._rules) for stake in claim.stakes):
            return None
        lease = Lease(claim.entity, claim.holding, now)
        for meter, pocket, cost in claim.stakes:
            if pocket.tokens < (cost or 1) or upkeep.runs_low(self._rules, meter, pocket, now):
                lease.add(self._rules, meter, pocket, cost or 1)
        return lease

    def _obtain(self, leases: Sequence[Lease]) -> list[Outcome]:
        others = [self._executor.submit(self._lessor.obtain, lease) for lease in leases[1:]]
        return [self._lessor.obtain(leases[0]), *(future.result() for future in others)]

    def _found_more(self, claims: Sequence[Claim], now: float) -> bool:
        """Ask now and then whether exhausted windows still are: a counter may have been reset. False is the rule."""
        with self._lock:
            doubtful = [
                (claim.entity, stake)
                for claim in claims
                for stake in claim.stakes
                if not stake.meter.soft and stake.is_beyond() and stake.pocket.probes(now)
            ]
        found = False
        for entity, (meter, pocket, cost) in doubtful:
            counts = self._lessor.counts(entity.key)
            if counts is None:
                continue
            with self._lock:
                pocket.count = min(pocket.count, counts.get(meter.counter(pocket.window), 0))
                found = found or not Stake(meter, pocket, cost).is_beyond()
        return found

    def _on_credit(self, claims: Sequence[Claim], unanswered: Collection[str], now: float) -> Verdict:
        with self._lock:
            return decide(claims, now, self._rules) or decide_on_credit(claims, now, self._rules, unanswered)

    def _do(self, chore: Lease | Return) -> bool:
        if isinstance(chore, Lease):
            return self._lessor.obtain(chore) not in {Outcome.BUSY, Outcome.DOWN}
        return self._lessor.give_back(chore, self._lessor.now() + UPKEEP_REST_SECONDS)

    def _give_back(self, waiting: Iterator[Return], until: float) -> int:
        taken = 0
        # Stepping an iterator of a list is atomic: each return goes to one thread.
        for one in waiting:
            if self._lessor.now() >= until:
                break
            if self._lessor.give_back(one, until):
                taken += sum(one.tokens.values())
        return taken
