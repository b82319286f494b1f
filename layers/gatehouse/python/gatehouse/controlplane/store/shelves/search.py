"""Search over what stands in the store: APIs, API products, their documents and their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.finding import Hit, wants_apis
from gatehouse.domain.portal.search import VERSION, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.finding import Finder
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.apis.wording import Wording
    from gatehouse.domain.portal.search import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSearch:
    """What is found is what is listed. Raises what the storefront raises."""

    storefront: Storefront
    finder: Finder

    def apis(self, visitor: Visitor, query: str) -> list[ApiSummary]:
        """The APIs and products that match (`domain.portal.search`), by name and version.

        Who asks for a version by its number finds it among all of them.
        """
        terms = terms_of(query)
        return self.finder.matching(visitor.tenant, self._listed(visitor, terms), terms)

    def everything(self, visitor: Visitor, query: str) -> list[Hit]:
        """APIs and products, and then documents and definitions, as `finding` has it."""
        terms = terms_of(query)
        listed = self._listed(visitor, terms)
        apis = self.finder.matching(visitor.tenant, listed, terms) if wants_apis(terms) else []
        documents = self.finder.documents(visitor.tenant, listed, terms, visitor.sees_document)
        definitions = self.finder.definitions(visitor.tenant, listed, terms, self._shown)
        return [*(Hit(summary) for summary in apis), *documents, *definitions]

    def _shown(self, tenant: str) -> list[Wording]:
        """What developers read: what is deployed, and the designs of what is deployed nowhere that they see."""
        deployed = [one for one in self.storefront.apis.deployed_wordings(tenant) if one.displayed]
        there = {one.api_id for one in deployed}
        return [*deployed, *(one for one in self.storefront.apis.wordings(tenant) if one.api_id not in there)]

    def _listed(self, visitor: Visitor, terms: Sequence[Term]) -> list[ApiSummary]:
        return self.storefront.listed(visitor, every_version=any(term.attribute == VERSION for term in terms))
