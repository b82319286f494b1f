"""A password is compared with what is kept of it, where that is kept, and what it proved is remembered for some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable
from gatehouse.domain.memory import SecretMemory
from gatehouse.domain.people.identity import account_of
from gatehouse.domain.people.user_store import in_domain, split_domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.adapters.login.guard import LoginGuard
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import PasswordCheck, UserLookup
    from gatehouse.ports.world import Clock


class PasswordLogin:
    """Implements `ports.people.identity.Authentication` on users whose `password_hash` says how a password is proved.

    `nobody` makes such a thing that proves nothing in the same time, for a user of this tenant and name; `is_tenant` tells
    tenants from the domains of e-mail addresses. A password that was proved a moment ago is neither compared nor counted
    again, so a lock is not noticed for as long.
    """

    def __init__(
        self,
        users: UserLookup,
        passwords: RememberedPasswords,
        guard: LoginGuard,
        *,
        nobody: Callable[[str, str], str] = lambda _tenant, _name: "",
        is_tenant: Callable[[str], bool] = lambda _tenant: True,
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._guard = guard
        self._nobody = nobody
        self._is_tenant = is_tenant

    def account(self, username: str) -> tuple[str, str]:
        """Tenant and name that a log-in name stands for. Raises Unavailable."""
        return account_of(username, self._is_tenant)

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:
        """The active user whom this password proves, else None. Raises Throttled, Unavailable."""
        found = self._users.get(tenant, name)
        usable = found is not None and found.active
        if found and usable and self._passwords.recalls(password, found.password_hash):
            return found
        attempt = self._guard.enter(tenant, _account(name), address)
        # Also for nobody, and for who is locked: the time of an answer must not tell.
        allowed = found is not None and usable and attempt.allowed
        try:
            matches = self._passwords.matches(
                password, found.password_hash if found and allowed else self._nobody(tenant, name)
            )
        except Unavailable:
            self._guard.withdrawn(attempt)
            raise
        if found and allowed and matches:
            self._guard.succeeded(attempt)
            return found
        self._guard.failed(attempt, exists=found is not None)
        return None


class RememberedPasswords:
    """Remembers which password matched which hash for a few seconds: argon2 costs 50 ms by intention.

    A changed password is a changed hash, so it holds at once.
    """

    def __init__(self, passwords: PasswordCheck, clock: Clock, seconds: float) -> None:
        self._passwords = passwords
        self._clock = clock
        self._matched: SecretMemory[bool] = SecretMemory(seconds)

    def recalls(self, password: str, password_hash: str) -> bool:
        """Whether this password matched this hash a moment ago."""
        return bool(self._matched.recall(_pair(password, password_hash), self._clock.now()))

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password; "" as hash (an unknown user) takes the same time and is never matched."""
        matched = self._passwords.matches(password, password_hash) and bool(password_hash)
        if matched:
            self._matched.remember(_pair(password, password_hash), True, self._clock.now())
        return matched


def _account(name: str) -> str:
    """The name that is counted by: one account has one count, whether or not the primary domain is written out."""
    domain, local = split_domain(name)
    return in_domain(domain, local) if domain else local


def _pair(password: str, password_hash: str) -> str:
    return f"{password_hash}\0{password}"
