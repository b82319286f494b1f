"""When API keys were last used: the gateway tells, the store shows it. It is worth knowing, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class KeyUses(Protocol):
    """Telling. May be repeated."""

    def used(self, tenant: str, key_id: str, at: int) -> None:
        """A key was used in this epoch second; an earlier use than what is known changes nothing. Raises Unavailable."""
        ...


class LastUses(Protocol):
    """Asking."""

    def last_used(self, tenant: str, key_ids: Collection[str]) -> Mapping[str, int]:
        """The epoch seconds of those of these keys that were used within living memory. Raises Unavailable."""
        ...
