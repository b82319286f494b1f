"""The invariants of the counting algorithm, by their numbers, against everything that can go wrong at once.

Not built, and so not here: the mode in which limits that stop admit more or reserve some (12), sliding windows (17), GCRA
(18), shards (22). Elsewhere: what the gateway waits for (the end of 10) and that deny policies come before counting (21)
with the gateway's tests; outages (13, 14) in test_outage; headers (20) and the order of policies (23) in test_engine.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.leases import Lease
from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted, Denied, Entity, Meter, Uncounted
from gatehouse.dataplane.throttle.pocket import Pocket
from gatehouse.dataplane.throttle.rules import Rules
from gatehouse.dataplane.throttle.sizing import PRESETS, lease_size
from gatehouse.domain.throttling.counter import window_end
from gatehouse.domain.throttling.limit import Unit
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters
from tests.worlds.fleet import START, Faults, Fleet, InlineExecutor
from tests.worlds.fleet_examples import CHANCE, FAULTS, LIMITS, Uninterrupted, limits, reserving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.dataplane.throttle.returns import Return
    from gatehouse.dataplane.throttle.sizing import Preset
    from gatehouse.ports.throttling.counters import Ask, Ledger
    from tests.worlds.fleet import Environment

MOMENTS = 600


class Watched(Fleet):
    """A fleet that looks at each lease as it is sent."""

    def watch_lease(self, environment: Environment, _entity: str, asks: Sequence[Ask], forget: Sequence[str]) -> None:
        assert all(ask.tokens >= 0 for ask in asks), "4: a lease never takes back"
        named = {name for ask in asks for name in (ask.counter, ask.lessees)}
        assert not named & set(forget), "5: nothing is asked for and removed at once"
        for name in forget:
            ended = window_end(name)
            assert ended is not None
            assert ended[0] + 2 * ended[1] <= environment.corrected_now(), "5: what is removed ended two windows ago"

    def check(self, ceiling: dict[str, int]) -> None:
        """`ceiling` is by the beginnings of counters' names, up to the point."""
        self.check_sums()
        for key, item in self.ledger.items.items():
            for name, count in item.items():
                meter, _, _ = name.partition(".")
                limit = ceiling.get(f"{key} {meter}")
                assert limit is None or count <= limit, f"1: {count} of {limit} are leased of {name}"


def ceilings(entities: Sequence[Entity]) -> dict[str, int]:
    return {f"{entity.key} {meter.id}": meter.limit for entity in entities for meter in entity.meters}


@given(chance=CHANCE, size=st.integers(1, 6), faults=FAULTS, requests=LIMITS, tokens=LIMITS)
@settings(max_examples=60, deadline=None)
def test_1_2_3_4_5_7_24_whatever_happens_no_more_is_spent_than_leased_and_no_more_leased_than_the_limit(
    chance: random.Random, size: int, faults: Faults, requests: int, tokens: int
) -> None:
    entities = limits(requests, tokens)
    fleet = Watched(chance, entities, size=size, faults=faults, skew=2.0)
    fleet.costs = lambda: reserving(fleet, tokens // 2)
    for _ in range(MOMENTS):
        fleet.moment()
        fleet.check(ceilings(entities))
    by_name = {(entity.key, meter.id): meter.limit for entity in entities for meter in entity.meters}
    for (key, name), used in fleet.used.items():
        assert used <= by_name[key, name.partition(".")[0]], f"24: {used} of {name} were used"


@given(chance=CHANCE, size=st.integers(1, 4), faults=FAULTS, tokens=LIMITS)
@example(
    chance=random.Random(1277),
    size=2,
    faults=Faults(lost_requests=0.02, lost_replies=0.2, duplicates=0.2, ends=0.02),
    tokens=120,
)  # an environment ends while another one has a debt
@settings(max_examples=60, deadline=None)
def test_1_debts_are_counted_beside_the_limit_and_buy_nothing(
    chance: random.Random, size: int, faults: Faults, tokens: int
) -> None:
    meter = Meter("ai", "tt", 60, tokens, "", unit=Unit.TOTAL_TOKENS)
    fleet = Fleet(chance, [Entity("S", (meter,))], size=size, faults=faults)
    reserved = max(1, tokens // 20)
    fleet.costs = lambda: ({Unit.TOTAL_TOKENS: reserved}, {Unit.TOTAL_TOKENS: reserved * chance.randint(1, 3)})
    for _ in range(MOMENTS):
        fleet.moment()
    prepaid: Counter[int] = Counter()
    for verdict in fleet.verdicts:
        if isinstance(verdict, Admitted):
            prepaid[int(verdict.at // 60)] += reserved
    assert all(admitted <= tokens for admitted in prepaid.values())


def test_3_a_lease_that_outlasts_its_window_every_time_admits_nobody() -> None:
    class Sluggish(InMemoryCounters):
        def lease(self, *args: Any, **kwargs: Any) -> Ledger:
            ledger = super().lease(*args, **kwargs)
            clock.advance(61)
            return ledger

    clock = StoppedClock()
    alone = Throttle(Sluggish(), clock, InlineExecutor(), environments_max=1)
    assert not isinstance(alone.admit([Entity("S", (Meter("subscription", "r", 60, 10, ""),))]), Admitted)


def test_the_fleet_does_serve_calls_and_things_do_go_wrong() -> None:
    faults = Faults(lost_requests=0.1, lost_replies=0.1, duplicates=0.1, busy=0.1, crashes=0.01, ends=0.02)
    fleet = Watched(random.Random(1), limits(3000, 3000), size=4, faults=faults, skew=2.0)
    for _ in range(3000):
        fleet.moment()
    assert sum(isinstance(verdict, Admitted) for verdict in fleet.verdicts) > 100
    assert {type(verdict) for verdict in fleet.verdicts} == {Admitted, Denied, Uncounted}
    assert any(not returned for returned in fleet.returning.values())


@given(
    chance=CHANCE, requests=LIMITS, tokens=LIMITS, busy=st.sampled_from([0.0, 0.3]), lost=st.sampled_from([0.0, 0.3])
)
@settings(max_examples=60, deadline=None)
def test_6_an_admitted_call_takes_exactly_its_cost_everywhere_and_a_denied_one_nothing(
    chance: random.Random, requests: int, tokens: int, busy: float, lost: float
) -> None:
    fleet = Uninterrupted(chance, limits(requests, tokens), size=2, faults=Faults(busy=busy, lost_replies=lost))
    for _ in range(100):
        fleet.time += chance.choice([0.0, 0.01, 0.3, 5.0])
        costs, _ = reserving(fleet, tokens)
        verdict, spent = fleet.serve(chance.choice(fleet.running), costs)
        window = {seconds: int(fleet.time // seconds) for seconds in (1, 60)}
        asked = {
            f"S#1 r60.{window[60]}": 1,
            f"S#1 b1.{window[1]}": 1,
            f"S#1 bw60.{window[60]}": costs[Unit.BYTES],
            f"S#1 tt60.{window[60]}": costs[Unit.TOTAL_TOKENS],
            f"P#1 r60.{window[60]}": 1,
        }
        expected = {name: cost for name, cost in asked.items() if cost} if isinstance(verdict, Admitted) else {}
        assert spent == expected


@given(chance=CHANCE, size=st.integers(1, 5), limit=st.integers(1, 99), faults=FAULTS)
@settings(max_examples=30, deadline=None)
def test_8_small_limits_are_leased_call_by_call(chance: random.Random, size: int, limit: int, faults: Faults) -> None:
    class OneByOne(Fleet):
        def watch_lease(self, _environment: Environment, _entity: str, asks: Sequence[Ask], _forget: object) -> None:
            assert [ask.tokens for ask in asks] == [1]

    fleet = OneByOne(chance, [Entity("S", (Meter("subscription", "r", 60, limit, ""),))], size=size, faults=faults)
    for _ in range(MOMENTS):
        fleet.moment()


@given(
    chance=CHANCE,
    limit=st.integers(1, 100_000),
    preset=st.sampled_from(list(PRESETS.values())),
    missing=st.integers(-5, 500),
)
@settings(max_examples=200)
def test_9_a_lease_is_what_is_missing_or_a_fair_share_of_what_is_left(
    chance: random.Random, limit: int, preset: Preset, missing: int
) -> None:
    meter = Meter("subscription", "r", 60, limit, "")
    rules = Rules(environments_max=chance.randint(1, 200), preset=preset)
    pocket = Pocket(60)
    pocket.roll(int(START // 60), limit)
    for _ in range(chance.randrange(20)):
        pocket.arrive(chance.randint(0, 50), START)
    if chance.random() < 0.8:
        pocket.observe(chance.randint(0, limit), chance.randint(1, 100), START)
    if chance.random() < 0.5:
        pocket.receive(chance.randint(1, limit))
    pocket.refusals = chance.randrange(3)
    tokens = lease_size(rules, meter, pocket, missing, START + chance.random())
    lessees = max(1, pocket.lessees + (not pocket.joined))
    assert 1 <= tokens <= max(1, missing, preset.kappa * pocket.left / lessees)
    assert tokens <= max(1, missing, preset.cap * limit)


@given(chance=CHANCE, size=st.integers(1, 4), faults=FAULTS)
@settings(max_examples=30, deadline=None)
def test_10_of_an_entity_at_most_one_thing_is_done_beside_calls_at_a_time(
    chance: random.Random, size: int, faults: Faults
) -> None:
    faults = replace(faults, crashes=0.0, ends=0.0, restores=0.0)  # what then is under way is another environment's
    fleet = Fleet(chance, limits(3000, 3000), size=size, faults=faults)
    beside: Counter[tuple[int, str]] = Counter()
    most = 0
    for environment in fleet.running:
        obtain = environment.throttle._do

        def watched(chore: Lease | Return, obtain: Any = obtain, environment: Environment = environment) -> bool:
            nonlocal most
            name = id(environment), chore.entity.key if isinstance(chore, Lease) else chore.key
            beside[name] += 1
            most = max(most, *beside.values())
            done: bool = obtain(chore)
            beside[name] -= 1
            return done

        environment.throttle._do = watched  # type: ignore[method-assign]
    for _ in range(MOMENTS):
        fleet.moment()
    assert most <= 1


@given(chance=CHANCE, size=st.integers(1, 6), epsilon=st.sampled_from([0.0, 0.05, 0.5]), faults=FAULTS)
@settings(max_examples=40, deadline=None)
def test_11_of_a_soft_limit_no_more_goes_unreported_than_was_allowed(
    chance: random.Random, size: int, epsilon: float, faults: Faults
) -> None:
    soft = Entity("S", (Meter("subscription", "r", 60, 200, "900804", soft=True),))
    fleet = Fleet(chance, [soft], size=size, faults=faults, epsilon=epsilon)
    allowance = int(epsilon * 200 / size)
    for _ in range(MOMENTS):
        fleet.moment()
        unreported = [
            pocket.unreported
            for environment in fleet.running
            for _, holding in environment.holdings()
            for pocket in holding.pockets.values()
        ]
        assert all(count <= allowance for count in unreported)
        assert sum(unreported) <= epsilon * 200
    assert not any(isinstance(verdict, Denied | Uncounted) for verdict in fleet.verdicts), "a soft limit never refuses"


@given(chance=CHANCE, size=st.integers(1, 3))
def test_15_a_restored_environment_holds_nothing(chance: random.Random, size: int) -> None:
    fleet = Uninterrupted(chance, limits(3000, 3000), size=size, faults=Faults())
    for _ in range(50):
        fleet.serve(chance.choice(fleet.running), ONE_REQUEST)
    for environment in fleet.running:
        environment.throttle.forget()
    assert not +fleet.held()


@given(chance=CHANCE, changes=st.lists(st.integers(1, 1000), min_size=1, max_size=6), size=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_16_a_changed_limit_admits_up_to_the_new_one_or_what_was_out_when_it_was_lowered(
    chance: random.Random, changes: list[int], size: int
) -> None:
    fleet = Uninterrupted(chance, [], size=size, faults=Faults())
    admitted = out = 0
    for limit in changes:
        meter = Meter("subscription", "r", 86_400, limit, "")
        fleet.entities = [Entity("S", (meter,))]
        bound = max(out, limit)
        for _ in range(chance.choice([30, 1200])):
            fleet.time += 0.01
            verdict, _ = fleet.serve(chance.choice(fleet.running), ONE_REQUEST)
            admitted += isinstance(verdict, Admitted)
            out = fleet.ledger.items["S"].get(meter.counter(int(START // 86_400)), 0) if fleet.ledger.items else 0
            assert admitted <= out <= bound


def test_19_the_item_of_the_policy_with_the_most_limits_stays_below_a_write_unit() -> None:
    meters = (
        Meter("subscription", "r", 60, 3000, ""),
        Meter("subscription-burst", "b", 1, 300, ""),
        Meter("subscription-prompt-tokens", "tp", 60, 3_000_000, "", unit=Unit.PROMPT_TOKENS),
        Meter("subscription-completion-tokens", "tc", 60, 3_000_000, "", unit=Unit.COMPLETION_TOKENS),
        Meter("subscription-total-tokens", "tt", 60, 3_000_000, "", unit=Unit.TOTAL_TOKENS),
    )
    entity = Entity("S#carbon.super#1f6bd5d6-44a3-4c3a-b76c-18c5b7a9c6b1#1f6bd5d6-44a3-4c3a-b76c-18c5b7a9c6b1", meters)
    fleet = Uninterrupted(random.Random(1), [entity], size=3, faults=Faults())
    costs = dict.fromkeys(Unit, 1000) | {Unit.REQUESTS: 1}
    for _ in range(3000):
        fleet.time += 0.3
        environment = fleet.chance.choice(fleet.running)
        verdict, _ = fleet.serve(environment, costs)
        if isinstance(verdict, Admitted):
            environment.throttle.upkeep(verdict)
        item = fleet.ledger.items[entity.key]
        # A name, and a number of two digits per byte and two bytes beside.
        size = sum(len(name) + 2 + -(-len(str(count)) // 2) for name, count in item.items())
        assert len("pk") + len(entity.key) + len("ttl") + 7 + size < 1024
