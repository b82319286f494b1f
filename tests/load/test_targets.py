"""The engine under load keeps what docs/benchmarks.md promises: the short form of `make load`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.load.scenario import Topic
from tests.load.scenarios import short
from tests.load.strategies import LEASES, PER_CALL, SYNC
from tests.load.targets import TARGETS

if TYPE_CHECKING:
    from tests.load.scenario import Scenario
    from tests.load.targets import Results, Target

SCENARIOS = short()


@pytest.fixture(scope="module")
def results() -> Results:
    return [(scenario, {way: scenario.run(way) for way in scenario.ways}) for scenario in SCENARIOS]


def _is_promised(target: Target) -> bool:
    return not target.why_missed and any(target.where(scenario) for scenario in SCENARIOS)


@pytest.mark.parametrize("target", [one for one in TARGETS if _is_promised(one)], ids=lambda target: target.name)
def test_a_promised_target_is_met(target: Target, results: Results) -> None:
    found = target.found(results)
    assert found is not None
    assert found <= target.most


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.is_exact], ids=lambda scenario: scenario.name)
def test_no_window_of_a_hard_limit_admits_more_than_the_limit(scenario: Scenario, results: Results) -> None:
    leases = next(ways[LEASES] for one, ways in results if one is scenario)
    assert leases.admitted > 0
    assert leases.over_calls == 0


def test_an_environment_that_ends_gracefully_loses_none_of_its_tokens_and_one_that_crashes_does(
    results: Results,
) -> None:
    shortfalls = {one.gracefully: ways[LEASES].shortfall for one, ways in results if one.life_seconds}
    assert shortfalls[True] < shortfalls[False] / 10


def test_an_outage_costs_less_than_where_every_call_writes_and_nothing_where_the_rest_is_shared(
    results: Results,
) -> None:
    below_the_limit = [(one, ways[LEASES]) for one, ways in results if one.topic is Topic.OUTAGE and one.load < 1]
    lost = {one.on_fault.value: leases.refused for one, leases in below_the_limit}
    assert lost["share"] == 0
    assert lost["closed"] < 30 / 240 * 0.6


def test_the_peers_are_simulated_fairly_one_exact_and_dear_the_other_cheap_and_inexact(results: Results) -> None:
    slow = [ways for one, ways in results if one.topic is Topic.SLOW_CLIENT and one.environments > 1]
    assert all(ways[PER_CALL].over_calls == 0 and ways[PER_CALL].writes_per_call == 1 for ways in slow)
    assert all(ways[SYNC].over > 0 for ways in slow)


def test_the_same_run_twice_is_the_same_to_the_last_digit() -> None:
    scenario = next(one for one in SCENARIOS if one.environments == 3)
    assert scenario.run(LEASES) == scenario.run(LEASES)
