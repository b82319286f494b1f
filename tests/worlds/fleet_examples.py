"""What property tests draw: chance, faults, limits, and a fleet whose calls are not interrupted."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from gatehouse.dataplane.throttle.meter import Entity, Meter
from gatehouse.domain.throttling.limit import Unit
from tests.worlds.fleet import Faults, Fleet

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.meter import Costs, Verdict
    from gatehouse.dataplane.throttle.pocket import Pocket
    from tests.worlds.fleet import Environment

RARELY = st.sampled_from([0.0, 0.02, 0.2])
FAULTS = st.builds(
    Faults,
    lost_requests=RARELY,
    lost_replies=RARELY,
    duplicates=RARELY,
    busy=RARELY,
    crashes=st.sampled_from([0.0, 0.01]),
    ends=st.sampled_from([0.0, 0.02]),
    restores=st.sampled_from([0.0, 0.01]),
)
CHANCE = st.integers(0, 2**32).map(random.Random)
LIMITS = st.sampled_from([1, 10, 120, 3000])


def limits(requests: int, tokens: int) -> list[Entity]:
    """A subscription with a quota, a burst, bytes and tokens of a model; and an application."""
    subscription = (
        Meter("subscription", "r", 60, requests, "900804"),
        Meter("subscription-burst", "b", 1, max(1, requests // 10), "900807"),
        Meter("subscription-bytes", "bw", 60, 50 * requests, "900804", unit=Unit.BYTES),
        Meter("subscription-tokens", "tt", 60, tokens, "900804", unit=Unit.TOTAL_TOKENS),
    )
    return [Entity("S#1", subscription), Entity("P#1", (Meter("application", "r", 60, 2 * requests, "900803"),))]


def reserving(fleet: Fleet, most: int) -> tuple[Costs, Costs]:
    """A call that reserves tokens and uses no more."""
    reserved = fleet.chance.randrange(most + 1)
    costs = {Unit.REQUESTS: 1, Unit.BYTES: fleet.chance.randrange(200), Unit.TOTAL_TOKENS: reserved}
    return costs, {Unit.TOTAL_TOKENS: fleet.chance.randint(0, reserved)}


class Uninterrupted(Fleet):
    """Calls that run from their beginning to their end, and lookers-on who see what a call changed."""

    def interrupt(self) -> None:
        """Nothing happens on the way."""

    def serve(self, environment: Environment, costs: Costs) -> tuple[Verdict, dict[str, int]]:
        """A verdict, and how much was spent of each meter."""
        before = _spent(environment)
        verdict = environment.throttle.admit(self.entities, costs)
        self.decided(environment, verdict)
        spent = {name: count - before.get(name, 0) for name, count in _spent(environment).items()}
        return verdict, {name: count for name, count in spent.items() if count}


def _spent(environment: Environment) -> dict[str, int]:
    return {
        f"{key} {meter}.{pocket.window}": pocket.spent
        for key, holding in environment.holdings()
        for meter, pocket in holding.pockets.items()
    }


def pockets_of(fleet: Fleet) -> list[Pocket]:
    return [
        pocket
        for environment in fleet.running
        for _, holding in environment.holdings()
        for pocket in holding.pockets.values()
    ]
