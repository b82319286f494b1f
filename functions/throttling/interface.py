"""The part of the admin interface that is about throttling, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.throttling.routes.counters import counter_routes
from functions.throttling.routes.decisions import decision_routes
from functions.throttling.routes.denials import denial_routes
from functions.throttling.routes.exchange import exchange_routes
from functions.throttling.routes.policies import ROOT, VIEW, policy_routes
from gatehouse.edge.effect import Effect
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.throttling.denials import DenyPolicies
    from gatehouse.controlplane.throttling.live import LiveCounters
    from gatehouse.controlplane.throttling.policies import Throttling
    from gatehouse.dataplane.foreign import Judge


def interface(
    throttling: Throttling, denials: DenyPolicies, counters: LiveCounters, judge: Judge, max_staleness_seconds: float
) -> Interface:
    """What stands below `/api/am/admin/v4/throttling`."""
    effect = Effect(max_staleness_seconds)
    return Interface(
        name="throttling",
        title="Gatehouse Throttling",
        base="/api/am/admin",
        version="v4",
        operations=(
            *policy_routes(throttling, effect),
            *exchange_routes(throttling, effect),
            *denial_routes(denials, effect, ROOT),
            *counter_routes(counters, VIEW),
            *decision_routes(judge),
        ),
    )
