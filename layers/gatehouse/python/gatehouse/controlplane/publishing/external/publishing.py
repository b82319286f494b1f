"""Publishing to external stores: an API stands in exactly those that its provider names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.external_store import ADVERTISED_IN, ExternalStoreFailed, ExternalStoreNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.external.advertisement import Advertisements
    from gatehouse.controlplane.publishing.external.copies import Copies
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.external_store import ExternalStore
    from gatehouse.domain.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPublishing:
    """A tenant's APIs in the stores of others."""

    design: Design
    copies: Copies
    advertisements: Advertisements

    def stores(self, principal: Principal) -> Sequence[ExternalStore]:
        """Those that the tenant's configuration has."""
        return self.copies.accounts.stores(principal.tenant).stores

    def of(self, principal: Principal, api_id: str) -> list[Record]:
        """The copies of an API that stores have confirmed; the id of each is its store's. Raises ApiNotFound."""
        return self.copies.confirmed(self.design.get(principal, api_id))

    def publish(
        self, principal: Principal, api_id: str, store_ids: Sequence[str], wanted: Collection[int] | None = None
    ) -> tuple[Api, list[Record]]:
        """Have the API, as it is now, in these stores and in no others; returns it, with its copies.

        Every store is asked, also when another one fails. `wanted` are the versions of the API that are meant. Raises
        ApiNotFound, Outdated, ExternalStoreNotFound, Invalid for an API that is not published, and afterwards
        ExternalStoreFailed that names each store that did not do its part, Changed.
        """
        api = self.design.get(principal, api_id)
        access.require_current(api, wanted)
        chosen = self._chosen(api, store_ids)
        archive = self._archive(principal, api) if chosen else b""
        problems = self.copies.settle(principal, api, chosen, archive)
        if problems:
            raise ExternalStoreFailed.together(problems)
        return api, self.copies.confirmed(api)

    def _chosen(self, api: Api, store_ids: Sequence[str]) -> list[ExternalStore]:
        known, chosen = self.copies.accounts.stores(api.tenant), []
        for store_id in store_ids:
            store = known.find(store_id)
            if store is None:
                raise ExternalStoreNotFound(f"There is no external store '{store_id}'")
            chosen.append(store)
        if chosen and api.state not in ADVERTISED_IN:
            problem = f"the API is {api.state}; other stores take it once it is published"
            raise Invalid.field("apiId", problem)
        return chosen

    def _archive(self, principal: Principal, api: Api) -> bytes:
        return self.advertisements.archive(principal, api, self.copies.origin(api))
