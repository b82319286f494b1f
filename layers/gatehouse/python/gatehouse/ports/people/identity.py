"""Users, their passwords and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Tenant, User
    from gatehouse.ports.publishing.workflows import Along


class UserLookup(Protocol):
    """Finding a user: all that the management functions need of identity."""

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, or None. Names are matched case-insensitively, as they are unique."""
        ...


class Users(UserLookup, Protocol):
    """Keeping users. Owned by the identity function."""

    def by_id(self, tenant: str, user_id: str) -> User | None:
        """The user with this id, or None."""
        ...

    def all(self, tenant: str) -> list[User]:
        """Every user of the tenant, by name."""
        ...

    def add(self, user: User, *, along: Sequence[Along] = ()) -> None:
        """Raises UserExists, RoleNotFound (a role that is neither built in nor there).

        Here and below, `along` is written in the same transaction.
        """
        ...

    def save(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> User:
        """Replace a user read before; returns it with its new version. Raises Changed, also when it is gone.

        The artifact changes are written in the same transaction, which goes through only while the witness is still
        the user that was read: raises Changed. Raises RoleNotFound like `add`, of roles that are new to the user.
        """
        ...

    def remove(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> None:
        """Forget a user read before, and write these artifact changes in the same transaction. Raises Changed.

        The witness is as in `save`.
        """
        ...


class Tenants(Protocol):
    """Keeping tenants and the names of their roles."""

    def get(self, domain: str) -> Tenant | None:
        """The tenant with this domain, or None."""
        ...

    def by_id(self, tenant_id: str) -> Tenant | None:
        """The tenant with this id, or None."""
        ...

    def all(self) -> list[Tenant]:
        """Every tenant, by domain."""
        ...

    def add(self, tenant: Tenant) -> None:
        """Keep a new tenant. Raises TenantExists."""
        ...

    def save(self, tenant: Tenant, changes: Sequence[Change] = ()) -> Tenant:
        """Replace a tenant read before, and write these artifact changes in the same transaction; its new version.

        Raises Changed.
        """
        ...

    def remove(self, tenant: Tenant, changes: Sequence[Change] = ()) -> None:
        """Forget a tenant, and write these artifact changes in the same transaction. Repeating it changes nothing."""
        ...

    def provision(self, tenant: Tenant, role_names: Collection[str]) -> None:
        """Keep the tenant unless it is there, and those of the roles that it lacks. Repeating it changes nothing."""
        ...

    def roles(self, domain: str) -> frozenset[str]:
        """The names of the tenant's roles."""
        ...

    def has_role(self, domain: str, name: str) -> bool:
        """Whether the tenant has a role of exactly this name, which is not being removed."""
        ...


class Authentication(Protocol):
    """Logging in: all about passwords that anybody but the identity function asks."""

    def account(self, username: str) -> tuple[str, str]:
        """Tenant and name that a log-in name stands for (`domain.people.identity.account_of`). Raises Unavailable."""
        ...

    def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:
        """The active user whom this password proves, else None.

        None comes for an unknown, disabled or locked user and for a mistyped password, after the same time: who
        exists is not told. `address` is the caller's IP address as the front door tells it, "" when unknown.
        Raises Throttled (too many failures from this address), Unavailable (where users stand does not answer).
        """
        ...


class PasswordCheck(Protocol):
    """Comparing a password with a stored hash."""

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password. "" as hash, an unknown user's, takes as long and never matches."""
        ...


class Passwords(Protocol):
    """Hashing, slow by intention."""

    def hash(self, password: str) -> str:
        """A salted hash as a PHC string."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than a hash would be now."""
        ...

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether this is the password; takes as long when it is not."""
        ...
