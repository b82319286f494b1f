"""Which user store a name leads to, and what is remembered on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.user_stores import StoreUsers
from gatehouse.adapters.user_stores.routing import REMEMBERED_SECONDS, proof
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.user_store import StoreType, UserStore
from tests.callers import PASSWORD, KnownUsers, PlainPasswords, user
from tests.fakes.clock import StoppedClock
from tests.fakes.user_stores import InMemoryUserStores

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User

THEIRS = replace(user("CORP/mary"), password_hash=proof(SUPER_TENANT, "CORP", "uid=mary,o=a/b"))


class Directory:
    """One directory with one user in it, whose password is `theirs`; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def open(self, store: UserStore) -> Directory:  # type: ignore[override]
        self.asked.append(f"open {store.domain}")
        return self

    def get(self, name: str) -> User | None:
        self.asked.append(f"get {name}")
        return THEIRS if name.lower() == "mary" else None

    def proves(self, where: str, password: str) -> bool:
        self.asked.append(f"prove {where}")
        return (where, password) == ("uid=mary,o=a/b", "theirs")


class World:
    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.stores = InMemoryUserStores()
        self.store = self.stores.add(UserStore(tenant=SUPER_TENANT, domain="CORP", type=StoreType.READ_ONLY))
        self.directory = Directory()
        self.users = StoreUsers(KnownUsers((user("mary"),)), PlainPasswords(), self.stores, self.directory, self.clock)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("name", ["mary", "PRIMARY/mary", "primary/Mary"])
def test_a_name_without_a_domain_is_the_tenant_s_own_user(world: World, name: str) -> None:
    found = world.users.get(SUPER_TENANT, name)
    assert found is not None
    assert found.name == "mary"
    assert world.users.matches(PASSWORD, found.password_hash)
    assert world.directory.asked == []


def test_a_name_with_a_domain_is_a_user_of_that_store_alone(world: World) -> None:
    assert world.users.get(SUPER_TENANT, "corp/mary") == THEIRS
    assert world.users.matches("theirs", THEIRS.password_hash)
    assert not world.users.matches(PASSWORD, THEIRS.password_hash)
    for tenant, name in ((SUPER_TENANT, "NOWHERE/mary"), ("example.com", "CORP/mary"), (SUPER_TENANT, "CORP/john")):
        assert world.users.get(tenant, name) is None


def test_nobody_is_compared_where_they_would_be_and_nobody_s_proof_is_good(world: World) -> None:
    assert world.users.nobody(SUPER_TENANT, "john") == ""
    nobody = world.users.nobody(SUPER_TENANT, "CORP/john")
    assert not world.users.matches("theirs", nobody)
    assert world.directory.asked == ["open CORP", "prove "]
    assert not world.users.matches("theirs", world.users.nobody(SUPER_TENANT, "NOWHERE/john"))


def test_a_user_and_a_store_are_asked_for_once_within_some_seconds(world: World) -> None:
    for _ in range(3):
        world.users.get(SUPER_TENANT, "CORP/mary")
    assert world.directory.asked == ["open CORP", "get mary"]
    world.clock.advance(REMEMBERED_SECONDS)
    world.users.get(SUPER_TENANT, "CORP/mary")
    assert world.directory.asked == ["open CORP", "get mary"] * 2


def test_who_is_not_there_is_asked_for_each_time(world: World) -> None:
    for _ in range(2):
        assert world.users.get(SUPER_TENANT, "CORP/john") is None
    assert world.directory.asked == ["open CORP", "get john", "get john"]


@pytest.mark.parametrize("change", ["disabled", "removed"])
def test_a_store_that_is_closed_is_closed_within_seconds(world: World, change: str) -> None:
    world.users.get(SUPER_TENANT, "CORP/mary")
    if change == "removed":
        world.stores.remove(world.store)
    else:
        world.stores.save(replace(world.store, properties={"Disabled": "true"}))
    world.clock.advance(REMEMBERED_SECONDS)
    assert world.users.get(SUPER_TENANT, "CORP/mary") is None
    assert not world.users.matches("theirs", THEIRS.password_hash)
