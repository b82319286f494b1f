"""What a tenant owns, in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.ports.people.erasure import Estate


class Estates:
    """Implements `ports.people.erasure.Estate` on others, one after the other."""

    def __init__(self, *places: Estate) -> None:
        self._places = places

    def erase(self, tenant: str, *, items: int) -> bool:
        """Delete up to this many items of the first place that has any; True when nothing is left. Raises Unavailable."""
        return all(place.erase(tenant, items=items) for place in self._places)
