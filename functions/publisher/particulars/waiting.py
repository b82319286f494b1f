"""Deployments that wait for an approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation


def routes(revisions: Revisions) -> tuple[Operation, ...]:
    """Give one up."""

    def cancel(request: Request) -> Answer:
        path = request.path
        revisions.cancel(request.principal, path["apiId"], path["revisionId"], path["envName"])
        return Answer()

    return (
        Lines("API Revisions")(
            "DELETE",
            "/apis/{apiId}/cancel-revision-workflow/{revisionId}/{envName}",
            "deleteAPIRevisionDeploymentPendingTask",
            "Give up a deployment that waits for an approval",
            cancel,
            (s.CREATE, s.MANAGE, s.PUBLISH),
        ),
    )
