"""What was found, on the wire: the interfaces of the publisher and of the store show documents alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.record import Record


def document_line(summary: ApiSummary, document: Record) -> dict[str, Any]:
    """A document, as one line with its API."""
    body = document.body
    return {
        "id": document.id,
        "name": document.name,
        "type": "DOC",
        "transportType": None,
        "docType": body["type"],
        "summary": body.get("summary"),
        "sourceType": body["sourceType"],
        "sourceUrl": body.get("sourceUrl"),
        "otherTypeName": body.get("otherTypeName"),
        "visibility": body.get("visibility"),
        "apiName": summary.name,
        "apiDisplayName": summary.info.get("displayName", summary.name),
        "apiVersion": summary.version,
        "apiProvider": summary.provider,
        "apiUUID": summary.id,
        "associatedType": "APIProduct" if summary.is_product else "API",
    }
