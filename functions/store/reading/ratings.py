"""Ratings of APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.reading.wire_ratings import RatingBody
from functions.store.routes.common import SUBSCRIBE, visiting
from functions.store.views_apis import rounded
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import tagged
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.store.shelves.ratings import ApiRatings
    from gatehouse.domain.portal.rating import Rating
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL, OWN = "/apis/{apiId}/ratings", "/apis/{apiId}/user-rating"


def routes(ratings: ApiRatings) -> tuple[Operation, ...]:
    """All ratings of an API; one's own, to be given, changed and taken back."""
    routed, line = _Ratings(ratings), Lines("Ratings")
    mine = (SUBSCRIBE,)
    return (
        line(
            "GET",
            ALL,
            "listRatings",
            "The ratings of an API, and what they come to",
            routed.all,
            authenticated=False,
            query=("limit", "offset"),
        ),
        line("GET", OWN, "getOwnRating", "How the caller has rated an API", routed.own, mine),
        line("PUT", OWN, "rateAPI", "Rate an API with one to five stars", routed.rate, mine, body=RatingBody),
        line("DELETE", OWN, "withdrawRating", "Take one's rating back", routed.withdraw, mine),
    )


class _Ratings:
    def __init__(self, ratings: ApiRatings) -> None:
        self._ratings = ratings

    def all(self, request: Request) -> Answer:
        wanted, api_id = request.slice(), request.path["apiId"]
        rated = self._ratings.of(visiting(request), api_id)
        shown = envelope(page_of(rated.ratings, wanted), view, resource=f"/apis/{api_id}/ratings")
        return Answer(body={"avgRating": rounded(rated.average), "userRating": rated.own or 0, **shown})

    def own(self, request: Request) -> Answer:
        found = self._ratings.own(visiting(request), request.principal, request.path["apiId"])
        return tagged(request, Answer(body=view(found)))

    def rate(self, request: Request, body: RatingBody) -> Answer:
        rated = self._ratings.rate(visiting(request), request.principal, request.path["apiId"], body.rating)
        return Answer(body=view(rated))

    def withdraw(self, request: Request) -> Answer:
        self._ratings.withdraw(visiting(request), request.principal, request.path["apiId"])
        return Answer()


def view(rating: Rating) -> dict[str, Any]:
    """One rating."""
    return {"ratingId": rating.id, "apiId": rating.api_id, "ratedBy": rating.user, "rating": rating.stars}
