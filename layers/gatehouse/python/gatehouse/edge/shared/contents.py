"""How the content of a document is answered."""

from __future__ import annotations

from urllib.parse import quote

from gatehouse.controlplane.contents import Elsewhere, Here
from gatehouse.domain.portal.document import Source
from gatehouse.edge.http import Answer

OCTETS, TEXT, MARKDOWN = "application/octet-stream", "text/plain", "text/markdown"


def content_answer(found: Here | Elsewhere) -> Answer:
    """A file is to be kept, whatever a browser would make of it; what is written here is to be read."""
    if isinstance(found, Elsewhere):
        return Answer(status=303, headers={"Location": found.url})
    if found.file_name:
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name)}",
            "X-Content-Type-Options": "nosniff",
        }
        return Answer(body=found.content, media_type=found.media_type or OCTETS, headers=headers)
    return Answer(body=found.content.decode(), media_type=MARKDOWN if found.source is Source.MARKDOWN else TEXT)
