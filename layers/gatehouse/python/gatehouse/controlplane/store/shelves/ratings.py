"""Ratings of APIs: who sees an API may rate it, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.rating import LEAST, MOST, Rating, RatingInvalid, RatingNotFound, average
from gatehouse.domain.record import new_id

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.ratings import Ratings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The ratings of an API. `own` is how many stars the visitor gave, None when they gave none."""

    ratings: tuple[Rating, ...]
    own: int | None

    @property
    def average(self) -> float:
        """0 when there are none."""
        return average(len(self.ratings), sum(rating.stars for rating in self.ratings))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRatings:
    """What visitors think. Every question about an API raises ApiNotFound, and what the storefront raises."""

    storefront: Storefront
    ratings: Ratings

    def of(self, visitor: Visitor, api_id: str) -> Rated:
        """All ratings of an API, by user."""
        api = self.storefront.get(visitor, api_id)
        found = tuple(self.ratings.all(api.tenant, api.id))
        mine = _name(visitor.caller).lower() if visitor.caller else None
        own = next((rating.stars for rating in found if rating.user.lower() == mine), None)
        return Rated(ratings=found, own=own)

    def own(self, visitor: Visitor, caller: Principal, api_id: str) -> Rating:
        """That of the caller. Raises RatingNotFound."""
        api = self.storefront.get(visitor, api_id)
        found = self.ratings.by(api.tenant, api.id, _name(caller))
        if found is None:
            raise RatingNotFound
        return found

    def rate(self, visitor: Visitor, caller: Principal, api_id: str, stars: int) -> Rating:
        """Give stars in place of those that the caller gave before. Raises RatingInvalid, Changed."""
        if not LEAST <= stars <= MOST:
            raise RatingInvalid.field("rating", f"must be from {LEAST} to {MOST}")
        api = self.storefront.get(visitor, api_id)
        rating = Rating(tenant=api.tenant, api_id=api.id, id=new_id(), user=_name(caller), stars=stars)
        return self.ratings.rate(rating)

    def withdraw(self, visitor: Visitor, caller: Principal, api_id: str) -> None:
        """Take the caller's rating back. Raises RatingNotFound, Changed."""
        self.ratings.remove(self.own(visitor, caller, api_id))


def _name(caller: Principal) -> str:
    return display_username(caller.tenant, caller.user)
