"""A claim is what a call wants of one entity: of each of its meters a stake. All stakes of a call are given, or none.

A stake needs as many tokens as the call costs there, and one if it costs nothing: where nothing is left, calls without
cost are denied too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatehouse.dataplane.throttle.meter import Admitted, Denied, Standing, Uncounted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Entity, Meter, Verdict
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.rules import Rules

BUSY_RETRY_AFTER_SECONDS = 1
"""How soon a client shall try again when the store throttles an entity."""


class Stake(NamedTuple):
    """What a call wants of one meter, and the pocket it is taken from."""

    meter: Meter
    pocket: Pocket
    cost: int

    def missing(self) -> int:
        """How many tokens must be leased before this stake can be given; below 1 when none."""
        return (self.cost or 1) - self.pocket.tokens

    def must_lease(self, rules: Rules) -> bool:
        """Whether it cannot be given from the pocket."""
        if self.missing() < 1:
            return False
        return not self.meter.soft or (self.cost > 0 and not self.pocket.defers(self.cost, rules.allowance(self.meter)))

    def is_beyond(self) -> bool:
        """Whether the store has less left than is missing. A debt is paid before this is said."""
        return self.cost > self.meter.limit or (self.pocket.tokens >= 0 and self.missing() > self.pocket.left)


class Claim(NamedTuple):
    """What a call wants of one entity."""

    entity: Entity
    holding: Holding
    stakes: list[Stake]


def decide(claims: Sequence[Claim], now: float, rules: Rules) -> Admitted | Denied | None:
    """Give all stakes, or deny; None when tokens must be leased first."""
    must_lease = False
    violated: list[Meter] = []
    for claim in claims:
        for stake in claim.stakes:
            meter, pocket, cost = stake
            window = int(now // meter.seconds)
            if pocket.window != window or pocket.limit != meter.limit:
                pocket.roll(window, meter.limit)
            if pocket.tokens >= (cost or 1):
                continue
            if not meter.soft and stake.is_beyond():
                violated.append(meter)
            elif stake.must_lease(rules):
                must_lease = True
    if violated:
        retry_after = max(_reset(meter, now) for meter in violated)
        next_access = max(_window_end(meter, now) for meter in violated)
        return Denied(tuple(violated), _standings(claims, now), retry_after, next_access)
    return None if must_lease else _give(claims, now, rules)


def decide_on_credit(claims: Sequence[Claim], now: float, rules: Rules, unanswered: Collection[str]) -> Verdict:
    """Decide without leasing. `unanswered` are the keys of entities that the store does not answer for.

    Soft meters go into debt, hard ones within their share. An entity that the store is only too busy with has no share:
    others are leasing of it at this moment, and what is not known to be free is not given.
    """
    busy: list[Meter] = []
    uncounted = False
    shared: list[Stake] = []
    for claim in claims:
        for stake in claim.stakes:
            meter, pocket, cost = stake
            if meter.soft or not stake.must_lease(rules):
                continue
            if claim.entity.key not in unanswered:
                busy.append(meter)
            elif pocket.shared + (cost or 1) <= rules.share(pocket):
                shared.append(stake)
            else:
                uncounted = True
    if busy:
        next_access = int(now) + 1 + BUSY_RETRY_AFTER_SECONDS
        return Denied(tuple(busy), _standings(claims, now), BUSY_RETRY_AFTER_SECONDS, next_access)
    if uncounted:
        return Uncounted()
    for _, pocket, cost in shared:
        pocket.shared += cost
    return _give(claims, now, rules)


def _give(claims: Sequence[Claim], now: float, rules: Rules) -> Admitted:
    over = []
    for claim in claims:
        for meter, pocket, cost in claim.stakes:
            if not meter.soft:
                pocket.spend(cost)
            elif pocket.spend_softly(cost, rules.allowance(meter)):
                over.append(meter)
    entities = tuple([claim.entity for claim in claims])
    return Admitted(entities, _standings(claims, now), tuple(over), list(claims), now)


def _standings(claims: Sequence[Claim], now: float) -> tuple[Standing, ...]:
    return tuple(
        [
            Standing(meter.name, meter.limit, pocket.remaining(), _reset(meter, now), meter.seconds, meter.unit)
            for claim in claims
            for meter, pocket, _ in claim.stakes
        ]
    )


def _window_end(meter: Meter, now: float) -> int:
    return (int(now // meter.seconds) + 1) * meter.seconds


def _reset(meter: Meter, now: float) -> int:
    """Whole seconds until the window ends, at least 1, never too few."""
    return max(1, -int(-(_window_end(meter, now) - now) // 1))
