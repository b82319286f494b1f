"""What is leased and will not be spent is given back: when an environment ends, and when a limit is lowered."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.meter import Admitted, Entity, Meter
from gatehouse.ports.throttling.counters import CountersDown
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters, UnreliableCounters
from tests.worlds.fleet import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.throttling.counters import Counters

LIMIT = 5000
SECONDS = 0.25


def environment(counters: Counters, clock: StoppedClock) -> Throttle:
    return Throttle(counters, clock, InlineExecutor(), environments_max=10, pause=clock.advance)


def per_minute(limit: int = LIMIT, key: str = "S", seconds: int = 60) -> Entity:
    return Entity(key, (Meter("subscription", "r", seconds, limit, "900804"),))


def busy_with(throttle: Throttle, clock: StoppedClock, entity: Entity, calls: int = 100) -> Admitted:
    admitted = []
    for _ in range(calls):
        clock.advance(0.02)
        verdict = throttle.admit([entity])
        assert isinstance(verdict, Admitted)
        admitted.append(verdict)
    return admitted[-1]


def count(counters: InMemoryCounters, entity: Entity, clock: StoppedClock) -> int:
    (meter,) = entity.meters
    return counters.items[entity.key][meter.counter(int(clock.now() // meter.seconds))]


def test_an_environment_that_ends_gives_back_all_it_has_not_spent() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    busy_with(alone, clock, per_minute())
    leased = count(counters, per_minute(), clock)
    assert leased > 100
    assert alone.give_back_all(SECONDS) == leased - 100
    assert count(counters, per_minute(), clock) == 100
    assert alone.give_back_all(SECONDS) == 0


def test_whatever_happens_to_a_return_no_token_is_given_back_twice() -> None:
    for seed in range(40):
        clock, counters = StoppedClock(), InMemoryCounters()
        store = UnreliableCounters(counters, random.Random(seed))
        alone = environment(store, clock)
        busy_with(alone, clock, per_minute())
        store.lost_replies = store.duplicates = store.lost_requests = 0.5
        alone.give_back_all(10.0)
        assert count(counters, per_minute(), clock) >= 100


def test_the_most_valuable_goes_back_first_and_no_longer_than_there_is_time() -> None:
    class Slow(InMemoryCounters):
        def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
            clock.advance(0.1)
            returned.append(entity)
            return super().give_back(entity, tokens, request=request)

    returned: list[str] = []
    clock = StoppedClock()
    alone = environment(Slow(), clock)
    for name, limit in (("large", 1_000_000), ("small", 1000), ("middle", 30_000), ("huge", 10**8)):
        busy_with(alone, clock, per_minute(limit, name), calls=10)
    alone.give_back_all(SECONDS)
    assert returned == ["small", "middle", "large"]


def test_what_no_other_environment_could_lease_in_time_is_not_given_back() -> None:
    clock, counters = StoppedClock(1_700_000_039.0 - 2.5), InMemoryCounters()
    alone = environment(counters, clock)
    busy_with(alone, clock, per_minute())
    clock.time = 1_700_000_039.5
    assert alone.give_back_all(SECONDS) == 0


def test_what_a_lowered_limit_leaves_over_is_given_back_beside_the_next_call() -> None:
    clock, counters = StoppedClock(), InMemoryCounters()
    alone = environment(counters, clock)
    busy_with(alone, clock, per_minute())
    leased = count(counters, per_minute(), clock)
    lowered = per_minute(LIMIT // 2)
    verdict = alone.admit([lowered])
    assert isinstance(verdict, Admitted)
    held = count(counters, lowered, clock) - leased
    assert alone.upkeep_due(verdict)
    alone.upkeep(verdict)
    assert count(counters, lowered, clock) == 100 + held
    assert not alone.upkeep_due(verdict)


def test_a_store_that_does_not_answer_is_not_waited_for_at_the_end() -> None:
    class Silent(InMemoryCounters):
        def give_back(self, *_: Any, **__: Any) -> bool:
            clock.advance(0.1)
            raise CountersDown

    clock = StoppedClock()
    alone = environment(Silent(), clock)
    for number in range(50):
        busy_with(alone, clock, per_minute(key=f"S{number}"), calls=10)
    before = clock.now()
    assert alone.give_back_all(SECONDS) == 0
    assert clock.now() - before < 2 * SECONDS
