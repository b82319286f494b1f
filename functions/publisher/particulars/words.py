"""The words that a tenant's administrator keeps: labels, which providers put on APIs, and categories to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from functions.publisher.routes import scopes as s
from gatehouse.domain.page import page_of
from gatehouse.domain.record import Kind
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.particulars.labels import Labels
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.portal.records import RecordLookup

_WRITE = (s.CREATE, s.MANAGE, s.PUBLISH)
LABELS_AT_ONCE_MAX = 100


class LabelIds(Wire):
    """Labels by their ids."""

    labels: Annotated[list[str], Field(max_length=LABELS_AT_ONCE_MAX)]


def routes(labels: Labels, design: Design, settings: RecordLookup) -> tuple[Operation, ...]:
    """See labels and categories; attach labels to APIs, and detach them."""

    def api(request: Request) -> Api:
        return design.get(request.principal, request.path["apiId"])

    def all_labels(request: Request) -> Answer:
        return _listed(request, labels.all(request.principal.tenant), "/labels")

    def of_api(request: Request) -> Answer:
        found = api(request)
        return _listed(request, labels.of(found), f"/apis/{found.id}/labels")

    def attach(request: Request, body: LabelIds) -> Answer:
        found = api(request)
        attached = labels.attach(request.principal, found, body.labels)
        return _listed(request, attached, f"/apis/{found.id}/labels")

    def detach(request: Request, body: LabelIds) -> Answer:
        found = api(request)
        left = labels.detach(request.principal, found, body.labels)
        return _listed(request, left, f"/apis/{found.id}/labels")

    def categories(request: Request) -> Answer:
        found = sorted(settings.all(request.principal.tenant, Kind.CATEGORY), key=lambda one: one.name.lower())
        return Answer(body={"count": len(found), "list": [word(one) for one in found]})

    readers = (*_WRITE, s.VIEW)
    return (
        Lines("Labels (Collection)")("GET", "/labels", "getAllLabels", "The labels", all_labels, (s.MANAGE, s.VIEW)),
        Lines("API Labels")("GET", "/apis/{apiId}/labels", "getLabelsOfAPI", "The labels of an API", of_api, readers),
        Lines("API Labels Attach")(
            "POST",
            "/apis/{apiId}/attach-labels",
            "attachLabelsToAPI",
            "Put labels on an API",
            attach,
            _WRITE,
            body=LabelIds,
        ),
        Lines("API Labels Detach")(
            "POST",
            "/apis/{apiId}/detach-labels",
            "detachLabelsFromAPI",
            "Take labels off an API",
            detach,
            _WRITE,
            body=LabelIds,
        ),
        Lines("API Category (Collection)")(
            "GET",
            "/api-categories",
            "getAllAPICategories",
            "The categories that APIs can be in",
            categories,
            (s.MANAGE, s.VIEW, s.MCP_MANAGE, s.MCP_VIEW),
        ),
    )


def word(record: Record) -> dict[str, Any]:
    """A label or a category."""
    return {"id": record.id, "name": record.name, "description": record.body.get("description") or ""}


def _listed(request: Request, found: Sequence[Record], resource: str) -> Answer:
    return Answer(body=envelope(page_of(found, request.slice()), word, resource=resource))
