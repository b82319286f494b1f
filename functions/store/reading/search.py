"""Search over everything that stands in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import visiting
from functions.store.views_apis import api_info
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.finding import definition_line, document_line

if TYPE_CHECKING:
    from gatehouse.controlplane.finding import Hit
    from gatehouse.controlplane.store.glance import Glance
    from gatehouse.controlplane.store.shelves.search import StoreSearch
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

PATH = "/search"
_OF_APIS = (
    "id",
    "name",
    "displayName",
    "description",
    "context",
    "version",
    "provider",
    "thumbnailUri",
    "avgRating",
    "advertiseInfo",
    "businessInformation",
    "monetizedInfo",
)


def routes(search: StoreSearch) -> tuple[Operation, ...]:
    """One search over all sorts."""

    def found(request: Request) -> Answer:
        wanted, visitor = request.slice(), visiting(request)
        page = page_of(search.everything(visitor, request.query.get("query", "")), wanted)
        glance = search.storefront.glance(visitor)

        def shown(hit: Hit) -> dict[str, Any]:
            if hit.document:
                return document_line(hit.api, hit.document)
            return definition_line(hit.api) if hit.defines else api(hit.api, glance)

        return Answer(body=envelope(page, shown, resource=PATH, query=request.query))

    line = Lines("Unified Search")
    return (
        line(
            "GET",
            PATH,
            "searchEverything",
            "APIs, API products, documents and definitions that match a query",
            found,
            authenticated=False,
            query=("limit", "offset", "query"),
        ),
    )


def api(summary: ApiSummary, glance: Glance) -> dict[str, Any]:
    """An API or a product, as one line."""
    known = api_info(summary, glance)
    return {
        **{name: known[name] for name in _OF_APIS},
        "type": "APIProduct" if summary.is_product else "API",
        "transportType": known["type"],
        "status": summary.state,
    }
