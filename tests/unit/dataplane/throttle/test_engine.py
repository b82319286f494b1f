"""The invariants of the counting algorithm, held against environments that crash and a store that misbehaves."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.headers import limit_headers, next_access_time
from gatehouse.dataplane.throttle.meter import Admitted, Denied, Entity, Meter, Uncounted
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters, UnreliableCounters
from tests.worlds.fleet import InlineExecutor

if TYPE_CHECKING:
    from gatehouse.ports.throttling.counters import Counters


def environment(counters: Counters, clock: StoppedClock) -> Throttle:
    return Throttle(counters, clock, InlineExecutor(), environments_max=10, pause=clock.advance)


def per_minute(limit: int, key: str = "S#t#app#api", name: str = "subscription", code: str = "900804") -> Entity:
    return Entity(key, (Meter(name, "r", 60, limit, code),))


def counted(counters: InMemoryCounters, entity: Entity, now: float) -> int:
    (meter,) = entity.meters
    return counters.items.get(entity.key, {}).get(meter.counter(int(now // 60)), 0)


def serve(environment: Throttle, *entities: Entity) -> bool:
    verdict = environment.admit(entities)
    if isinstance(verdict, Admitted) and environment.upkeep_due(verdict):
        environment.upkeep(verdict)
    return isinstance(verdict, Admitted)


@pytest.mark.parametrize("limit", [1, 10, 50, 100, 1000])
def test_a_sequential_client_gets_exactly_its_limit(limit: int) -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    assert sum(serve(alone, per_minute(limit)) for _ in range(limit + 20)) == limit


@given(environments=st.integers(1, 8), chance=st.randoms(use_true_random=False))
def test_a_small_tier_admits_exactly_its_limit_over_any_number_of_environments(
    environments: int, chance: random.Random
) -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    running = [environment(counters, clock) for _ in range(environments)]
    assert sum(serve(chance.choice(running), per_minute(10)) for _ in range(60)) == 10


@given(
    limit=st.integers(1, 400),
    environments=st.integers(1, 6),
    faults=st.tuples(*[st.sampled_from([0.0, 0.1, 0.4])] * 4),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_no_fault_admits_more_than_the_limit_in_any_window(
    limit: int, environments: int, faults: tuple[float, ...], seed: int
) -> None:
    chance = random.Random(seed)
    clock, ledger = StoppedClock(), InMemoryCounters()
    store = UnreliableCounters(ledger, chance)
    store.lost_requests, store.lost_replies, store.duplicates, store.busy = faults
    running = [environment(store, clock) for _ in range(environments)]
    entity = per_minute(limit)
    admitted: dict[int, int] = {}
    for _ in range(600):
        if chance.random() < 0.02:  # an environment crashes, and its pocket with it
            running[chance.randrange(environments)] = environment(store, clock)
        clock.advance(chance.choice([0.0, 0.0, 0.05, 1.0, 7.0]))
        window = int(clock.now() // 60)
        served = serve(chance.choice(running), entity)
        if int(clock.now() // 60) == window:
            admitted[window] = admitted.get(window, 0) + served
        assert counted(ledger, entity, clock.now()) <= limit
    assert max(admitted.values()) <= limit


@given(order=st.permutations(range(3)), calls=st.integers(1, 30))
def test_the_order_of_policies_changes_neither_the_decision_nor_the_counters(order: list[int], calls: int) -> None:
    entities = [per_minute(limit, key=f"E{limit}") for limit in (7, 12, 20)]
    outcomes = []
    for arrangement in (entities, [entities[index] for index in order]):
        clock, counters = StoppedClock(), InMemoryCounters()
        alone = environment(counters, clock)
        admitted = [serve(alone, *arrangement) for _ in range(calls)]
        outcomes.append((admitted, counters.items))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("window", [3600, 86_400])
def test_a_counter_that_was_reset_is_noticed_soon_however_long_its_window_is(window: int) -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone, entity = (
        environment(counters, clock),
        Entity("P#t#app#user", (Meter("application", "r", window, 2, "900803"),)),
    )
    assert [serve(alone, entity) for _ in range(3)] == [True, True, False]
    for _ in range(300):
        clock.advance(1)
        assert not serve(alone, entity), "nobody has reset it"
    counters.reset(entity.key)
    waited = 0
    while not serve(alone, entity):
        clock.advance(1)
        waited += 1
    assert waited <= 15


def test_a_call_that_one_policy_denies_spends_nothing_of_the_others() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    small, large = per_minute(1, key="small"), per_minute(40, key="large")
    assert serve(alone, small, large)
    for _ in range(10):
        assert not serve(alone, small, large)
    # One token of the large one was spent; those leased beyond it are still there for calls that the small one allows.
    assert sum(serve(alone, large) for _ in range(60)) == 39


def test_the_first_violated_policy_in_evaluation_order_names_the_refusal_and_the_longest_sets_the_wait() -> None:
    clock, counters = StoppedClock(1_700_000_010.0), InMemoryCounters()
    alone = environment(counters, clock)
    burst = Entity("S", (Meter("burst", "b", 1, 1, "900807"), Meter("subscription", "r", 3600, 1, "900804")))
    assert serve(alone, burst)
    assert not serve(alone, burst)
    verdict = alone.admit([burst])
    assert isinstance(verdict, Denied)
    assert [meter.code for meter in verdict.violated] == ["900807", "900804"]
    assert verdict.retry_after == 3600 - 1_700_000_010 % 3600


def test_waiting_as_long_as_we_asked_is_enough() -> None:
    clock, counters = StoppedClock(1_700_000_007.3), InMemoryCounters()
    alone = environment(counters, clock)
    assert serve(alone, per_minute(1))
    verdict = alone.admit([per_minute(1)])
    assert isinstance(verdict, Denied)
    clock.advance(verdict.retry_after)
    assert serve(alone, per_minute(1))


def test_a_denied_client_costs_no_write() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    while serve(alone, per_minute(5)):
        pass
    before = counters.writes
    assert not any(serve(alone, per_minute(5)) for _ in range(100))
    assert counters.writes == before


def test_a_busy_key_is_leased_in_few_writes() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    calls = 1200
    for _ in range(calls):
        clock.advance(1 / 20)
        assert serve(alone, per_minute(5000))
    assert counters.writes / calls <= 0.05


def test_while_the_store_is_down_only_prepaid_tokens_are_spent() -> None:
    clock, ledger = StoppedClock(), InMemoryCounters()
    store = UnreliableCounters(ledger, random.Random(1))
    alone = environment(store, clock)
    entity = per_minute(1000)
    for _ in range(20):
        clock.advance(0.05)
        assert serve(alone, entity)
    leased = counted(ledger, entity, clock.now())
    store.down = True
    served = 0
    while isinstance(alone.admit([entity]), Admitted):
        served += 1
    assert isinstance(alone.admit([entity]), Uncounted)
    assert 20 + served == leased


def test_a_store_that_comes_back_is_used_again() -> None:
    clock, ledger = StoppedClock(), InMemoryCounters()
    store = UnreliableCounters(ledger, random.Random(1))
    alone = environment(store, clock)
    store.down = True
    for _ in range(3):
        assert isinstance(alone.admit([per_minute(10)]), Uncounted)
    store.down = False
    clock.advance(2.5)
    assert serve(alone, per_minute(10))


def test_a_throttling_store_denies_and_never_guesses() -> None:
    clock = StoppedClock()
    store = UnreliableCounters(InMemoryCounters(), random.Random(1))
    store.busy = 1.0
    verdict = environment(store, clock).admit([per_minute(10)])
    assert isinstance(verdict, Denied)
    assert verdict.retry_after == 1


def test_a_raised_limit_holds_at_once_and_a_lowered_one_admits_no_more_than_itself() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    assert sum(serve(alone, per_minute(5)) for _ in range(9)) == 5
    assert sum(serve(alone, per_minute(8)) for _ in range(9)) == 3
    assert not serve(alone, per_minute(6))


def test_a_new_window_is_a_new_quota() -> None:
    clock, counters = StoppedClock(1_700_000_040.0), InMemoryCounters()
    alone = environment(counters, clock)
    assert sum(serve(alone, per_minute(3)) for _ in range(5)) == 3
    clock.advance(60)
    assert sum(serve(alone, per_minute(3)) for _ in range(5)) == 3


def test_counters_of_ended_windows_are_removed_and_the_item_stays_small() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    entity = per_minute(10)
    for _ in range(200):
        clock.advance(61)
        assert serve(alone, entity)
    item = counters.items[entity.key]
    assert sum(len(name) + 8 for name in item) < 1024
    assert counters.expiries[entity.key] > clock.now()


def test_a_restored_snapshot_spends_nothing_twice() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    entity = per_minute(1000)
    for _ in range(50):
        clock.advance(0.01)
        serve(alone, entity)
    alone.forget()
    before = counters.writes
    assert serve(alone, entity)
    assert counters.writes == before + 1


def test_a_clock_that_is_wrong_is_corrected_by_the_stores() -> None:
    class Store(InMemoryCounters):
        def lease(self, *args: Any, **kwargs: Any) -> Any:
            ledger = super().lease(*args, **kwargs)
            return type(ledger)(granted=ledger.granted, counts=ledger.counts, server_time=1_700_000_100.0)

    clock, counters = StoppedClock(1_700_000_000.0), Store()
    alone = environment(counters, clock)
    assert serve(alone, per_minute(10))
    serve(alone, per_minute(10))
    assert max(int(name.partition(".")[2]) for name in counters.items["S#t#app#api"]) == 1_700_000_100 // 60


@given(limit=st.integers(1, 300), gaps=st.lists(st.floats(0, 3), min_size=1, max_size=80))
@settings(deadline=None)
def test_what_remains_never_rises_within_a_window(limit: int, gaps: list[float]) -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    one, other = environment(counters, clock), environment(counters, clock)
    shown: dict[int, int] = {}
    for gap in gaps:
        clock.advance(gap)
        serve(other, per_minute(limit))
        verdict = one.admit([per_minute(limit)])
        assert isinstance(verdict, Admitted | Denied)
        (standing,) = verdict.standings
        window = int(clock.now() // 60)
        assert 0 <= standing.remaining <= shown.get(window, limit)
        assert 1 <= standing.reset <= 60
        shown[window] = standing.remaining


def test_headers_tell_the_tightest_limit_and_all_of_them() -> None:
    clock, counters = StoppedClock(1_700_000_040.0), InMemoryCounters()
    verdict = environment(counters, clock).admit([per_minute(10, "a"), per_minute(5000, "b", "application")])
    assert isinstance(verdict, Admitted)
    assert dict(limit_headers(verdict.standings)) == {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "9",
        "x-ratelimit-reset": "60",
        "ratelimit-policy": '"subscription";q=10;w=60, "application";q=5000;w=60',
        "ratelimit": '"subscription";r=9;t=60, "application";r=4999;t=60',
    }


def test_the_next_access_time_is_written_as_wso2_does() -> None:
    assert next_access_time(1_767_225_660) == "2026-Jan-01 00:01:00+0000 UTC"
