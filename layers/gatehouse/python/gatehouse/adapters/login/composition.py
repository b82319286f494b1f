"""Logging in, put together out of the settings that every function has which checks passwords."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.lockouts import LockoutTable
from gatehouse.adapters.login.guard import LoginGuard
from gatehouse.adapters.login.journal import LogJournal
from gatehouse.adapters.login.passwords import PasswordLogin
from gatehouse.domain.lockout import LockoutTerms

if TYPE_CHECKING:
    from gatehouse.adapters.login.passwords import RememberedPasswords
    from gatehouse.ports.identity import UserLookup
    from gatehouse.ports.world import Clock
    from gatehouse.settings import LoginSettings


def password_login(
    settings: LoginSettings, users: UserLookup, passwords: RememberedPasswords, client: Any, clock: Clock
) -> PasswordLogin:
    """Who logs in, among these users. `client` is a botocore client of DynamoDB."""
    return PasswordLogin(users, passwords, login_guard(settings, client, clock))


def login_guard(settings: LoginSettings, client: Any, clock: Clock) -> LoginGuard:
    """How often one may guess, by the numbers of these settings."""
    terms = LockoutTerms(
        threshold=settings.lockout_threshold,
        first_seconds=settings.lockout_first_seconds,
        growth=settings.lockout_growth,
        seconds_max=settings.lockout_seconds_max,
        address_failures=settings.address_failures,
        address_seconds=settings.address_seconds,
    )
    return LoginGuard(
        lockouts=LockoutTable(client, settings.identity_table),
        terms=terms,
        journal=LogJournal(_write_line),
        clock=clock,
    )


def _write_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
