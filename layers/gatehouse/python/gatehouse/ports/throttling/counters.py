"""Counters: where the tokens of all throttling windows are leased from (docs/guides/throttling.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Lease `tokens` of one meter's window while at most `limit` are out. `join` when this environment has none yet.

    Without a limit the tokens are counted in any case: a limit that does not stop, or a debt that is paid.
    """

    counter: str  # attribute, e.g. `r60.29000000`: meter, window length in seconds, window number
    lessees: str  # attribute of the join counter, e.g. `mr60.29000000`
    tokens: int
    limit: int | None
    join: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the store said: every counter of the entity, whether the lease was granted or not.

    `server_time` is the store's own clock in epoch seconds (its `Date` header), None when it sent none.
    """

    granted: bool
    counts: Mapping[str, int]
    server_time: float | None


class CounterBusy(Exception):
    """The store throttles this entity: deny this call with a short Retry-After, never fall back to sharing."""


class CountersDown(Exception):
    """The store is unreachable, too slow or broken: whether a lease was written is unknown."""


class Counters(Protocol):
    """Leasing, in one conditional write per entity, and giving back."""

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        """Lease all asks or none. `expires_at` (epoch seconds) is the item's TTL; `forget` are attributes to remove.

        Raises CounterBusy or CountersDown. Never repeated by itself: ADD is not idempotent.
        """
        ...

    def read(self, entity: str) -> Ledger:
        """The counters without a lease; may be stale. `granted` is False. Raises like `lease`."""
        ...

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        """Take so many tokens off these counters: all of them, or False when one of them counts fewer.

        The same `request` (1 to 36 characters) within ten minutes takes them off once, however often it arrives. Raises
        like `lease`; then it may be repeated with the same `request`.
        """
        ...


class CounterReading(Protocol):
    """Looking without leasing."""

    def read(self, entity: str) -> Ledger:
        """As `Counters.read`. Raises CounterBusy or CountersDown."""
        ...


class CounterReset(Protocol):
    """Beginning to count anew."""

    def reset(self, entity: str) -> None:
        """Forget what has been leased of an entity. Environments keep what they hold. Raises Unavailable."""
        ...
