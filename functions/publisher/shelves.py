"""Shelves: the concerns that keep what hangs on APIs and what a tenant's providers share, and their routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.publisher.particulars import documents, search
from functions.publisher.routes.sorts import API, PRODUCT
from gatehouse.controlplane.publishing.particulars.api_documents import Documents
from gatehouse.controlplane.publishing.particulars.search import Search

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.products.products import Products
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.apis import Apis
    from gatehouse.ports.archives import Archives
    from gatehouse.ports.records import RecordLookup, Records
    from gatehouse.ports.world import Blobs, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What the world gives. `records` are kept here; `settings` are the admin's, to be read."""

    design: Design
    products: Products
    apis: Apis
    records: Records
    settings: RecordLookup
    blobs: Blobs
    archives: Archives
    clock: Clock


def search_of(shelves: Shelves) -> Search:
    """Search over all of a tenant's."""
    return Search(apis=shelves.apis, records=shelves.records, settings=shelves.settings)


def shelf_routes(shelves: Shelves) -> tuple[Operation, ...]:
    """Every operation of these concerns."""
    kept_documents = Documents(records=shelves.records, blobs=shelves.blobs, clock=shelves.clock)
    return (
        *search.routes(search_of(shelves)),
        *documents.routes(kept_documents, shelves.design, API),
        *documents.routes(kept_documents, shelves.products, PRODUCT),
    )
