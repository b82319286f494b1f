"""Meters are made of a policy's limits: what is counted, the code of the refusal, and the name that clients read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.throttle.meter import Meter
from gatehouse.domain.throttling.counter import BURST, KINDS
from gatehouse.domain.throttling.limit import Unit
from gatehouse.domain.throttling.policy import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.throttling.limit import Rate
    from gatehouse.domain.throttling.policy import Terms

API = "900800"
BACKEND = "900801"
RESOURCE = "900802"
APPLICATION = "900803"
SUBSCRIPTION = "900804"
CUSTOM_RULE = "900806"
SUBSCRIPTION_BURST = "900807"
EVENTS = "900808"
APPLICATION_BURST = "900809"

_BURST_CODES = {PolicyKind.SUBSCRIPTION: SUBSCRIPTION_BURST, PolicyKind.APPLICATION: APPLICATION_BURST}


def policy_meters(kind: PolicyKind, terms: Terms, limits: Iterable[Rate], code: str) -> tuple[Meter, ...]:
    """The meters of a policy: its quota first, then its burst. `limits` are the default ones or a group's."""
    meters = limit_meters(kind, limits, code, soft=not terms.stop)
    if terms.burst is None:
        return meters
    burst = Meter(f"{kind}-burst", BURST, terms.burst.seconds, terms.burst.count, _BURST_CODES[kind])
    return (*meters, burst)


def limit_meters(name: str, limits: Iterable[Rate], code: str, *, soft: bool = False) -> tuple[Meter, ...]:
    """One meter per limit. `soft` ones only tell that they are over."""
    return tuple(
        Meter(
            name if limit.unit is Unit.REQUESTS else f"{name}-{limit.unit}",
            KINDS[limit.unit],
            limit.seconds,
            limit.count,
            EVENTS if limit.unit is Unit.EVENTS else code,
            unit=limit.unit,
            soft=soft,
        )
        for limit in limits
    )
