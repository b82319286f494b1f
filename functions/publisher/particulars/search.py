"""Search over everything a tenant's providers have made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.particulars.wire_documents import time_of
from functions.publisher.routes import scopes as s
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.finding import definition_line, document_line

if TYPE_CHECKING:
    from gatehouse.controlplane.finding import Hit
    from gatehouse.controlplane.publishing.particulars.search import Search
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request

PATH = "/search"


def routes(search: Search) -> tuple[Operation, ...]:
    """One search over all sorts."""

    def found(request: Request) -> Answer:
        hits = search.everything(request.principal, request.query.get("query", ""))
        return Answer(body=envelope(page_of(hits, request.slice()), hit, resource=PATH, query=request.query))

    return (
        Operation(
            method="GET",
            path=PATH,
            id="search",
            route=found,
            summary="APIs, API products, documents and definitions that match a query",
            tag="Unified Search",
            scopes=(
                s.EXPORT,
                s.MANAGE,
                s.PRODUCT_EXPORT,
                s.VIEW,
                s.MCP_EXPORT,
                s.MCP_MANAGE,
                s.MCP_VIEW,
            ),
            query=("limit", "offset", "query"),
        ),
    )


def hit(found: Hit) -> dict[str, Any]:
    """What was found, as one line."""
    if found.document:
        return _document(found.api, found.document)
    return _definition(found.api) if found.defines else _api(found.api)


def _api(summary: ApiSummary) -> dict[str, Any]:
    known = summary.info
    owners = known.get("businessInformation") or {}
    return {
        "id": summary.id,
        "name": summary.name,
        "displayName": known.get("displayName", summary.name),
        "type": "APIProduct" if summary.is_product else "API",
        "transportType": known.get("type", "HTTP"),
        "description": known.get("description"),
        "context": summary.context,
        "contextTemplate": summary.context,
        "version": summary.version,
        "provider": summary.provider,
        "status": summary.state,
        "thumbnailUri": None,
        "advertiseOnly": bool(known.get("advertised")),
        "gatewayVendor": "wso2",
        "gatewayType": known.get("gatewayType"),
        "hasThumbnail": known.get("hasThumbnail", False),
        "monetizedInfo": bool(known.get("monetized")),
        "businessOwner": owners.get("businessOwner"),
        "businessOwnerEmail": owners.get("businessOwnerEmail"),
        "TechnicalOwner": owners.get("technicalOwner"),
        "TechnicalOwnerEmail": owners.get("technicalOwnerEmail"),
        "createdTime": str(summary.created_at),
        "updatedTime": str(summary.updated_at),
    }


def _document(summary: ApiSummary, document: Record) -> dict[str, Any]:
    return {
        **document_line(summary, document),
        "createdTime": time_of(document.created_at),
        "updatedTime": time_of(document.updated_at),
    }


def _definition(summary: ApiSummary) -> dict[str, Any]:
    return {
        **definition_line(summary),
        "createdTime": str(summary.created_at),
        "updatedTime": str(summary.updated_at),
    }
