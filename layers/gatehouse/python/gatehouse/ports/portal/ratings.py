"""Ratings: keeping them, one of each person for an API, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.portal.rating import Rating


class Ratings(Protocol):
    """The ratings of APIs, which go with their APIs."""

    def all(self, tenant: str, api_id: str) -> list[Rating]:
        """Those of an API, by user. Consistent right after a write."""
        ...

    def by(self, tenant: str, api_id: str, user: str) -> Rating | None:
        """That of this user, regardless of case, or None."""
        ...

    def averages(self, tenant: str) -> Mapping[str, float]:
        """What the ratings of each API come to, by id, of those that have any. Consistent right after a write."""
        ...

    def rate(self, rating: Rating) -> Rating:
        """Keep it in place of the user's rating before, whose id it gets. Raises ApiNotFound, Changed."""
        ...

    def remove(self, rating: Rating) -> None:
        """Forget one that was read; forgetting it twice changes nothing. Raises Changed."""
        ...
