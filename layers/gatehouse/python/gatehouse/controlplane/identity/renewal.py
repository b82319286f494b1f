"""Renewal: a password's hash is made anew with the parameters of today, when its owner proves to know the password.

Nobody else can: there is only the hash. It happens where users may be written, in the identity function.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Unavailable

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import Authentication, Passwords, Users


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewingLogin:
    """Implements `ports.people.identity.Authentication` on another."""

    login: Authentication
    users: Users
    passwords: Passwords

    def account(self, username: str) -> tuple[str, str]:
        """Tenant and name that a log-in name stands for. Raises as the other does."""
        return self.login.account(username)

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:
        """The active user whom this password proves, else None. Raises as the other does."""
        found = self.login.authenticate(tenant, name, password, address=address)
        if found is None or not self.passwords.is_outdated(found.password_hash):
            return found
        # Somebody changes the user at this moment, or the table does not answer: the next time will do.
        with suppress(Changed, Unavailable):
            return self.users.save(replace(found, password_hash=self.passwords.hash(password)))
        return found
