"""Search over what stands in the store: APIs, API products and their documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.finding import Hit, wants_documents
from gatehouse.domain.portal.search import VERSION, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.finding import Finder
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.apis.api import ApiSummary
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
        """APIs and products, and then documents, as `finding` has it."""
        terms = terms_of(query)
        listed = self._listed(visitor, terms)
        apis = [] if wants_documents(terms) else self.finder.matching(visitor.tenant, listed, terms)
        documents = self.finder.documents(visitor.tenant, listed, terms, visitor.sees_document)
        return [*(Hit(summary) for summary in apis), *documents]

    def _listed(self, visitor: Visitor, terms: Sequence[Term]) -> list[ApiSummary]:
        return self.storefront.listed(visitor, every_version=any(term.attribute == VERSION for term in terms))
