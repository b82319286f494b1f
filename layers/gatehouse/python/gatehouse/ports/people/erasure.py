"""Everything that a tenant owns, to be deleted."""

from __future__ import annotations

from typing import Protocol


class Estate(Protocol):
    """What a tenant owns, wherever it stands."""

    def erase(self, tenant: str, *, items: int) -> bool:
        """Delete up to this many items; True when nothing is left. What is left is found again by repeating it.

        Revocations stay: a token outlives what it was issued for. Raises Unavailable.
        """
        ...
