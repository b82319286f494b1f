"""Users, their passwords and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.identity import User


class UserLookup(Protocol):
    """Finding a user: all that the management functions need of identity."""

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, or None. Names are matched case-insensitively, as they are unique."""
        ...


class Users(UserLookup, Protocol):
    """Keeping users. Owned by the identity function."""

    def add(self, user: User) -> None:
        """Raises UserExists."""
        ...

    def save(self, user: User) -> User:
        """Replace a user read before; returns it with its new version. Raises Changed, UserNotFound."""
        ...


class Passwords(Protocol):
    """Hashing, slow by intention."""

    def hash(self, password: str) -> str:
        """A salted hash as a PHC string."""
        ...

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password; takes as long when it is not."""
        ...
