"""What was found, on the wire: the interfaces of the publisher and of the store show what is written alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.apis.wsdl import SOAP
from gatehouse.domain.publishing.deployed import ApiType

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
        **_of(summary),
    }


def definition_line(summary: ApiSummary) -> dict[str, Any]:
    """The definition of an API, as one line: it has the id of its API, and the name of the file that it is."""
    name, kind = _described(summary)
    return {
        "id": summary.id,
        "name": name,
        "type": "DEFINITION",
        "transportType": None,
        "apiContext": summary.context,
        "apiType": kind,
        **_of(summary),
    }


def _of(summary: ApiSummary) -> dict[str, Any]:
    return {
        "apiName": summary.name,
        "apiDisplayName": summary.info.get("displayName", summary.name),
        "apiVersion": summary.version,
        "apiProvider": summary.provider,
        "apiUUID": summary.id,
        "associatedType": "APIProduct" if summary.is_product else "API",
    }


def _described(summary: ApiSummary) -> tuple[str, str]:
    """The name of what describes an API, and of which sort it is, in WSO2's words."""
    kind = summary.info.get("type")
    if is_streaming(summary.info):
        return "asyncapi.json", "ASYNC"
    if kind == ApiType.GRAPHQL:
        return "schema.graphql", "GRAPHQL"
    return ("service.wsdl", "SOAP") if kind == SOAP else ("swagger.json", "REST")
