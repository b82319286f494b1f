"""What a tenant has none of yet: deployments that wait, stores of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.domain.errors import NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation


def routes(design: Design, revisions: Revisions) -> tuple[Operation, ...]:
    """External stores, and deployments that wait."""
    return (*_waiting_routes(revisions), *_store_routes(design))


def _waiting_routes(revisions: Revisions) -> tuple[Operation, ...]:
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


def _store_routes(design: Design) -> tuple[Operation, ...]:
    def stores(_request: Request) -> Answer:
        return Answer(body={"count": 0, "list": []})

    def of_api(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        return Answer(body={"count": 0, "list": []})

    def publish(request: Request) -> Answer:
        design.get(request.principal, request.path["apiId"])
        if wanted := request.query.get("externalStoreIds", ""):
            raise NotFound(f"There is no external store '{wanted}'")
        return Answer(body={"count": 0, "list": []})

    line, readers = Lines("External Stores"), (s.MANAGE, s.VIEW)
    return (
        line("GET", "/external-stores", "getAllExternalStores", "Stores of others", stores, readers),
        line(
            "GET",
            "/apis/{apiId}/external-stores",
            "getAllPublishedExternalStoresByAPI",
            "The stores of others that an API is in",
            of_api,
            readers,
        ),
        line(
            "POST",
            "/apis/{apiId}/publish-to-external-stores",
            "publishAPIToExternalStores",
            "Put an API into stores of others",
            publish,
            (s.MANAGE, s.PUBLISH),
            query=("externalStoreIds",),
        ),
    )
