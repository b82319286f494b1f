"""How many tokens to lease at a time: long leases far from the limit, exactly what is missing near it.

While a window will last, environments lease for long; while it is scarce, that is, while all of them together are about to
use it up, none keeps more than a moment's worth: what lies in one pocket is refused to another's callers.

The terms and their reasons are in docs/guides/throttling.md. A limit below `2 / cap` calls (100 with the default) is leased
call by call and never ahead, so any number of environments together admit exactly as many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.meter import Meter
    from gatehouse.dataplane.throttle.pocket import Pocket
    from gatehouse.dataplane.throttle.rules import Rules

SHORTEST_HORIZON_SECONDS = 0.25
SCARCE_SHARE = 1 / 12
"""While a window is scarce a lease lasts at most this share of it."""

SCARCE_MARGIN = 1.25
"""A window is scarce when it would be used up at so many times the present pace: paces are seen a few leases late."""

PATIENCE = 0.4
"""A lease that serves `Preset.least` calls lasts at most this share of the time to exhaustion."""

MINUTE = 60
SEED_MAX = 16
"""The very first lease of an environment serves at most so many calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How eagerly an environment leases. `cap` bounds what one crash can lose, as a share of the limit."""

    sigma: float  # share of the time to exhaustion that a lease should last
    kappa: float  # share of what is left per lessee
    least: int  # a lease should serve this many calls
    extrapolation: float  # how much of the others' leasing since the last look is assumed
    zeta: float  # final approach: below this share of the limit, exactly what is missing
    cap: float = 0.02
    growth: int = 3
    life_seconds: float = 60.0
    life_seconds_long: float = 10.0  # for windows longer than a minute


STRICT = Preset(sigma=0.25, kappa=0.33, least=2, extrapolation=0.7, zeta=0.01)
BALANCED = Preset(sigma=0.42, kappa=0.60, least=4, extrapolation=0.5, zeta=0.005)
ECONOMY = Preset(sigma=0.60, kappa=0.80, least=8, extrapolation=0.25, zeta=0.005, cap=0.05)
PRESETS = {"strict": STRICT, "balanced": BALANCED, "economy": ECONOMY}


def leases_ahead(rules: Rules, meter: Meter, pocket: Pocket) -> bool:
    """Whether this limit is large enough to lease more than a call needs."""
    return meter.limit * rules.preset.cap >= 2 * pocket.usual_cost


def is_scarce(pocket: Pocket, left: float, now: float) -> bool:
    """Whether so much will be used up before the window ends, at about the pace at which all environments lease now.

    As long as that is not known, it is assumed.
    """
    return not pocket.rate or left < SCARCE_MARGIN * pocket.rate * pocket.to_window_end(now)


def lease_size(rules: Rules, meter: Meter, pocket: Pocket, missing: int, now: float) -> int:
    """Tokens to lease now: what is missing, at least 1, and more when there is plenty.

    After a refusal less, after the second one only what is missing: that is refused only when it is not left.
    """
    preset, limit = rules.preset, pocket.limit
    lessees = max(1, pocket.lessees + (0 if pocket.joined else 1))
    usual = pocket.usual_cost
    fewest = max(1, missing)
    since = max(0.0, now - pocket.observed_at)
    left = max(0.0, limit - pocket.count - preset.extrapolation * pocket.rate * since)
    if meter.soft and left < 1:
        left = limit  # past a limit that stops nobody there is nothing to be fair about
    if left <= max(preset.zeta * limit, usual * lessees / 2) or pocket.refusals > 1:
        return fewest
    first = pocket.spent_before or seed(limit, rules.environments_max, usual)
    growth = preset.growth * pocket.last_lease or first
    wanted = math.ceil(pocket.demand_rate * _horizon(preset, pocket, left, now))
    share = (min(0.5, preset.kappa) if pocket.refusals else preset.kappa) * left / lessees
    return max(fewest, int(min(wanted, growth, share, preset.cap * limit)))


def lease_ahead_size(preset: Preset, pocket: Pocket) -> int:
    """Tokens to lease of the next window before it begins, at least 1."""
    lessees = max(1, pocket.lessees)
    wanted = pocket.demand_rate * _life(preset, pocket.seconds)
    return max(1, int(min(pocket.spent / 2, preset.kappa * pocket.limit / lessees, preset.cap * pocket.limit, wanted)))


def seed(limit: int, environments_max: int, usual_cost: float = 1.0) -> int:
    """The very first lease of an environment."""
    return int(max(usual_cost, min(SEED_MAX * usual_cost, 0.02 * limit / environments_max)))


def _horizon(preset: Preset, pocket: Pocket, left: float, now: float) -> float:
    """For how many seconds a lease should last."""
    to_window_end = pocket.to_window_end(now)
    to_exhaustion = left / pocket.rate if pocket.rate else to_window_end
    life = _life(preset, pocket.seconds)
    if is_scarce(pocket, left, now):
        life = min(life, pocket.seconds * SCARCE_SHARE)
    longest = max(SHORTEST_HORIZON_SECONDS, min(to_window_end, life))
    horizon = min(max(preset.sigma * to_exhaustion, SHORTEST_HORIZON_SECONDS), longest)
    arrival_rate = pocket.arrival_rate
    enough = preset.least / arrival_rate if arrival_rate else horizon
    return max(horizon, min(enough, to_window_end / 4, PATIENCE * to_exhaustion))


def _life(preset: Preset, window_seconds: int) -> float:
    return preset.life_seconds if window_seconds <= MINUTE else preset.life_seconds_long
