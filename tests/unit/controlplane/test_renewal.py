"""Hashes of yesterday's parameters are made anew when their passwords are proved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.controlplane.identity.renewal import RenewingLogin
from gatehouse.domain.people.identity import split_username
from tests.callers import PlainPasswords
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.identity import InMemoryUsers
from tests.worlds.identity import person

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User


@dataclass
class Proved:
    """Whoever logs in is this one."""

    user: User | None

    def account(self, username: str) -> tuple[str, str]:
        return split_username(username)

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:  # noqa: ARG002
        return self.user


@pytest.fixture
def users() -> InMemoryUsers:
    return InMemoryUsers(InMemoryArtifacts(StoppedClock()), [replace(person("mary"), password_hash="old:sesame")])


def logged_in(users: InMemoryUsers, user: User | None) -> User | None:
    login = RenewingLogin(login=Proved(user), users=users, passwords=PlainPasswords())
    return login.authenticate("carbon.super", "mary", "sesame")


def test_an_outdated_hash_is_renewed_once(users: InMemoryUsers) -> None:
    found = logged_in(users, users.get("carbon.super", "mary"))
    assert found is not None
    assert found.password_hash == "plain:sesame"
    assert users.get("carbon.super", "mary") == found
    assert logged_in(users, found) == found
    assert users.writes == 1


def test_who_changes_at_that_moment_logs_in_all_the_same(users: InMemoryUsers) -> None:
    stale = users.get("carbon.super", "mary")
    assert stale is not None
    users.save(replace(stale, active=True))
    assert logged_in(users, stale) == stale
    assert logged_in(users, None) is None
