"""Stores of others: which there are, which an API stands in, and putting it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.particulars.wire_documents import time_of
from functions.publisher.routes import scopes as s
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.publishing.external.publishing import ExternalPublishing
    from gatehouse.domain.publishing.external_store import ExternalStore
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation


def routes(external: ExternalPublishing) -> tuple[Operation, ...]:
    """List stores, list where an API stands, publish."""

    def stores(request: Request) -> Answer:
        found = [_store(one) for one in external.stores(request.principal)]
        return Answer(body={"count": len(found), "list": found})

    def of_api(request: Request) -> Answer:
        return Answer(body=_copies(external.of(request.principal, request.path["apiId"])))

    def publish(request: Request) -> Answer:
        named = (one.strip() for one in request.query.get("externalStoreIds", "").split(","))
        chosen = list(dict.fromkeys(filter(None, named)))
        api, copies = external.publish(request.principal, request.path["apiId"], chosen, wanted_versions(request))
        return versioned(Answer(body=_copies(copies)), api.stored_version)

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
            "Have an API in these stores of others, and in no other ones",
            publish,
            (s.MANAGE, s.PUBLISH),
            query=("externalStoreIds",),
        ),
    )


def _store(store: ExternalStore) -> dict[str, str]:
    return {"id": store.id, "displayName": store.display_name, "type": store.type, "endpoint": store.endpoint}


def _copies(copies: Sequence[Record]) -> dict[str, Any]:
    found = [{"id": one.id, "lastUpdatedTime": time_of(one.updated_at)} for one in copies]
    return {"count": len(found), "list": found}
