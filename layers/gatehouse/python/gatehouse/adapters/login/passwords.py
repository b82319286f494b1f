"""A password is compared with the hash that is kept of it, and what it proved is remembered for some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.memory import SecretMemory

if TYPE_CHECKING:
    from gatehouse.adapters.login.guard import LoginGuard
    from gatehouse.domain.identity import User
    from gatehouse.ports.identity import PasswordCheck, UserLookup
    from gatehouse.ports.world import Clock


class PasswordLogin:
    """Implements `ports.identity.Authentication` on users whose passwords are kept as hashes.

    A password that was proved a moment ago is neither compared nor counted again, so a lock is not noticed for as long.
    """

    def __init__(self, users: UserLookup, passwords: RememberedPasswords, guard: LoginGuard) -> None:
        self._users = users
        self._passwords = passwords
        self._guard = guard

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:
        """The active user whom this password proves, else None. Raises Throttled, Unavailable."""
        found = self._users.get(tenant, name)
        usable = found is not None and found.active
        if found and usable and self._passwords.recalls(password, found.password_hash):
            return found
        attempt = self._guard.enter(tenant, name, address)
        # Also for nobody, and for who is locked: the time of an answer must not tell.
        matches = self._passwords.matches(password, found.password_hash if found and usable and attempt.allowed else "")
        if found and matches:
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


def _pair(password: str, password_hash: str) -> str:
    return f"{password_hash}\0{password}"
