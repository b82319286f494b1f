"""User stores beside the tenant's own: their descriptions, and the directories they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import User
    from gatehouse.domain.people.user_store import UserStore


class UserStores(Protocol):
    """Keeps the descriptions of user stores. Every method may raise Unavailable."""

    def get(self, tenant: str, domain: str) -> UserStore | None:
        """The store of this domain, in any case, or None."""
        ...

    def all(self, tenant: str) -> list[UserStore]:
        """Every store of the tenant, by domain."""
        ...

    def add(self, store: UserStore) -> UserStore:
        """Keep a new one; returns it with its version. Raises UserStoreExists."""
        ...

    def save(self, store: UserStore) -> UserStore:
        """Replace one read before; returns it with its new version. Raises Changed, also when it is gone."""
        ...

    def remove(self, store: UserStore) -> None:
        """Forget one read before. Raises Changed."""
        ...


class Seal(Protocol):
    """Makes a secret unreadable where it is kept. Both methods may raise Unavailable."""

    def seal(self, secret: str, context: str) -> str:
        """The secret, encrypted for this context alone: elsewhere it cannot be opened."""
        ...

    def open(self, sealed: str, context: str) -> str:
        """The secret again. Raises Unavailable when it was not sealed here, or for another context."""
        ...


class Directory(Protocol):
    """The users of one user store, whose names carry its domain. Every method may raise Unavailable, which names the store.

    `name` is without the domain. What the store's rules do not allow as a name is nobody's. Methods that write raise
    UserStoreReadOnly of a store that is only read.
    """

    def get(self, name: str) -> User | None:
        """The user of this name, with their groups as roles; None when there is none, or more than one."""
        ...

    def by_id(self, user_id: str) -> User | None:
        """The user with this id, or None."""
        ...

    def all(self) -> list[User]:
        """The users by name, up to the number that the store's description sets."""
        ...

    def proves(self, proof: str, password: str) -> bool:
        """Whether this is the password of the user whose `password_hash` says `proof`; "" is nobody's, and takes as long."""
        ...

    def test(self) -> None:
        """Connect and look for a user. Raises Unavailable that says, to an administrator, what does not work."""
        ...

    def add(self, name: str, password: str, profile: Mapping[str, object]) -> User:
        """A new user. Raises Invalid (which rule is broken), UserExists."""
        ...

    def set_password(self, name: str, password: str) -> None:
        """Give the user another password. Raises Invalid, UserNotFound."""
        ...

    def remove(self, name: str) -> None:
        """Forget the user. Raises UserNotFound."""
        ...


class Directories(Protocol):
    """Opens directories."""

    def open(self, store: UserStore) -> Directory:
        """The directory that this describes. Nothing is asked of it yet. Raises Invalid (a property), Unavailable."""
        ...
