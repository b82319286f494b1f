"""Shelves: what stands beside APIs in the store, for visitors to read, rate and comment on; and its routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.store.reading import comments, documents, pieces, ratings, search, words
from functions.store.routes import apis, contracts
from gatehouse.controlplane.comments import Comments
from gatehouse.controlplane.finding import Finder
from gatehouse.controlplane.graphs import Graphs
from gatehouse.controlplane.store.contracts import Contracts
from gatehouse.controlplane.store.shelves.documents import ShownDocuments
from gatehouse.controlplane.store.shelves.downloads import Downloads
from gatehouse.controlplane.store.shelves.ratings import ApiRatings
from gatehouse.controlplane.store.shelves.search import StoreSearch

if TYPE_CHECKING:
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.apis.wsdl import WsdlReader
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.portal.links import Links
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.world import Blobs, Clock

ENTRY_POINT = "devPortal"
"""Where comments are made that are made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What the world gives. `records` hang on APIs; `settings` are the admin's, to be read."""

    records: Records
    settings: RecordLookup
    blobs: Blobs
    links: Links
    wsdl: WsdlReader
    users: UserLookup
    clock: Clock


def shelf_routes(storefront: Storefront, shelves: Shelves) -> tuple[Operation, ...]:
    """APIs, and every operation of what stands beside them."""
    rated = ApiRatings(storefront=storefront, ratings=storefront.ratings)
    searched = StoreSearch(storefront=storefront, finder=Finder(records=shelves.records, settings=shelves.settings))
    shown = ShownDocuments(storefront=storefront, records=shelves.records, blobs=shelves.blobs, links=shelves.links)
    said = Comments(records=shelves.records, clock=shelves.clock, entry_point=ENTRY_POINT)
    downloads = Downloads(storefront=storefront, blobs=shelves.blobs, links=shelves.links, wsdl=shelves.wsdl)
    return (
        *apis.routes(storefront, searched),
        *contracts.routes(Contracts(storefront, shelves.wsdl)),
        *documents.routes(shown),
        *pieces.routes(storefront, Graphs(blobs=shelves.blobs), shelves.blobs, downloads),
        *ratings.routes(rated),
        *comments.routes(said, storefront, shelves.users),
        *search.routes(searched),
        *words.routes(shelves.settings, storefront.reception),
    )
