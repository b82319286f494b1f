"""What a store that does not answer, or is only busy, lets through: invariants 13 and 14, and what is paid back."""

from __future__ import annotations

import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted, Entity, Meter, Uncounted
from gatehouse.dataplane.throttle.rules import OnFault
from tests.worlds.fleet import Faults
from tests.worlds.fleet_examples import CHANCE, LIMITS, Uninterrupted, pockets_of


@given(chance=CHANCE, size=st.integers(1, 5), limit=LIMITS)
@settings(max_examples=40, deadline=None)
def test_13_while_the_store_is_down_no_call_is_admitted_without_a_prepaid_token(
    chance: random.Random, size: int, limit: int
) -> None:
    fleet = Uninterrupted(
        chance, [Entity("S", (Meter("subscription", "r", 60, limit, ""),))], size=size, faults=Faults()
    )
    for _ in range(chance.randrange(200)):
        fleet.time += chance.choice([0.0, 0.02])
        fleet.serve(chance.choice(fleet.running), ONE_REQUEST)
    fleet.down = True
    held = sum(fleet.held().values())
    verdicts = [fleet.serve(chance.choice(fleet.running), ONE_REQUEST)[0] for _ in range(held + 50)]
    assert sum(isinstance(verdict, Admitted) for verdict in verdicts) <= held


@given(chance=CHANCE, size=st.integers(1, 6), limit=st.sampled_from([1, 10, 120, 900]), calls=st.integers(0, 150))
@settings(max_examples=60, deadline=None)
def test_14_environments_that_know_how_many_they_are_share_no_more_than_half_of_what_was_left(
    chance: random.Random, size: int, limit: int, calls: int
) -> None:
    meter = Meter("subscription", "r", 60, limit, "")
    fleet = Uninterrupted(chance, [Entity("S", (meter,))], size=size, faults=Faults(), on_fault=OnFault.SHARE)
    for _ in range(calls):
        fleet.time += chance.choice([0.0, 0.02, 2.0])
        fleet.serve(chance.choice(fleet.running), ONE_REQUEST)
    fleet.down = True
    window = int(fleet.time // 60)
    pockets = pockets_of(fleet)
    # In a new window an environment knows of the others what it learned in the one before.
    assume(
        all(
            (max(pocket.lessees, pocket.lessees_before or size) if pocket.window == window else pocket.lessees) >= size
            for pocket in pockets
        )
    )
    left = max([pocket.left if pocket.window == window else limit for pocket in pockets], default=limit)
    left = left if len(pockets) == size else limit
    held = sum(count for (_, name), count in fleet.held().items() if name == meter.counter(window))
    shared = -held
    for environment in fleet.running:
        while isinstance(fleet.serve(environment, ONE_REQUEST)[0], Admitted):
            shared += 1
    assert shared <= left / 2


def test_14_what_was_shared_is_paid_back_when_the_store_answers_again() -> None:
    meter = Meter("subscription", "r", 60, 1000, "")
    fleet = Uninterrupted(
        random.Random(1), [Entity("S", (meter,))], size=1, faults=Faults(), on_fault=OnFault.SHARE, environments_max=2
    )
    (alone,) = fleet.running
    fleet.down = True
    shared = 0
    while isinstance(fleet.serve(alone, ONE_REQUEST)[0], Admitted):
        shared += 1
    assert shared == 1000 // (2 * 2)
    assert isinstance(fleet.verdicts[-1], Uncounted)
    fleet.down = False
    fleet.time += 60
    window = int(fleet.time // 60)
    admitted = 0
    while isinstance(fleet.serve(alone, ONE_REQUEST)[0], Admitted):
        admitted += 1
    assert admitted == 1000 - shared
    assert fleet.ledger.items["S"][meter.counter(window)] == 1000


@given(chance=CHANCE, limit=LIMITS)
@settings(max_examples=30, deadline=None)
def test_14_nothing_is_shared_while_the_store_is_only_busy(chance: random.Random, limit: int) -> None:
    meter = Meter("subscription", "r", 60, limit, "")
    fleet = Uninterrupted(chance, [Entity("S", (meter,))], size=3, faults=Faults(busy=0.9), on_fault=OnFault.SHARE)
    for _ in range(200):
        fleet.serve(chance.choice(fleet.running), ONE_REQUEST)
        fleet.check_sums()
    assert all(pocket.shared == 0 for pocket in pockets_of(fleet))
