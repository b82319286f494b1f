"""Logging in, put together out of the settings that every function has which checks passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.lockouts import LockoutTable
from gatehouse.adapters.dynamo.user_stores import UserStoreTable
from gatehouse.adapters.keys.passwords import Argon2Passwords
from gatehouse.adapters.keys.secrets import LateSecret
from gatehouse.adapters.login.guard import LoginGuard
from gatehouse.adapters.login.journal import LogJournal, write_line
from gatehouse.adapters.login.passwords import PasswordLogin, RememberedPasswords
from gatehouse.adapters.login.tenants import OpenTenants, TenantStates
from gatehouse.adapters.user_stores.opening import LdapDirectories
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.domain.people.lockout import LockoutTerms

if TYPE_CHECKING:
    from gatehouse.adapters.user_stores.routing import StoreUsers
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.world import Clock
    from gatehouse.settings import LoginSettings


def store_users(settings: LoginSettings, primary: UserLookup, client: Any, clock: Clock) -> StoreUsers:
    """The users of all stores. `primary` has the tenant's own; `client` is a botocore client of DynamoDB."""
    stores = UserStoreTable(client, settings.identity_table)
    directories = LdapDirectories(user_store_seal(settings))
    states = TenantStates(client, settings.identity_table, clock)
    return OpenTenants(primary, Argon2Passwords(), stores, directories, clock, states)


def user_store_seal(settings: LoginSettings) -> SecretSeal:
    """What seals the secrets of user stores. Nothing is read before it is needed."""
    return SecretSeal(LateSecret(settings.user_store_secret))


def password_login(
    settings: LoginSettings, users: StoreUsers, client: Any, clock: Clock, *, remembered_seconds: float
) -> PasswordLogin:
    """Who logs in, among these users."""
    passwords = RememberedPasswords(users, clock, remembered_seconds)
    guard = login_guard(settings, client, clock)
    is_tenant = TenantStates(client, settings.identity_table, clock).exists
    return PasswordLogin(users, passwords, guard, nobody=users.nobody, is_tenant=is_tenant)


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
        journal=LogJournal(write_line),
        clock=clock,
    )
