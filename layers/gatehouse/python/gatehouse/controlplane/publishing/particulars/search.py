"""Search over a tenant's APIs, products, documents and definitions, as a provider may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.finding import Finder, Hit, wants_apis
from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.particulars.api_documents import may_see
from gatehouse.domain.apis.api import ApiNotFound, base_path_of
from gatehouse.domain.portal.search import TYPE, terms_of
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.portal.search import Term
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import RecordLookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`records` has the documents, `settings` the labels."""

    apis: ApiLookup
    records: RecordLookup
    settings: RecordLookup

    def of_apis(self, principal: Principal, query: str) -> list[ApiSummary]:
        """The APIs that match, by name and version."""
        apis = [one for one in self._seen(principal) if not one.is_product]
        return self._matching(principal, apis, terms_of(query))

    def of_products(self, principal: Principal, query: str) -> list[ApiSummary]:
        """The products that match, by name and version."""
        products = [one for one in self._seen(principal) if one.is_product]
        return self._matching(principal, products, terms_of(query))

    def require_taken(self, principal: Principal, query: str) -> None:
        """Raises ApiNotFound unless an API of the tenant, seen or not, has this very name (`name:`) or context (`context:`).

        A query without an attribute is a context when it begins with a slash, else a name.
        """
        attribute, separator, value = query.partition(":")
        wanted = (value if separator else query).strip().strip('"').lower()
        of_name = attribute.strip().lower() == "name" if separator else not wanted.startswith("/")
        for summary in self.apis.summaries(principal.tenant):
            names = [summary.name] if of_name else [summary.context, base_path_of(summary.context, summary.version)]
            if wanted in {name.lower() for name in names}:
                return
        raise ApiNotFound(f"No API has {'the name' if of_name else 'the context'} '{wanted}'")

    def everything(self, principal: Principal, query: str) -> list[Hit]:
        """APIs, or what the query's `type` says, and then documents and definitions.

        Products are found by their type alone, what is written as `finding` has it.
        """
        terms, seen = terms_of(query), self._seen(principal)
        types = [term for term in terms if term.attribute == TYPE]
        wants_products = any(term.matches([ApiType.PRODUCT]) for term in types)
        hits: list[Hit] = []
        if wants_apis(terms):
            kind = [one for one in seen if one.is_product is wants_products]
            hits = [Hit(one) for one in self._matching(principal, kind, terms)]
        finder = Finder(records=self.records, settings=self.settings)
        hits += finder.documents(principal.tenant, seen, terms, lambda one, _: may_see(principal, one))
        return hits + finder.definitions(principal.tenant, seen, terms, self.apis.wordings)

    def _matching(
        self, principal: Principal, summaries: Sequence[ApiSummary], terms: Sequence[Term]
    ) -> list[ApiSummary]:
        return Finder(records=self.records, settings=self.settings).matching(principal.tenant, summaries, terms)

    def _seen(self, principal: Principal) -> list[ApiSummary]:
        return [one for one in self.apis.summaries(principal.tenant) if access.may_work_on(principal, one)]
