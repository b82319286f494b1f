"""Search over APIs, their documents and their definitions, with WSO2's query syntax.

Terms are separated by spaces: `attribute:value`. A quoted value must match exactly, or stand as it is in what is written;
any other one matches as a part, and `*` stands for anything. A bare word is a part of the name. All terms must match; case
does not matter. An attribute that is none of ours is the name of a custom property.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import VERSION_TEMPLATE
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gatehouse.domain.apis.api import ApiSummary

DOCUMENT, CONTENT = "doc", "content"
"""Attributes of what is written: `doc` is in a document's name and summary, `content` in what it or a definition says."""

WORD = ""
"""The attribute of a bare word."""

TYPE, VERSION = "type", "version"
SORTS = ("DOC", "DEFINITION")
"""What `type` may name besides APIs and products."""

LABELS = frozenset({"label", "labels"})

_TERM = re.compile(r'(?:([^\s:"]+):\s*)?(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One of a query's. `attribute` is lower-case, `value` as it was written; `parts` stand in a text in this order.

    `pieces` stand in what is written in this order, as UTF-8.
    """

    attribute: str
    value: str
    exact: bool
    parts: tuple[str, ...]
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, attribute: str, value: str, *, exact: bool) -> Term:
        """Made once for the many texts it is held against."""
        parts = tuple(value.lower().split("*"))
        pieces = (value.lower(),) if exact else parts
        return cls(attribute.lower(), value, exact, parts, tuple(piece.encode() for piece in pieces))

    def matches(self, texts: Iterable[str]) -> bool:
        """Whether one of these texts is what it asks for."""
        if self.exact:
            wanted = self.value.lower()
            return any(text.lower() == wanted for text in texts)
        return any(self._is_in(text.lower()) for text in texts)

    def is_said_in(self, words: bytes) -> bool:
        """Whether it stands in what is written: UTF-8, in lower case."""
        at = 0
        for piece in self.pieces:
            at = words.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return True

    def _is_in(self, text: str) -> bool:
        """The first place of each part is the best: what follows has the most room. So time grows with the text alone."""
        at = 0
        for part in self.parts:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return True


def terms_of(query: str) -> list[Term]:
    """The terms of a query, in order."""
    found = _TERM.findall(query)
    return [Term.of(attribute, quoted or bare, exact=bool(quoted)) for attribute, quoted, bare in found]


def matching(summaries: Iterable[ApiSummary], query: str) -> list[ApiSummary]:
    """Those that match every term; all of them for an empty query."""
    return matching_terms(summaries, terms_of(query))


def matching_terms(summaries: Iterable[ApiSummary], terms: Sequence[Term]) -> list[ApiSummary]:
    """Those that match every one of these terms."""
    if not terms:
        return list(summaries)
    asked = [(term, _SEARCHED.get(term.attribute)) for term in terms]
    return [
        summary
        for summary in summaries
        if all(term.matches(texts(summary) if texts else _property(summary, term.attribute)) for term, texts in asked)
    ]


def _listed(name: str) -> Callable[[ApiSummary], list[str]]:
    def values(summary: ApiSummary) -> list[str]:
        value = summary.info.get(name) or []
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]

    return values


def _property(summary: ApiSummary, name: str) -> list[str]:
    """The values of a custom property, whose name is compared regardless of case."""
    properties = summary.info.get("additionalProperties") or ()
    return [str(entry.get("value", "")) for entry in properties if str(entry.get("name", "")).lower() == name]


def _template(summary: ApiSummary) -> list[str]:
    has_version = VERSION_TEMPLATE in summary.context
    return [summary.context if has_version else f"{summary.context}/{VERSION_TEMPLATE}"]


def _contexts(summary: ApiSummary) -> list[str]:
    return [summary.context, summary.context.replace(VERSION_TEMPLATE, summary.version)]


def _type(summary: ApiSummary) -> list[str]:
    kind = str(summary.info.get("type") or ApiType.HTTP)
    return [kind] if summary.is_product else [kind, "API"]


def _is_advertised(summary: ApiSummary) -> list[str]:
    return [str(bool(summary.info.get("advertised"))).lower()]


_SEARCHED: dict[str, Callable[[ApiSummary], list[str]]] = {
    WORD: lambda summary: [summary.name, str(summary.info.get("displayName", ""))],
    "name": lambda summary: [summary.name, str(summary.info.get("displayName", ""))],
    VERSION: lambda summary: [summary.version],
    "context": _contexts,
    "contexttemplate": _template,
    "provider": lambda summary: [summary.provider],
    "status": lambda summary: [summary.state],
    "lcstate": lambda summary: [summary.state],
    "description": _listed("description"),
    "tag": _listed("tags"),
    "tags": _listed("tags"),
    TYPE: _type,
    "subtype": lambda summary: [str(summary.info.get("subtype") or "DEFAULT")],
    "label": _listed("labels"),
    "labels": _listed("labels"),
    "api-category": _listed("categories"),
    "gatewaytype": _listed("gatewayType"),
    "thirdparty": _is_advertised,
    "enablestore": lambda _: ["true"],
}
