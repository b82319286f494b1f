"""Upkeep does beside a backend call what the next calls would wait for: it leases ahead, pays debts and gives back.

At most one chore per entity is under way. Limits that are leased call by call are never leased ahead: a token that waits
in a pocket is one that another environment cannot give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle import returns
from gatehouse.dataplane.throttle.leases import Lease
from gatehouse.dataplane.throttle.pocket import ARRIVALS_SECONDS
from gatehouse.dataplane.throttle.sizing import is_scarce, lease_ahead_size, leases_ahead

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Entity, Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.returns import Return
    from gatehouse.dataplane.throttle.rules import Rules

LOW = 0.5
"""A pocket runs low below this share of its last lease, so that it lasts should the store fail."""

LOW_WHILE_SCARCE = 0.25
"""The same while the window is scarce, and then not before the pocket is empty to the next call."""

CALLED_AGAIN = 1.3
"""Arrivals, fading, that tell a second call from a first one: most keys are called once, and no more is leased for those."""

CROWD = 4
"""More of a window is leased ahead while it has more left than this many calls per environment cost."""


def is_due(rules: Rules, entity: Entity, holding: Holding, now: float) -> bool:
    """Whether there is anything to do; most calls leave nothing."""
    if holding.upkeep_running or now < holding.upkeep_after:
        return False
    for meter in entity.meters:
        pocket = holding.pocket(meter)
        if pocket.surplus or _wants_more(rules, meter, pocket, now) or _wants_next_window(rules, meter, pocket, now):
            return True
    return False


def begin(rules: Rules, entity: Entity, holding: Holding, now: float) -> Lease | Return | None:
    """The chore of this entity, which is from now on under upkeep; None when nothing is due."""
    if not is_due(rules, entity, holding, now):
        return None
    chore = returns.surplus(entity.key, holding, now) or _ahead(rules, entity, holding, now)
    holding.upkeep_running = chore is not None
    return chore


def runs_low(rules: Rules, meter: Meter, pocket: Pocket, now: float) -> bool:
    """Whether this pocket is in debt, or nearly empty while the window has plenty left."""
    if pocket.tokens < 0:
        return True
    low = pocket.last_lease * LOW
    if not meter.soft and pocket.tokens < low and is_scarce(pocket, pocket.left, now):
        low = min(pocket.usual_cost, pocket.last_lease * LOW_WHILE_SCARCE)
    if pocket.refusals or pocket.tokens >= low:
        return False
    plenty = meter.soft or pocket.left > CROWD * max(1, pocket.lessees) * pocket.usual_cost
    return plenty and leases_ahead(rules, meter, pocket)


def _wants_more(rules: Rules, meter: Meter, pocket: Pocket, now: float) -> bool:
    """Whether it is worth a write of its own that this pocket runs low."""
    is_used = pocket.tokens < 0 or pocket.last_lease >= rules.preset.least or pocket.arrivals >= CALLED_AGAIN
    return is_used and runs_low(rules, meter, pocket, now)


def _wants_next_window(rules: Rules, meter: Meter, pocket: Pocket, now: float) -> bool:
    return (
        0 < pocket.to_window_end(now) < pocket.early
        and pocket.next_window != pocket.window + 1
        and pocket.arrival_rate * ARRIVALS_SECONDS >= 1
        and leases_ahead(rules, meter, pocket)
    )


def _ahead(rules: Rules, entity: Entity, holding: Holding, now: float) -> Lease | None:
    """More of this window for the pockets that run low; if none does, some of the next one."""
    lease = Lease(entity, holding, now)
    following = Lease(entity, holding, now, next_window=True)
    for meter in entity.meters:
        pocket = holding.pocket(meter)
        if pocket.window != int(now // meter.seconds):
            continue
        if runs_low(rules, meter, pocket, now):
            lease.add(rules, meter, pocket, need=0)
        elif _wants_next_window(rules, meter, pocket, now):
            following.tokens[meter] = lease_ahead_size(rules.preset, pocket)
    if lease.tokens:
        return lease
    for meter in following.tokens:
        holding.pocket(meter).next_window = holding.pocket(meter).window + 1  # asked for, once
    return following if following.tokens else None
