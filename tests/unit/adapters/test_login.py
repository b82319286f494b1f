"""Logging in with a password: who is proved, how often one may guess, and what the answer and the log keep to themselves."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.login import LogJournal, PasswordLogin, RememberedPasswords
from gatehouse.controlplane.identity.account_locks import AccountLocks
from gatehouse.domain.errors import Throttled
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import PASSWORD, KnownUsers, PlainPasswords, user
from tests.fakes.clock import StoppedClock
from tests.fakes.lockouts import TERMS, InMemoryLockouts, Journal, guard

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User

MARY = user("Mary")
GONE = replace(user("gone"), active=False)
ADDRESS = "203.0.113.7"


class Counting(PlainPasswords):
    def __init__(self) -> None:
        self.asked: list[str] = []

    def matches(self, password: str, password_hash: str) -> bool:
        self.asked.append(password_hash)
        return super().matches(password, password_hash)


class World:
    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.passwords = Counting()
        self.lockouts = InMemoryLockouts()
        self.journal = Journal()
        self.remembered = RememberedPasswords(self.passwords, self.clock, 10.0)
        self.login = PasswordLogin(
            KnownUsers((MARY, GONE)), self.remembered, guard(self.lockouts, self.clock, self.journal)
        )
        self.locks = AccountLocks(lockouts=self.lockouts, journal=self.journal, clock=self.clock)

    def try_in(self, name: str = "mary", password: str = PASSWORD, address: str = ADDRESS) -> User | None:
        return self.login.authenticate(MARY.tenant, name, password, address=address)

    def fail(self, times: int, name: str = "mary", address: str = ADDRESS) -> None:
        for number in range(times):
            assert self.try_in(name, f"guess {number}", address) is None


@pytest.fixture
def world() -> World:
    return World()


def test_a_password_proves_its_user(world: World) -> None:
    assert world.try_in() == MARY


@pytest.mark.parametrize(
    ("name", "password"),
    [("mary", "guessed"), ("mary", ""), ("nobody", PASSWORD), ("gone", PASSWORD), ("", ""), ("x" * 5000, PASSWORD)],
)
def test_nothing_else_proves_anybody_and_all_cost_one_comparison(world: World, name: str, password: str) -> None:
    assert world.try_in(name, password) is None
    assert len(world.passwords.asked) == 1


def test_a_password_does_not_count_in_another_tenant(world: World) -> None:
    assert world.login.authenticate("example.com", "mary", PASSWORD) is None


def test_a_proven_password_is_compared_once_within_some_seconds_and_counted_no_more(world: World) -> None:
    world.try_in()
    asked = world.lockouts.asked
    for _ in range(3):
        assert world.try_in() == MARY
    assert (len(world.passwords.asked), world.lockouts.asked) == (1, asked)
    world.clock.advance(10.1)
    assert world.try_in() == MARY
    assert len(world.passwords.asked) == 2


def test_a_wrong_password_is_never_remembered(world: World) -> None:
    assert not world.remembered.matches("guessed", MARY.password_hash)
    assert not world.remembered.recalls("guessed", MARY.password_hash)
    assert not world.remembered.matches(PASSWORD, "")
    assert not world.remembered.recalls(PASSWORD, "")


@pytest.mark.parametrize("name", ["mary", "nobody", "gone"])
def test_a_locked_account_answers_like_any_failure_after_as_many_comparisons(world: World, name: str) -> None:
    world.fail(TERMS.threshold, name)
    world.passwords.asked.clear()
    assert world.try_in(name) is None
    assert world.passwords.asked == [""]


def test_the_right_password_opens_nothing_until_the_lock_ends(world: World) -> None:
    world.fail(TERMS.threshold)
    assert world.try_in() is None
    world.clock.advance(TERMS.first_seconds - 1)
    assert world.try_in("MARY") is None
    world.clock.advance(1)
    assert world.try_in() == MARY


def test_a_success_starts_the_count_anew(world: World) -> None:
    world.fail(TERMS.threshold - 1)
    assert world.try_in() == MARY
    world.clock.advance(60)
    world.fail(TERMS.threshold - 1)
    assert world.try_in() == MARY


def test_a_lock_grows_with_each_round(world: World) -> None:
    world.fail(TERMS.threshold)
    world.clock.advance(TERMS.first_seconds)
    world.fail(TERMS.threshold)
    world.clock.advance(TERMS.first_seconds)
    assert world.try_in() is None
    world.clock.advance(TERMS.first_seconds)
    assert world.try_in() == MARY


def test_an_administrator_unlocks_and_locks(world: World) -> None:
    world.fail(TERMS.threshold)
    assert world.locks.is_locked(MARY.tenant, "mary")
    world.locks.unlock(MARY.tenant, "Mary", by="admin")
    world.locks.unlock(MARY.tenant, "Mary", by="admin")
    assert not world.locks.is_locked(MARY.tenant, "mary")
    assert world.try_in() == MARY
    world.locks.lock(MARY.tenant, "mary", by="admin")
    world.clock.advance(1_000_000)
    assert world.try_in() is None
    assert world.journal.events().count("account_unlocked") == 1


def test_many_wrong_guesses_at_once_are_compared_as_often_as_may_fail() -> None:
    world = World()
    waiting = threading.Event()
    original = world.passwords.matches

    def slow(password: str, password_hash: str) -> bool:
        waiting.wait(0.02)
        return original(password, password_hash)

    world.passwords.matches = slow  # type: ignore[method-assign]
    outcomes: list[bool] = []

    def guess(number: int) -> None:
        try:
            outcomes.append(world.try_in(password=f"guess {number}", address="") is None)
        except Throttled:
            outcomes.append(True)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(64)))
    assert len(outcomes) == 64
    compared = [asked for asked in world.passwords.asked if asked]
    assert len(compared) == TERMS.threshold
    assert world.locks.is_locked(MARY.tenant, "mary")


def test_many_machines_of_one_user_log_in_at_once_and_none_is_locked_out() -> None:
    world = World()
    pause = threading.Event()
    waiting = replace(guard(world.lockouts, world.clock), pause=lambda _: pause.wait(0.001))
    environments = [
        PasswordLogin(KnownUsers((MARY,)), RememberedPasswords(world.passwords, world.clock, 10.0), waiting)
        for _ in range(32)
    ]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda one: one.authenticate(MARY.tenant, "mary", PASSWORD), environments))
    assert found == [MARY] * 32


def test_who_tries_many_accounts_from_one_address_has_to_wait(world: World) -> None:
    for number in range(TERMS.address_failures):
        world.fail(1, f"user-{number}")
    with pytest.raises(Throttled):
        world.try_in()
    assert world.try_in(address="203.0.113.8") == MARY
    world.clock.advance(TERMS.address_seconds)
    assert world.try_in() == MARY


def test_addresses_of_one_network_of_version_6_are_one(world: World) -> None:
    for number in range(TERMS.address_failures):
        world.fail(1, f"user-{number}", f"2001:db8::{number:x}")
    with pytest.raises(Throttled):
        world.try_in(address="2001:db8::ffff")
    assert world.try_in(address="2001:db8:0:1::1") == MARY


@pytest.mark.parametrize("address", ["", "not an address"])
def test_without_an_address_the_account_alone_is_counted(world: World, address: str) -> None:
    world.fail(TERMS.threshold, address=address)
    assert world.try_in(address=address) is None


def test_every_failure_lock_and_unlock_is_written_down_without_password_or_unknown_name(world: World) -> None:
    lines: list[str] = []
    login = PasswordLogin(
        KnownUsers((MARY,)), world.remembered, guard(world.lockouts, world.clock, LogJournal(lines.append))
    )
    for _ in range(TERMS.threshold):
        login.authenticate(MARY.tenant, "mary", "guessed!", address=ADDRESS)
    login.authenticate(MARY.tenant, "mary", PASSWORD, address=ADDRESS)
    login.authenticate(MARY.tenant, "hunter2", "", address=ADDRESS)
    entries = [json.loads(line) for line in lines]
    assert [entry["audit"] for entry in entries] == [
        *["login_failed"] * TERMS.threshold,
        "account_locked",
        *["login_failed"] * 2,
    ]
    assert {entry["user"] for entry in entries[:-1]} == {"mary"}
    assert entries[-1]["user"].startswith("sha256:")
    assert {entry["address"] for entry in entries} == {ADDRESS}
    assert entries[TERMS.threshold]["until"] == int(world.clock.now()) + TERMS.first_seconds
    for secret in ("guessed!", PASSWORD, "hunter2"):
        assert secret not in "".join(lines)


@pytest.mark.parametrize(
    ("username", "account"),
    [
        ("mary", (SUPER_TENANT, "mary")),
        ("mary@carbon.super", (SUPER_TENANT, "mary")),
        ("mary@chef.example", ("chef.example", "mary")),
        ("mary@CHEF.example", ("chef.example", "mary")),
        ("mary@mail.example", (SUPER_TENANT, "mary@mail.example")),
        ("mary@mail.example@chef.example", ("chef.example", "mary@mail.example")),
        ("mary@mail.example@carbon.super", (SUPER_TENANT, "mary@mail.example")),
    ],
)
def test_a_name_with_one_at_sign_is_of_that_tenant_or_an_address_of_the_super_tenant(
    world: World, username: str, account: tuple[str, str]
) -> None:
    login = PasswordLogin(
        KnownUsers(()),
        world.remembered,
        guard(world.lockouts, world.clock, world.journal),
        is_tenant={"chef.example"}.__contains__,
    )
    assert login.account(username) == account
