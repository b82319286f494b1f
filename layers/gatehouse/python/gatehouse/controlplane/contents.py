"""Contents of documents: answered, or to be read elsewhere, because they stand there or are too large for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.particulars.api_documents import CONTENT, FILE_NAME, MEDIA_TYPE
from gatehouse.domain.portal.document import ContentNotFound, Source, source_of

if TYPE_CHECKING:
    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.links import Links
    from gatehouse.ports.world import Blobs

ANSWERED_BYTES_MAX = 4_000_000
"""A function answers 6 MB, of which base64 takes a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Content that is to be read at a URL."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Content that is answered. `file_name` is "" for what is to be read in place."""

    content: bytes
    source: Source
    media_type: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in documents that callers have read before."""

    blobs: Blobs
    links: Links

    def of(self, document: Record) -> Here | Elsewhere:
        """What is in one, or where that is. Raises ContentNotFound."""
        source, key = source_of(document), str(document.body.get(CONTENT) or "")
        if source is Source.URL:
            return Elsewhere(url=str(document.body["sourceUrl"]))
        if not key:
            raise ContentNotFound(f"The document '{document.name}' has no content yet")
        if source is not Source.FILE:
            return Here(content=self.blobs.get(document.tenant, key), source=source)
        name, media_type = str(document.body[FILE_NAME]), str(document.body[MEDIA_TYPE])
        if self.links.size(document.tenant, key) > ANSWERED_BYTES_MAX:
            return Elsewhere(url=self.links.to(document.tenant, key, name=name, media_type=media_type))
        content = self.blobs.get(document.tenant, key)
        return Here(content=content, source=source, media_type=media_type, file_name=name)
