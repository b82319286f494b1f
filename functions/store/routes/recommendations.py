"""APIs that a developer may like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import SUBSCRIBE
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.store.recommendations import Recommendations
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.edge.http import Request


def routes(recommendations: Recommendations) -> tuple[Operation, ...]:
    """List them."""

    def listed(request: Request) -> Answer:
        found = [_line(summary, average) for summary, average in recommendations.of(request.principal)]
        return Answer(body={"count": len(found), "list": found})

    return (
        Operation(
            method="GET",
            path="/recommendations",
            id="listRecommendations",
            route=listed,
            summary="APIs like those that the caller has subscribed to, the most alike first",
            tag="Recommendations",
            scopes=(SUBSCRIBE,),
        ),
    )


def _line(summary: ApiSummary, average: float) -> dict[str, Any]:
    return {"id": summary.id, "name": summary.name, "avgRating": f"{average:.1f}"}
