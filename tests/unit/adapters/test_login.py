"""Logging in with a password: who is proved, and what the answer and its time keep to themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.adapters.login import PasswordLogin, RememberedPasswords
from tests.callers import PASSWORD, KnownUsers, PlainPasswords, user
from tests.fakes.clock import StoppedClock

MARY = user("Mary")
GONE = replace(user("gone"), active=False)


class Counting(PlainPasswords):
    def __init__(self) -> None:
        self.asked: list[str] = []

    def matches(self, password: str, password_hash: str) -> bool:
        self.asked.append(password_hash)
        return super().matches(password, password_hash)


@pytest.fixture
def passwords() -> Counting:
    return Counting()


@pytest.fixture
def login(passwords: Counting) -> PasswordLogin:
    return PasswordLogin(KnownUsers((MARY, GONE)), passwords)


def test_a_password_proves_its_user(login: PasswordLogin) -> None:
    assert login.authenticate(MARY.tenant, "mary", PASSWORD) == MARY


@pytest.mark.parametrize(
    ("name", "password"), [("mary", "guessed"), ("mary", ""), ("nobody", PASSWORD), ("gone", PASSWORD), ("", "")]
)
def test_nothing_else_proves_anybody_and_all_cost_one_comparison(
    login: PasswordLogin, passwords: Counting, name: str, password: str
) -> None:
    assert login.authenticate(MARY.tenant, name, password) is None
    assert len(passwords.asked) == 1


def test_a_password_does_not_count_in_another_tenant(login: PasswordLogin) -> None:
    assert login.authenticate("example.com", "mary", PASSWORD) is None


def test_a_proven_password_is_compared_once_within_some_seconds(passwords: Counting) -> None:
    clock = StoppedClock()
    remembered = RememberedPasswords(passwords, clock, 10.0)
    for _ in range(3):
        assert remembered.matches(PASSWORD, MARY.password_hash)
    assert len(passwords.asked) == 1
    clock.advance(10.1)
    assert remembered.matches(PASSWORD, MARY.password_hash)
    assert len(passwords.asked) == 2


def test_a_wrong_password_is_never_remembered(passwords: Counting) -> None:
    remembered = RememberedPasswords(passwords, StoppedClock(), 10.0)
    assert not remembered.matches("guessed", MARY.password_hash)
    assert not remembered.matches("guessed", MARY.password_hash)
    assert not remembered.matches(PASSWORD, "")
    assert len(passwords.asked) == 3
