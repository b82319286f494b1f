"""Clients, codes, token families, sessions and consents, as the key manager keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.tokens.authorization import AuthorizationCode, DeviceGrant, LoginSession, TokenFamily
    from gatehouse.domain.tokens.oauth import Client


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

    def hand_over(self, client: Client, owner: str) -> Client:
        """Give a client read before to another owner of its tenant; returns it with its new version.

        Raises ClientExists (of its name, among theirs), Changed.
        """
        ...

    def remove(self, client: Client, changes: Sequence[Change]) -> None:
        """Forget a client read before, and write these artifact changes in the same transaction. Raises Changed."""
        ...


class TokenFamilies(Protocol):
    """Keeping token families. `tenant` is the client's; what has expired is not found.

    Those that a session ends with (`TokenFamily.session`) are found by it, and none begins when it has ended.
    """

    def get(self, tenant: str, family_id: str) -> TokenFamily | None:
        """The family with this id, or None."""
        ...

    def add(self, tenant: str, family: TokenFamily) -> None:
        """Keep a new one. Raises SessionOver."""
        ...

    def renew(self, tenant: str, family: TokenFamily, changes: Sequence[Change] = ()) -> None:
        """Replace a family read before, and write these artifact changes in the same transaction.

        Raises Changed when another request has renewed or ended it meanwhile.
        """
        ...

    def end(self, tenant: str, family_id: str, changes: Sequence[Change]) -> None:
        """Forget a family, and write these artifact changes in the same transaction. It need not be there."""
        ...

    def close_session(self, user_tenant: str, session_id: str) -> list[tuple[str, TokenFamily]]:
        """Let no family begin any more that would end with this session; those that have, with their clients' tenants."""
        ...


class Codes(Protocol):
    """Keeping authorization codes, by digest. `tenant` is the client's; what has expired is not found."""

    def get(self, tenant: str, digest: str) -> AuthorizationCode | None:
        """What the code with this digest stands for, redeemed or not, or None."""
        ...

    def add(self, tenant: str, code: AuthorizationCode) -> None:
        """Keep a new one."""
        ...

    def redeem(self, tenant: str, code: AuthorizationCode, family: TokenFamily) -> None:
        """Keep the family in exchange for the code, in one transaction.

        Raises CodeUsed when it has been redeemed, SessionOver.
        """
        ...


class Sessions(Protocol):
    """Keeping login sessions, by the user's tenant and the cookie's digest. What has expired is not found."""

    def get(self, tenant: str, digest: str) -> LoginSession | None:
        """The session, or None."""
        ...

    def add(self, session: LoginSession) -> None:
        """Keep a new one."""
        ...

    def remove(self, tenant: str, digest: str) -> None:
        """Forget one; it need not be there."""
        ...


class Consents(Protocol):
    """Keeping what users have allowed their clients. `tenant` is the user's; names are matched without regard to case."""

    def given(self, tenant: str, user: str, client_id: str) -> frozenset[str]:
        """The scopes that the user has allowed the client at any time."""
        ...

    def give(self, tenant: str, user: str, client_id: str, scopes: Collection[str]) -> None:
        """Allow these as well."""
        ...


class DeviceGrants(Protocol):
    """Keeping device codes. `tenant` is the client's; what has expired is not found."""

    def get(self, tenant: str, digest: str) -> DeviceGrant | None:
        """What the device code with this digest stands for, or None."""
        ...

    def with_user_code(self, tenant: str, user_code: str) -> DeviceGrant | None:
        """What this user code stands for, or None."""
        ...

    def add(self, tenant: str, grant: DeviceGrant) -> None:
        """Keep a new one. Raises Conflict when its user code is taken."""
        ...

    def save(self, tenant: str, grant: DeviceGrant) -> None:
        """Replace one read before. Raises Changed."""
        ...


class Assertions(Protocol):
    """Remembering assertions that are good for one use."""

    def use(self, tenant: str, name: str, expires_at: int) -> bool:
        """Whether this is the first use of an assertion of this name, which nobody takes any more after `expires_at`."""
        ...


class KeyLifetimes(Protocol):
    """Remembering the longest life of a token that a key has signed, where that is longer than usual."""

    def longest(self, kid: str) -> int:
        """In seconds; 0 when nothing was written down."""
        ...

    def extend(self, kid: str, seconds: int) -> None:
        """Write down a longer life; a shorter one changes nothing."""
        ...
