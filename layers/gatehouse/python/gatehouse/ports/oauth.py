"""Clients and refresh tokens, as the key manager keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.oauth import Client, RefreshGrant


class Clients(Protocol):
    """Keeping clients. Ids are unique in the whole installation, names among an owner's clients."""

    def get(self, tenant: str, client_id: str) -> Client | None:
        """The client with this id, or None."""
        ...

    def find(self, client_id: str) -> Client | None:
        """The client with this id, of whatever tenant: the token endpoint knows no tenant before the client."""
        ...

    def named(self, tenant: str, owner: str, name: str) -> Client | None:
        """The owner's client of this name, or None. Owners are matched without regard to case."""
        ...

    def add(self, client: Client) -> None:
        """Raises ClientExists."""
        ...

    def save(self, client: Client) -> Client:
        """Replace a client read before, but neither its name nor its owner; returns it with its new version.

        Raises Changed, also when it is gone.
        """
        ...

    def remove(self, client: Client, changes: Sequence[Change]) -> None:
        """Forget a client read before, and write these artifact changes in the same transaction. Raises Changed."""
        ...


class RefreshTokens(Protocol):
    """Keeping refresh tokens, by digest. What has expired is not found."""

    def get(self, tenant: str, digest: str) -> RefreshGrant | None:
        """What the token with this digest stands for, or None. `tenant` is the client's."""
        ...

    def add(self, tenant: str, grant: RefreshGrant) -> None:
        """Keep a new one."""
        ...

    def rotate(self, tenant: str, used: RefreshGrant, new: RefreshGrant) -> None:
        """Keep `new` in place of `used`. Raises InvalidGrant when another request has used that already."""
        ...

    def remove(self, tenant: str, digest: str) -> None:
        """Forget one; it need not be there."""
        ...
