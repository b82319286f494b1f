"""Failed log-ins: the promises of `ports/people/lockouts`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.lockouts import LockoutTable
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.lockout import NO_ATTEMPTS, Attempts
from tests.fakes.lockouts import InMemoryLockouts

if TYPE_CHECKING:
    from gatehouse.ports.people.lockouts import Lockouts
    from tests.conftest import DynamoDB

SOME = Attempts(entered=3, failed=2, rounds=1, locked_until=0, entered_at=1_700_000_000.25)


@dataclass(frozen=True, kw_only=True)
class World:
    lockouts: Lockouts
    tenant: str
    address: str


def one_more(kept: Attempts) -> Attempts:
    return replace(kept, failed=kept.failed + 1, entered_at=1_700_000_000)


class Promises:
    def test_nothing_is_kept_of_who_never_failed(self, world: World) -> None:
        assert world.lockouts.get(world.tenant, "mary") == NO_ATTEMPTS

    def test_what_a_rule_makes_is_kept_and_told(self, world: World) -> None:
        assert world.lockouts.change(world.tenant, "Mary", lambda _: SOME, NO_ATTEMPTS) == (NO_ATTEMPTS, SOME)
        assert world.lockouts.get(world.tenant, "mARY") == SOME

    @pytest.mark.parametrize("guess", [NO_ATTEMPTS, SOME, replace(SOME, failed=9)])
    def test_a_rule_sees_what_is_kept_whatever_the_caller_believes(self, world: World, guess: Attempts) -> None:
        world.lockouts.change(world.tenant, "mary", lambda _: SOME, NO_ATTEMPTS)
        old, new = world.lockouts.change(world.tenant, "mary", one_more, guess)
        assert (old, new) == (SOME, one_more(SOME))
        assert world.lockouts.get(world.tenant, "mary") == one_more(SOME)

    @pytest.mark.parametrize("guess", [NO_ATTEMPTS, SOME, replace(SOME, failed=9)])
    def test_a_rule_that_changes_nothing_tells_what_is_kept(self, world: World, guess: Attempts) -> None:
        world.lockouts.change(world.tenant, "mary", lambda _: SOME, NO_ATTEMPTS)
        assert world.lockouts.change(world.tenant, "mary", lambda kept: kept, guess) == (SOME, SOME)
        assert world.lockouts.get(world.tenant, "mary") == SOME

    @pytest.mark.parametrize("guess", [NO_ATTEMPTS, SOME])
    def test_what_is_forgotten_can_begin_anew(self, world: World, guess: Attempts) -> None:
        world.lockouts.change(world.tenant, "mary", lambda _: SOME, NO_ATTEMPTS)
        assert world.lockouts.change(world.tenant, "mary", lambda _: NO_ATTEMPTS, guess) == (SOME, NO_ATTEMPTS)
        assert world.lockouts.get(world.tenant, "mary") == NO_ATTEMPTS
        assert world.lockouts.change(world.tenant, "mary", one_more, guess)[1].failed == 1

    def test_of_many_changes_at_once_none_is_lost(self, world: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: world.lockouts.change(world.tenant, "mary", one_more, NO_ATTEMPTS), range(24)))
        assert world.lockouts.get(world.tenant, "mary").failed == 24

    def test_accounts_and_tenants_are_counted_apart(self, world: World) -> None:
        world.lockouts.change(world.tenant, "mary", lambda _: SOME, NO_ATTEMPTS)
        assert world.lockouts.get(world.tenant, "john") == NO_ATTEMPTS
        assert world.lockouts.get(f"other.{world.tenant}", "mary") == NO_ATTEMPTS

    def test_failures_of_an_address_add_up_within_their_window(self, world: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            counts = pool.map(lambda _: world.lockouts.add_failure(world.address, 7, expires_at=1), range(16))
            assert sorted(counts) == list(range(1, 17))
        assert world.lockouts.failures(world.address, 7) == 16
        assert world.lockouts.failures(world.address, 8) == 0
        assert world.lockouts.failures(f"{world.address}1", 7) == 0


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(lockouts=InMemoryLockouts(), tenant="a.example", address="203.0.113.1")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        table = LockoutTable(dynamodb.client, dynamodb.table("identity"))
        return World(lockouts=table, tenant=f"{uuid.uuid4().hex}.example", address=f"192.0.2.{uuid.uuid4().hex}")

    def test_a_table_that_does_not_answer_is_said_to(self, dynamodb: DynamoDB) -> None:
        nowhere = LockoutTable(dynamodb.client, "no-such-table")
        with pytest.raises(Unavailable):
            nowhere.get("a.example", "mary")
        with pytest.raises(Unavailable):
            nowhere.change("a.example", "mary", one_more, NO_ATTEMPTS)
        with pytest.raises(Unavailable):
            nowhere.add_failure("192.0.2.1", 7, expires_at=1)

    def test_nothing_is_kept_for_ever(self, dynamodb: DynamoDB) -> None:
        name = dynamodb.table("identity")
        table = LockoutTable(dynamodb.client, name)
        table.change("a.example", "mary", one_more, NO_ATTEMPTS)
        table.add_failure("192.0.2.1", 7, expires_at=1_700_000_000)
        items = dynamodb.client.scan(TableName=name)["Items"]
        assert sorted(int(item["ttl"]["N"]) for item in items) == [1_700_000_000, 1_700_086_400]
