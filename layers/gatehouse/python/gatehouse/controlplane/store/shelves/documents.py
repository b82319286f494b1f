"""Documents of APIs, for those who look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.particulars.api_documents import CONTENT, FILE_NAME, MEDIA_TYPE
from gatehouse.domain.api import summary_of
from gatehouse.domain.document import ContentNotFound, DocumentNotFound, Source, source_of
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.record import Record
    from gatehouse.ports.links import Links
    from gatehouse.ports.records import RecordLookup
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocuments:
    """The documents that a visitor may see. Every question raises ApiNotFound, and what the storefront raises."""

    storefront: Storefront
    records: RecordLookup
    blobs: Blobs
    links: Links

    def all(self, visitor: Visitor, api_id: str) -> list[Record]:
        """Every one of an API, by name."""
        summary = summary_of(self.storefront.get(visitor, api_id))
        found = self.records.all(visitor.tenant, Kind.DOCUMENT, api_id)
        seen = [document for document in found if visitor.sees_document(document, summary)]
        return sorted(seen, key=lambda document: document.name.lower())

    def get(self, visitor: Visitor, api_id: str, document_id: str) -> Record:
        """One. Raises DocumentNotFound."""
        summary = summary_of(self.storefront.get(visitor, api_id))
        found = self.records.get(visitor.tenant, Kind.DOCUMENT, document_id, api_id)
        if found is None or not visitor.sees_document(found, summary):
            raise DocumentNotFound.by_id(document_id)
        return found

    def content(self, visitor: Visitor, api_id: str, document_id: str) -> Here | Elsewhere:
        """What is in one, or where that is. Raises DocumentNotFound, ContentNotFound."""
        document = self.get(visitor, api_id, document_id)
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
