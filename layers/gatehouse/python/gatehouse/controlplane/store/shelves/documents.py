"""Documents of APIs, for those who look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.contents import Contents
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.portal.document import DocumentNotFound
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from gatehouse.controlplane.contents import Elsewhere, Here
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.links import Links
    from gatehouse.ports.portal.records import RecordLookup
    from gatehouse.ports.world import Blobs


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
        return Contents(self.blobs, self.links).of(self.get(visitor, api_id, document_id))
