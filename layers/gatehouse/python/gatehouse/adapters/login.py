"""Logging in with a name and a password, against users wherever they stand.

Nothing heavy is imported here: the gateway checks passwords too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.memory import SecretMemory

if TYPE_CHECKING:
    from gatehouse.domain.identity import User
    from gatehouse.ports.identity import PasswordCheck, UserLookup
    from gatehouse.ports.world import Clock


class PasswordLogin:
    """Implements `ports.identity.Authentication` on users whose passwords are kept as hashes."""

    def __init__(self, users: UserLookup, passwords: PasswordCheck) -> None:
        self._users = users
        self._passwords = passwords

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:  # noqa: ARG002 -- the port's
        """The active user whom this password proves, else None. Raises Unavailable."""
        found = self._users.get(tenant, name)
        usable = found is not None and found.active
        # Also for nobody: the time of an answer must not tell who exists.
        matches = self._passwords.matches(password, found.password_hash if found and usable else "")
        return found if usable and matches else None


class RememberedPasswords:
    """Remembers which password matched which hash for a few seconds: argon2 costs 50 ms by intention.

    A changed password is a changed hash, so it holds at once.
    """

    def __init__(self, passwords: PasswordCheck, clock: Clock, seconds: float) -> None:
        self._passwords = passwords
        self._clock = clock
        self._matched: SecretMemory[bool] = SecretMemory(seconds)

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password; "" as hash (an unknown user) takes the same time and is never matched."""
        now = self._clock.now()
        secret = f"{password_hash}\0{password}"
        if self._matched.recall(secret, now):
            return True
        matched = self._passwords.matches(password, password_hash) and bool(password_hash)
        if matched:
            self._matched.remember(secret, True, now)
        return matched
