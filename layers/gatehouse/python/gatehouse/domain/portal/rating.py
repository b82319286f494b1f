"""A rating is what one person thinks of an API, in one to five stars."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.domain.errors import Invalid, NotFound

LEAST, MOST = 1, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rating. `user` is as the interfaces show users: guests of other tenants are told apart by it."""

    tenant: str
    api_id: str
    id: str
    user: str
    stars: int


class RatingNotFound(NotFound):
    """This person has not rated the API."""

    code = 900324
    message = "Rating not found"
    default_description = "You have not rated this API."


class RatingInvalid(Invalid):
    """There are no so many stars to give."""

    code = 900325
    message = "Invalid rating"


def average(ratings: int, stars: int) -> float:
    """How many stars these ratings gave on average; 0 when there are none."""
    return stars / ratings if ratings else 0.0
