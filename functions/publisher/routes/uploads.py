"""Uploads: archives and documents that are too large for a request to a function. WSO2 has no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.edge.http import Request
    from gatehouse.ports.uploads import Uploads


_SCOPES = (
    s.ADMIN,
    s.EXPORT,
    s.PRODUCT_EXPORT,
    s.CREATE,
    s.MANAGE,
    s.PUBLISH,
    s.DOCUMENT_CREATE,
    s.DOCUMENT_MANAGE,
)
"""Of those who import archives, and of those who send files of documents."""


def routes(uploads: Uploads) -> tuple[Operation, ...]:
    """Open one."""

    def open_(request: Request) -> Answer:
        upload = uploads.open(request.principal.tenant)
        body = {"uploadId": upload.id, "url": upload.url, "method": "PUT", "expiresTime": upload.expires_at * 1000}
        return Answer(status=201, body=body)

    return (
        Operation(
            method="POST",
            path="/uploads",
            id="openUpload",
            route=open_,
            summary="A URL to put a large file at, to be taken in by its uploadId",
            tag="Import Export",
            scopes=_SCOPES,
            answers=(201,),
        ),
    )
