"""Upkeep leases ahead of need, beside a backend call: more of this window when a pocket runs low, or some of the next one.

At most one lease per entity is under way. Limits that are leased one by one are never leased ahead: a token that waits
in a pocket is one that another environment cannot give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.leases import Lease
from gatehouse.dataplane.throttle.pocket import ARRIVALS_SECONDS
from gatehouse.dataplane.throttle.sizing import lease_ahead_size, lease_size, leases_ahead

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.holdings import Holding
    from gatehouse.dataplane.throttle.meter import Entity, Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.sizing import Preset

LOW = 0.25
"""A pocket runs low below this share of its last lease."""

CROWD = 4
"""More of a window is leased ahead while it has more than this many tokens left per environment."""


def is_due(preset: Preset, entity: Entity, holding: Holding, now: float) -> bool:
    """Whether there is anything to lease ahead; most calls leave nothing to do."""
    if holding.upkeep_running or now < holding.upkeep_after:
        return False
    for meter in entity.meters:
        if leases_ahead(preset, meter.limit):
            pocket = holding.pocket(meter)
            if runs_low(pocket) or _wants_next_window(pocket, now):
                return True
    return False


def begin(preset: Preset, entity: Entity, holding: Holding, now: float, environments_max: int) -> Lease | None:
    """What to lease ahead of this entity, which is from now on under upkeep; None when nothing is due."""
    if not is_due(preset, entity, holding, now):
        return None
    current: dict[Meter, int] = {}
    following: dict[Meter, int] = {}
    for meter in entity.meters:
        pocket = holding.pocket(meter)
        if not leases_ahead(preset, meter.limit) or pocket.window != int(now // meter.seconds):
            continue
        if runs_low(pocket):
            current[meter] = lease_size(preset, pocket, now, environments_max)
        elif _wants_next_window(pocket, now):
            following[meter] = lease_ahead_size(preset, pocket)
    if not current and not following:
        return None
    if not current:
        for meter in following:
            holding.pocket(meter).next_window = holding.pocket(meter).window + 1  # asked for, once
    holding.upkeep_running = True
    return Lease(entity, holding, current or following, now, next_window=not current)


def runs_low(pocket: Pocket) -> bool:
    """Whether this pocket is nearly empty while the window has plenty left."""
    if pocket.exhausted or pocket.refusals or pocket.tokens >= pocket.last_lease * LOW:
        return False
    return pocket.left > CROWD * max(1, pocket.lessees)


def _wants_next_window(pocket: Pocket, now: float) -> bool:
    to_window_end = (pocket.window + 1) * pocket.seconds - now
    return (
        0 < to_window_end < pocket.early
        and pocket.next_window != pocket.window + 1
        and pocket.arrival_rate * ARRIVALS_SECONDS >= 1
    )
