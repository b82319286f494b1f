"""What documents look like in the publisher interface: on the way in, and on the way out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.controlplane.publishing.particulars.api_documents import FILE_NAME
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.record import Record

_SHOWN = ("type", "summary", "sourceType", "sourceUrl", "otherTypeName", "visibility")


class DocumentBody(Wire):
    """A document. Who wrote it and when is the server's to say."""

    documentId: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Literal["HOWTO", "SAMPLES", "PUBLIC_FORUM", "SUPPORT_FORUM", "API_MESSAGE_FORMAT", "SWAGGER_DOC", "OTHER"]
    summary: Annotated[str, Field(max_length=32766)] | None = None
    sourceType: Literal["INLINE", "MARKDOWN", "URL", "FILE"]
    sourceUrl: Annotated[str, Field(max_length=2048)] | None = None
    fileName: str | None = None
    inlineContent: str | None = None
    otherTypeName: Annotated[str, Field(max_length=255)] | None = None
    visibility: Literal["OWNER_ONLY", "PRIVATE", "API_LEVEL"] = "API_LEVEL"
    createdTime: str | None = None
    createdBy: str | None = None
    lastUpdatedTime: str | None = None
    lastUpdatedBy: str | None = None

    def body(self) -> dict[str, Any]:
        """What is kept of it beside its name."""
        return {name: value for name in _SHOWN if (value := getattr(self, name)) is not None}


def view(document: Record) -> dict[str, Any]:
    """A document, without its content."""
    return {
        "documentId": document.id,
        "name": document.name,
        **{name: document.body.get(name) for name in _SHOWN},
        "fileName": document.body.get(FILE_NAME),
        "inlineContent": None,
        "createdTime": time_of(document.created_at),
        "createdBy": document.by,
        "lastUpdatedTime": time_of(document.updated_at),
        "lastUpdatedBy": document.updated_by,
    }


def time_of(milliseconds: int) -> str:
    """RFC 3339, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
