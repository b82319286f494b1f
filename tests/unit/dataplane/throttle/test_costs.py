"""Calls that cost more than a request: reserved, settled, owed; limits that count and do not stop."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted, Denied, Entity, Meter, Uncounted
from gatehouse.domain.throttling.limit import Unit
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters, UnreliableCounters
from tests.worlds.fleet import InlineExecutor

WINDOW = 1_700_000_000 // 60
TOKENS = Unit.TOTAL_TOKENS


class World:
    """Environments that count on one store, and a clock that stands still."""

    def __init__(self, **rules: float) -> None:
        self.clock = StoppedClock()
        self.counters = InMemoryCounters()
        self.store = UnreliableCounters(self.counters, random.Random(1))
        self._rules = rules
        self.one = self.environment()

    def environment(self) -> Throttle:
        rules = {"environments_max": 10, **self._rules}
        return Throttle(self.store, self.clock, InlineExecutor(), pause=self.clock.advance, **rules)  # type: ignore[arg-type]

    def count(self, meter: Meter) -> int:
        return self.counters.items.get("S", {}).get(meter.counter(int(self.clock.now() // meter.seconds)), 0)


def tokens(limit: int, *, soft: bool = False) -> Meter:
    return Meter("ai", "tt", 60, limit, "900804", unit=TOKENS, soft=soft)


def requests(limit: int, *, soft: bool = False) -> Meter:
    return Meter("subscription", "r", 60, limit, "900804", soft=soft)


def admitted(throttle: Throttle, meter: Meter, cost: int) -> Admitted:
    verdict = throttle.admit([Entity("S", (meter,))], {meter.unit: cost})
    assert isinstance(verdict, Admitted)
    return verdict


def is_admitted(throttle: Throttle, meter: Meter, cost: int) -> bool:
    return isinstance(throttle.admit([Entity("S", (meter,))], {meter.unit: cost}), Admitted)


def test_a_call_takes_what_it_costs() -> None:
    world, meter = World(), tokens(1000)
    assert admitted(world.one, meter, 700).standings[0].remaining == 300
    assert not is_admitted(world.one, meter, 301)
    assert is_admitted(world.one, meter, 300)


def test_a_call_that_is_too_dear_for_what_is_left_does_not_shut_out_cheaper_ones() -> None:
    world, meter = World(), tokens(1000)
    admitted(world.one, meter, 900)
    writes = world.counters.writes
    assert not any(is_admitted(world.one, meter, 200) for _ in range(20))
    assert world.counters.writes == writes, "and costs no write"
    assert is_admitted(world.environment(), meter, 100)


def test_what_costs_more_than_the_limit_is_denied_without_asking() -> None:
    world, meter = World(), tokens(1000)
    assert not is_admitted(world.one, meter, 1001)
    assert world.counters.writes == 0


def test_what_costs_nothing_is_denied_only_when_nothing_is_left() -> None:
    world, meter = World(), tokens(10)
    for _ in range(30):
        assert is_admitted(world.one, meter, 0)
    assert is_admitted(world.one, meter, 10)
    assert not is_admitted(world.one, meter, 0)
    assert not is_admitted(world.environment(), meter, 0)


def test_a_unit_that_is_not_named_costs_nothing() -> None:
    world, meter = World(), tokens(10)
    verdict = world.one.admit([Entity("S", (requests(5), meter))])
    assert isinstance(verdict, Admitted)
    assert [standing.remaining for standing in verdict.standings] == [4, 10]


def test_a_quota_of_requests_and_its_burst_are_counted_alike() -> None:
    world = World()
    burst = Entity("S", (requests(5), Meter("burst", "b", 1, 2, "900807")))
    verdicts = [world.one.admit([burst]) for _ in range(3)]
    assert [type(verdict) for verdict in verdicts] == [Admitted, Admitted, Denied]


@pytest.mark.parametrize("size", [1, 100, 2500])
def test_a_stream_of_equal_costs_is_leased_in_few_writes(size: int) -> None:
    world, meter = World(), tokens(5000 * size)
    for _ in range(1200):
        world.clock.advance(1 / 20)
        verdict = admitted(world.one, meter, size)
        if world.one.upkeep_due(verdict):
            world.one.upkeep(verdict)
    assert world.counters.writes / 1200 <= 0.05


def test_what_was_reserved_and_not_used_serves_the_next_call() -> None:
    world, meter = World(), tokens(1000)
    first = admitted(world.one, meter, 1000)
    assert not is_admitted(world.one, meter, 1)
    world.one.settle(first, {TOKENS: 250})
    assert is_admitted(world.one, meter, 750)
    assert not is_admitted(world.one, meter, 1)


def test_what_is_not_settled_stays_charged_and_what_is_settled_twice_is_settled_once() -> None:
    world, meter = World(), tokens(1000)
    first = admitted(world.one, meter, 600)
    world.one.settle(first, {Unit.REQUESTS: 0})
    assert not is_admitted(world.one, meter, 600)
    second = admitted(world.one, meter, 400)
    for _ in range(3):
        world.one.settle(second, {TOKENS: 100})
    assert is_admitted(world.one, meter, 300)
    assert not is_admitted(world.one, meter, 1)


def test_more_than_was_reserved_is_a_debt_that_the_next_lease_pays() -> None:
    world, meter = World(), tokens(1000)
    world.one.settle(admitted(world.one, meter, 100), {TOKENS: 350})
    assert is_admitted(world.one, meter, 10)
    assert world.count(meter) >= 360
    assert sum(is_admitted(world.environment(), meter, 10) for _ in range(100)) <= 64


def test_a_debt_larger_than_what_is_left_is_counted_all_the_same_and_ends_with_its_window() -> None:
    world, meter = World(), tokens(1000)
    world.one.settle(admitted(world.one, meter, 900), {TOKENS: 5000})
    assert not is_admitted(world.one, meter, 1)
    assert world.count(meter) == 5000
    assert not is_admitted(world.environment(), meter, 1)
    world.clock.advance(60)
    assert is_admitted(world.one, meter, 1000)
    assert world.count(meter) == 1000


def test_a_debt_that_outlives_its_window_is_counted_in_the_next() -> None:
    world, meter = World(), tokens(1000)
    verdict = admitted(world.one, meter, 900)
    world.clock.advance(60)
    world.one.settle(verdict, {TOKENS: 1200})
    assert is_admitted(world.one, meter, 700)
    assert not is_admitted(world.one, meter, 1)
    assert world.count(meter) == 1000


def test_what_was_not_used_of_an_older_window_is_not_spent_in_this_one() -> None:
    world, meter = World(), tokens(1000)
    verdict = admitted(world.one, meter, 900)
    world.clock.advance(60)
    assert is_admitted(world.one, meter, 1000)
    world.one.settle(verdict, {TOKENS: 0})
    assert not is_admitted(world.one, meter, 1)


def test_what_was_reserved_before_a_restore_is_spent_by_no_copy() -> None:
    world, meter = World(), tokens(1000)
    verdict = admitted(world.one, meter, 1000)
    world.one.forget()
    world.one.settle(verdict, {TOKENS: 0})
    assert not is_admitted(world.one, meter, 1)


@given(uses=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=60), many=st.integers(1, 4))
@settings(deadline=None)
def test_24_who_reserves_at_least_what_is_used_never_uses_more_than_the_limit(
    uses: list[tuple[int, int]], many: int
) -> None:
    world, meter = World(), tokens(1000)
    environments = [world.environment() for _ in range(many)]
    total = 0
    for turn, (one, other) in enumerate(uses):
        throttle = environments[turn % many]
        verdict = throttle.admit([Entity("S", (meter,))], {TOKENS: max(one, other)})
        if isinstance(verdict, Admitted):
            throttle.settle(verdict, {TOKENS: min(one, other)})
            total += min(one, other)
    assert total <= 1000
    assert world.count(meter) <= 1000


def test_a_limit_that_does_not_stop_admits_all_and_tells_exactly_which_are_over() -> None:
    world, meter = World(), requests(50, soft=True)
    environments = [world.environment() for _ in range(3)]
    verdicts = [admitted(environments[turn % 3], meter, 1) for turn in range(90)]
    assert [bool(verdict.over) for verdict in verdicts] == [False] * 50 + [True] * 40
    assert verdicts[-1].over == (meter,)
    assert verdicts[-1].standings[0].remaining == 0


def test_a_limit_that_does_not_stop_never_stands_in_the_way_of_one_that_does() -> None:
    world = World()
    both = Entity("S", (requests(3, soft=True), Meter("burst", "b", 60, 10, "900807")))
    verdicts = [world.one.admit([both]) for _ in range(11)]
    assert [type(verdict) for verdict in verdicts] == [Admitted] * 10 + [Denied]
    denied = verdicts[-1]
    assert isinstance(denied, Denied)
    assert [meter.kind for meter in denied.violated] == ["b"]


def test_far_beyond_a_limit_that_does_not_stop_calls_are_still_counted_in_few_writes() -> None:
    world, meter = World(), requests(5000, soft=True)
    for _ in range(1200):
        for _ in range(10):
            world.clock.advance(1 / 240)
            verdict = admitted(world.one, meter, 1)
            if world.one.upkeep_due(verdict):
                world.one.upkeep(verdict)
    assert world.counters.writes / 12_000 <= 0.02


def test_a_limit_that_does_not_stop_waits_for_nobody_and_pays_when_the_store_answers_again() -> None:
    world, meter = World(), requests(1000, soft=True)
    world.store.down = True
    for _ in range(40):
        verdict = admitted(world.one, meter, 1)
    world.store.down = False
    world.clock.advance(2.5)
    assert world.one.upkeep_due(verdict)
    world.one.upkeep(verdict)
    assert world.count(meter) >= 40


def test_a_small_share_of_a_limit_that_does_not_stop_may_go_unreported_until_the_first_lease() -> None:
    world, meter = World(epsilon=0.1), requests(1000, soft=True)
    for _ in range(10):
        admitted(world.one, meter, 1)
    assert world.counters.writes == 0
    admitted(world.one, meter, 1)
    assert world.count(meter) >= 11
    world.clock.advance(60)
    for _ in range(10):
        admitted(world.one, meter, 1)
    assert world.count(meter) == 0


def test_a_limit_that_stops_leaves_nothing_unreported() -> None:
    world, meter = World(epsilon=0.5), requests(1000)
    admitted(world.one, meter, 1)
    assert world.count(meter) >= 1


def test_a_call_needs_every_hard_meter_of_a_store_that_is_down() -> None:
    world = World()
    world.store.down = True
    both = Entity("S", (requests(3, soft=True), Meter("burst", "b", 60, 10, "900807")))
    assert isinstance(world.one.admit([both], ONE_REQUEST), Uncounted)
