"""Finding APIs, documents and definitions among those that somebody may see: the publisher and the store ask alike.

A document is found by `doc` and `content`, a definition by `content`, both by their type and by words alone; other terms are
then held against the API.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.portal.search import CONTENT, DOCUMENT, LABELS, SORTS, TYPE, WORD, matching_terms
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.apis.wording import Wording
    from gatehouse.domain.portal.document import Writing
    from gatehouse.domain.portal.search import Term
    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.records import RecordLookup

    Shows = Callable[[Record, ApiSummary], bool]

_API = "API"
_DOCUMENT, _DEFINITION = SORTS
_WRITTEN = frozenset((DOCUMENT, CONTENT, WORD))


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: an API or a product, or a document of it, or (`defines`) its definition."""

    api: ApiSummary
    document: Record | None = None
    defines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """`records` has the documents, `settings` the labels."""

    records: RecordLookup
    settings: RecordLookup

    def matching(self, tenant: str, summaries: Sequence[ApiSummary], terms: Sequence[Term]) -> list[ApiSummary]:
        """Those that match every term. APIs keep the ids of their labels; who searches gives names."""
        if not any(term.attribute in LABELS for term in terms):
            return matching_terms(summaries, terms)
        names = {label.id: label.name for label in self.settings.all(tenant, Kind.LABEL)}
        return matching_terms([_labelled(summary, names) for summary in summaries], terms)

    def documents(self, tenant: str, seen: Sequence[ApiSummary], terms: Sequence[Term], shows: Shows) -> list[Hit]:
        """The documents of the APIs that are seen which match, by name; none when the terms ask for none.

        `shows` says whether a document of an API that is seen is to be seen itself.
        """
        if _DOCUMENT not in _sorts(terms):
            return []
        own, apis = self._halved(tenant, seen, terms)
        found = [
            Hit(apis[writing.document.owner], writing.document)
            for writing in self.records.writings(tenant)
            if writing.document.owner in apis
            and all(_says(writing, term) for term in own)
            and shows(writing.document, apis[writing.document.owner])
        ]
        return sorted(found, key=lambda hit: (hit.document.name.lower(), hit.document.id) if hit.document else ("", ""))

    def definitions(
        self, tenant: str, seen: Sequence[ApiSummary], terms: Sequence[Term], wordings: Callable[[str], list[Wording]]
    ) -> list[Hit]:
        """The definitions of the APIs that are seen which match, in the order of the APIs; none when none are asked for.

        `wordings` are those that are shown to who sees an API.
        """
        if _DEFINITION not in _sorts(terms):
            return []
        own, apis = self._halved(tenant, seen, terms)
        saying = {
            wording.api_id
            for wording in wordings(tenant)
            if wording.api_id in apis and all(term.is_said_in(wording.words) for term in own)
        }
        return [Hit(api, defines=True) for api in apis.values() if api.id in saying]

    def _halved(
        self, tenant: str, seen: Sequence[ApiSummary], terms: Sequence[Term]
    ) -> tuple[list[Term], dict[str, ApiSummary]]:
        """The terms about what is written, and the APIs that match all others, by id."""
        own = [term for term in terms if term.attribute in _WRITTEN]
        of_api = [term for term in terms if term.attribute not in {*_WRITTEN, TYPE}]
        return own, {one.id: one for one in self.matching(tenant, seen, of_api)}


def wants_apis(terms: Sequence[Term]) -> bool:
    """Whether they do not ask for what is written and nothing else."""
    return _API in _sorts(terms)


def _sorts(terms: Sequence[Term]) -> frozenset[str]:
    """What they ask for: APIs and products, documents, definitions."""
    attributes = {term.attribute for term in terms}
    named = {sort for sort in SORTS for term in terms if term.attribute == TYPE and term.matches([sort])}
    if DOCUMENT in attributes:
        return frozenset((_DOCUMENT,))
    if named or CONTENT in attributes:
        return frozenset(named or SORTS)
    return frozenset((_API, *SORTS)) if attributes == {WORD} else frozenset((_API,))


def _labelled(summary: ApiSummary, names: dict[str, str]) -> ApiSummary:
    labels = [names[label] for label in summary.info.get("labels") or () if label in names]
    return replace(summary, info={**summary.info, "labels": labels})


def _says(writing: Writing, term: Term) -> bool:
    if term.attribute == DOCUMENT:
        return term.matches([writing.document.name, str(writing.document.body.get("summary") or "")])
    return term.is_said_in(writing.words) or (term.attribute == WORD and term.is_said_in(writing.about))
