"""Search over a tenant's APIs, products and documents, as a provider may see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.particulars.api_documents import TEXT, may_see
from gatehouse.domain.api import ApiNotFound, base_path_of
from gatehouse.domain.deployed import ApiType
from gatehouse.domain.record import Kind
from gatehouse.domain.search import CONTENT, DOCUMENT, LABELS, TYPE, WORD, matching_terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.api import ApiSummary
    from gatehouse.domain.identity import Principal
    from gatehouse.domain.record import Record
    from gatehouse.domain.search import Term
    from gatehouse.ports.apis import ApiLookup
    from gatehouse.ports.records import RecordLookup

_ANY_DOCUMENT = "DOC"


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: an API or a product, or a document of it."""

    api: ApiSummary
    document: Record | None = None


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
        """APIs, or what the query's `type` says, and then documents.

        Products are found by their type alone. A document is found by `doc` and `content`, and by words alone; other terms
        are then held against its API.
        """
        terms = terms_of(query)
        types = [term for term in terms if term.attribute == TYPE]
        rest = [term for term in terms if term.attribute != TYPE]
        seen = self._seen(principal)
        wants_products = any(term.matches([ApiType.PRODUCT]) for term in types)
        wants_documents = any(term.matches([_ANY_DOCUMENT]) for term in types)
        of_documents = any(term.attribute in {DOCUMENT, CONTENT} for term in rest)
        hits: list[Hit] = []
        if not of_documents and not wants_documents:
            kind = [one for one in seen if one.is_product is wants_products]
            hits = [Hit(one) for one in self._matching(principal, kind, terms)]
        words_alone = bool(rest) and all(term.attribute == WORD for term in rest) and not types
        if of_documents or wants_documents or words_alone:
            hits += self._documents(principal, seen, rest)
        return hits

    def _documents(self, principal: Principal, seen: Sequence[ApiSummary], terms: Sequence[Term]) -> list[Hit]:
        own = [term for term in terms if term.attribute in {DOCUMENT, CONTENT, WORD}]
        of_api = [term for term in terms if term.attribute not in {DOCUMENT, CONTENT, WORD}]
        apis = {one.id: one for one in self._matching(principal, seen, of_api)}
        found = [
            Hit(apis[document.owner], document)
            for document in self.records.documents(principal.tenant)
            if document.owner in apis and may_see(principal, document) and all(_says(document, term) for term in own)
        ]
        return sorted(found, key=lambda hit: (hit.document.name.lower(), hit.document.id) if hit.document else ("", ""))

    def _matching(
        self, principal: Principal, summaries: Sequence[ApiSummary], terms: Sequence[Term]
    ) -> list[ApiSummary]:
        """APIs keep the ids of their labels; who searches gives names."""
        if not any(term.attribute in LABELS for term in terms):
            return matching_terms(summaries, terms)
        names = {label.id: label.name for label in self.settings.all(principal.tenant, Kind.LABEL)}
        named = [_labelled(summary, names) for summary in summaries]
        return matching_terms(named, terms)

    def _seen(self, principal: Principal) -> list[ApiSummary]:
        return [one for one in self.apis.summaries(principal.tenant) if access.may_work_on(principal, one)]


def _labelled(summary: ApiSummary, names: dict[str, str]) -> ApiSummary:
    labels = [names[label] for label in summary.info.get("labels") or () if label in names]
    return replace(summary, info={**summary.info, "labels": labels})


def _says(document: Record, term: Term) -> bool:
    about = [document.name, str(document.body.get("summary") or "")]
    written = [str(document.body.get(TEXT) or "")]
    match term.attribute:
        case "doc":
            return term.matches(about)
        case "content":
            return term.matches(written)
        case _:
            return term.matches([*about, *written])
