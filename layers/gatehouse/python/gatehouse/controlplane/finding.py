"""Finding APIs and documents among those that somebody may see: the publisher and the store ask alike.

A document is found by `doc` and `content`, and by words alone; other terms are then held against its API.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.particulars.api_documents import TEXT
from gatehouse.domain.portal.search import CONTENT, DOCUMENT, LABELS, TYPE, WORD, matching_terms
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.portal.search import Term
    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.records import RecordLookup

    Shows = Callable[[Record, ApiSummary], bool]

_ANY_DOCUMENT = "DOC"


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: an API or a product, or a document of it."""

    api: ApiSummary
    document: Record | None = None


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
        """The documents of the APIs that are seen which match, by name; none when the terms ask for APIs alone.

        `shows` says whether a document of an API that is seen is to be seen itself.
        """
        rest = [term for term in terms if term.attribute != TYPE]
        if not (wants_documents(terms) or (rest and len(rest) == len(terms) and _words_alone(rest))):
            return []
        own = [term for term in rest if term.attribute in {DOCUMENT, CONTENT, WORD}]
        of_api = [term for term in rest if term.attribute not in {DOCUMENT, CONTENT, WORD}]
        apis = {one.id: one for one in self.matching(tenant, seen, of_api)}
        found = [
            Hit(apis[document.owner], document)
            for document in self.records.documents(tenant)
            if document.owner in apis
            and shows(document, apis[document.owner])
            and all(_says(document, term) for term in own)
        ]
        return sorted(found, key=lambda hit: (hit.document.name.lower(), hit.document.id) if hit.document else ("", ""))


def wants_documents(terms: Sequence[Term]) -> bool:
    """Whether they ask for documents and nothing else."""
    return any(
        term.attribute in {DOCUMENT, CONTENT} or (term.attribute == TYPE and term.matches([_ANY_DOCUMENT]))
        for term in terms
    )


def _words_alone(terms: Sequence[Term]) -> bool:
    return all(term.attribute == WORD for term in terms)


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
