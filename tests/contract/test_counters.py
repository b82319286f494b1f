"""Leases: the promises of `ports/throttling/counters`, kept by the fake and by DynamoDB, and exact under concurrency."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gatehouse.adapters import aws
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.meter import Admitted, Entity, Meter
from gatehouse.ports.throttling.counters import Ask, CountersDown
from tests.fakes.counters import InMemoryCounters

if TYPE_CHECKING:
    from gatehouse.ports.throttling.counters import Counters
    from tests.conftest import DynamoDB

EXPIRES = 2_000_000_000


def ask(counter: str = "r60.1", tokens: int = 1, limit: int | None = 10, *, join: bool = False) -> Ask:
    return Ask(counter=counter, lessees=f"m{counter}", tokens=tokens, limit=limit, join=join)


def new_request() -> str:
    """A store knows requests of all tests for ten minutes."""
    return uuid4().hex


class Promises:
    def test_a_lease_is_granted_up_to_the_limit_and_says_what_is_out(self, counters: Counters) -> None:
        first = counters.lease("E", [ask(tokens=7, join=True)], expires_at=EXPIRES, forget=[])
        assert first.granted
        assert first.counts == {"r60.1": 7, "mr60.1": 1}
        assert not counters.lease("E", [ask(tokens=4)], expires_at=EXPIRES, forget=[]).granted
        assert counters.lease("E", [ask(tokens=3)], expires_at=EXPIRES, forget=[]).counts["r60.1"] == 10

    def test_a_refused_lease_says_what_is_out_and_changes_nothing(self, counters: Counters) -> None:
        counters.lease("E", [ask(tokens=10, join=True)], expires_at=EXPIRES, forget=[])
        refused = counters.lease("E", [ask(join=True)], expires_at=EXPIRES, forget=[])
        assert (refused.granted, refused.counts) == (False, {"r60.1": 10, "mr60.1": 1})
        assert counters.read("E").counts == {"r60.1": 10, "mr60.1": 1}

    def test_all_meters_of_an_entity_are_leased_or_none(self, counters: Counters) -> None:
        counters.lease("E", [ask("b1.9", tokens=1, limit=1)], expires_at=EXPIRES, forget=[])
        both = [ask(tokens=5), ask("b1.9", limit=1)]
        assert not counters.lease("E", both, expires_at=EXPIRES, forget=[]).granted
        assert counters.read("E").counts == {"b1.9": 1}

    def test_more_than_the_limit_is_never_leased(self, counters: Counters) -> None:
        assert not counters.lease("E", [ask(tokens=11)], expires_at=EXPIRES, forget=[]).granted
        assert counters.read("E").counts == {}

    def test_what_has_no_limit_is_counted_whatever_is_out(self, counters: Counters) -> None:
        counters.lease("E", [ask(tokens=10)], expires_at=EXPIRES, forget=[])
        beyond = counters.lease("E", [ask(tokens=5, limit=None, join=True)], expires_at=EXPIRES, forget=[])
        assert beyond.granted
        assert beyond.counts == {"r60.1": 15, "mr60.1": 1}

    def test_what_has_no_limit_is_leased_with_what_has_one_or_not_at_all(self, counters: Counters) -> None:
        both = [ask("bw60.1", tokens=500, limit=None), ask(tokens=8)]
        assert counters.lease("E", both, expires_at=EXPIRES, forget=[]).granted
        assert not counters.lease("E", both, expires_at=EXPIRES, forget=[]).granted
        assert counters.read("E").counts == {"bw60.1": 500, "r60.1": 8}

    def test_what_is_given_back_can_be_leased_again(self, counters: Counters) -> None:
        counters.lease("E", [ask(tokens=10, join=True), ask("b1.9", tokens=4)], expires_at=EXPIRES, forget=[])
        assert counters.give_back("E", {"r60.1": 3, "b1.9": 4}, request=new_request())
        assert counters.read("E").counts == {"r60.1": 7, "mr60.1": 1, "b1.9": 0}
        assert counters.lease("E", [ask(tokens=3)], expires_at=EXPIRES, forget=[]).granted
        assert not counters.lease("E", [ask()], expires_at=EXPIRES, forget=[]).granted

    def test_what_is_given_back_twice_by_one_request_is_taken_off_once(self, counters: Counters) -> None:
        counters.lease("E", [ask(tokens=10)], expires_at=EXPIRES, forget=[])
        request = new_request()
        for _ in range(3):
            assert counters.give_back("E", {"r60.1": 3}, request=request)
        assert counters.read("E").counts == {"r60.1": 7}
        assert counters.give_back("E", {"r60.1": 3}, request=new_request())
        assert counters.read("E").counts == {"r60.1": 4}

    def test_more_than_is_counted_is_not_taken_back_and_nothing_of_it(self, counters: Counters) -> None:
        counters.lease("E", [ask(tokens=2), ask("b1.9", tokens=4)], expires_at=EXPIRES, forget=[])
        assert not counters.give_back("E", {"b1.9": 1, "r60.1": 3}, request=new_request())
        assert not counters.give_back("E", {"r60.7": 1}, request=new_request())
        assert not counters.give_back("nobody", {"r60.1": 1}, request=new_request())
        assert counters.read("E").counts == {"r60.1": 2, "b1.9": 4}
        assert counters.read("nobody").counts == {}

    def test_counters_of_old_windows_are_removed_on_the_way(self, counters: Counters) -> None:
        counters.lease("E", [ask("r60.1", join=True)], expires_at=EXPIRES, forget=[])
        forget = ["r60.1", "mr60.1", "r60.0"]
        assert counters.lease("E", [ask("r60.4")], expires_at=EXPIRES, forget=forget).counts == {"r60.4": 1}

    @pytest.mark.parametrize("limit", [10, 200])
    def test_sixteen_clients_over_four_environments_get_exactly_the_limit(self, counters: Counters, limit: int) -> None:
        # An hour's window: none turns while the test runs, unless an hour does.
        entity = Entity("S#t#app#api", (Meter("subscription", "r", 3600, limit, "900804"),))
        if 3600 - time.time() % 3600 < 60:
            time.sleep(3600 - time.time() % 3600)
        with ThreadPoolExecutor(4) as leasing, ThreadPoolExecutor(16) as clients:
            environments = [Throttle(counters, SystemClock(), leasing, environments_max=4) for _ in range(4)]

            def client(number: int) -> int:
                admitted = 0
                for call in range(limit // 4 + 10):
                    verdict = environments[(number + call) % 4].admit([entity])
                    admitted += isinstance(verdict, Admitted)
                return admitted

            assert sum(clients.map(client, range(16))) == limit


class TestInMemory(Promises):
    @pytest.fixture
    def counters(self) -> Counters:
        return InMemoryCounters()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def counters(self, dynamodb: DynamoDB) -> Counters:
        # Slower than in a region: the stores of these tests share two processors with sixteen clients.
        client = aws.client("dynamodb", connect_seconds=5, read_seconds=10, attempts=1)
        return CounterTable(client, dynamodb.table("counters", sorted_by_key=False))

    def test_the_stores_own_clock_comes_along(self, counters: Counters) -> None:
        ledger = counters.lease("E", [ask()], expires_at=EXPIRES, forget=[])
        if ledger.server_time is not None:
            assert abs(ledger.server_time - time.time()) < 60

    def test_a_store_that_is_not_there_is_down(self, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch) -> None:
        del dynamodb
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        aws.session.cache_clear()
        nowhere = CounterTable(aws.counter_client(0.1), "counters")
        with pytest.raises(CountersDown):
            nowhere.lease("E", [ask()], expires_at=EXPIRES, forget=[])
        with pytest.raises(CountersDown):
            nowhere.give_back("E", {"r60.1": 1}, request=new_request())
