"""Documents of APIs, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import visiting
from gatehouse.controlplane.contents import Elsewhere
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import tagged
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.contents import content_answer

if TYPE_CHECKING:
    from gatehouse.controlplane.store.shelves.documents import ShownDocuments
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

ALL, ONE = "/apis/{apiId}/documents", "/apis/{apiId}/documents/{documentId}"
_SHOWN = ("type", "summary", "sourceType", "sourceUrl", "otherTypeName")


def routes(documents: ShownDocuments) -> tuple[Operation, ...]:
    """List, read, and read what is in them."""
    routed, line = _Documents(documents), Lines("API Documents")
    anybody: dict[str, Any] = {"authenticated": False}
    return (
        line(
            "GET", ALL, "listDocuments", "An API's documents, by name", routed.all, query=("limit", "offset"), **anybody
        ),
        line("GET", ONE, "getDocument", "A document, without its content", routed.get, **anybody),
        line(
            "GET",
            f"{ONE}/content",
            "getDocumentContent",
            "What is in a document; 303 says where that is, when it stands elsewhere or is large",
            routed.content,
            answers=(200, 303),
            **anybody,
        ),
    )


class _Documents:
    def __init__(self, documents: ShownDocuments) -> None:
        self._documents = documents

    def all(self, request: Request) -> Answer:
        wanted, api_id = request.slice(), request.path["apiId"]
        page = page_of(self._documents.all(visiting(request), api_id), wanted)
        return tagged(request, Answer(body=envelope(page, view, resource=f"/apis/{api_id}/documents")))

    def get(self, request: Request) -> Answer:
        found = self._documents.get(visiting(request), request.path["apiId"], request.path["documentId"])
        return tagged(request, Answer(body=view(found)))

    def content(self, request: Request) -> Answer:
        found = self._documents.content(visiting(request), request.path["apiId"], request.path["documentId"])
        answer = content_answer(found)
        return answer if isinstance(found, Elsewhere) else tagged(request, answer)


def view(document: Record) -> dict[str, Any]:
    """A document, without its content."""
    shown = {name: document.body.get(name) for name in _SHOWN}
    return {"documentId": document.id, "name": document.name, **shown}
