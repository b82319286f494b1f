"""Archives over HTTP: how they are sent, and how they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.contents import ANSWERED_BYTES_MAX
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import parts

if TYPE_CHECKING:
    from gatehouse.edge.http import Request
    from gatehouse.ports.uploads import Uploads

ZIP = "application/zip"


def handed_out(request: Request, uploads: Uploads, name: str, content: bytes) -> Answer:
    """As `archive`; one that is larger than a function may answer is at the URL that 303 leads to. Raises Unavailable."""
    if len(content) <= ANSWERED_BYTES_MAX:
        return archive(name, content)
    tenant = request.principal.tenant
    url = uploads.hand_out(tenant, content, name=f"{name}.zip", media_type=ZIP)
    return Answer(status=303, headers={"Location": url})


def archive(name: str, content: bytes) -> Answer:
    """A zip, to be saved under this name."""
    disposition = f'attachment; filename="{name}.zip"'
    return Answer(body=content, media_type=ZIP, headers={"Content-Disposition": disposition})


def uploaded(request: Request, uploads: Uploads | None = None) -> bytes:
    """The archive in the form, or where the query's `uploadId` says. Raises Invalid, UploadNotFound, UploadTooLarge."""
    if uploads is not None and (upload_id := request.query.get("uploadId")):
        return uploads.read(request.principal.tenant, upload_id)
    content = parts(request).get("file")
    if not content:
        raise Invalid.field("file", "is required: a zip archive")
    return content
