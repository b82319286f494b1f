"""What ratings look like in the store interface. Read-only properties may be sent and have no effect."""

from __future__ import annotations

from gatehouse.edge.wire import Wire


class RatingBody(Wire):
    """How many stars."""

    ratingId: str | None = None
    apiId: str | None = None
    ratedBy: str | None = None
    rating: int
