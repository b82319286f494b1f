"""Search over API summaries, with WSO2's query syntax.

Terms are separated by spaces: `attribute:value`. A quoted value must match exactly, any other one as a part; `*` stands for
anything. A bare word is a part of the name. All terms must match; case does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.domain.api import ApiSummary

_TERM = re.compile(r'(?:([\w-]+):)?(?:"([^"]*)"|(\S+))')


def matching(summaries: Sequence[ApiSummary], query: str) -> list[ApiSummary]:
    """Those that match every term; all of them for an empty query. Raises Invalid for an attribute nobody knows."""
    terms = _terms(query)
    return [summary for summary in summaries if all(term.matches(summary) for term in terms)]


@dataclass(frozen=True, slots=True)
class _Term:
    attribute: str
    value: str
    exact: bool

    def matches(self, summary: ApiSummary) -> bool:
        return any(self._matches(value.lower()) for value in _SEARCHED[self.attribute](summary))

    def _matches(self, value: str) -> bool:
        wanted = self.value.lower()
        if self.exact:
            return value == wanted
        parts = [re.escape(part) for part in wanted.split("*")]
        return re.search(".*".join(parts), value) is not None


def _listed(name: str, summary: ApiSummary) -> list[str]:
    value = summary.info.get(name) or []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


_SEARCHED: dict[str, Callable[[ApiSummary], list[str]]] = {
    "name": lambda summary: [summary.name],
    "version": lambda summary: [summary.version],
    "context": lambda summary: [summary.context],
    "provider": lambda summary: [summary.provider],
    "status": lambda summary: [summary.state],
    "lcstate": lambda summary: [summary.state],
    "description": lambda summary: _listed("description", summary),
    "tag": lambda summary: _listed("tags", summary),
    "tags": lambda summary: _listed("tags", summary),
    "type": lambda summary: _listed("type", summary),
    "api-category": lambda summary: _listed("categories", summary),
}


def _terms(query: str) -> list[_Term]:
    terms = []
    for attribute, quoted, bare in _TERM.findall(query):
        name = attribute.lower() or "name"
        if name not in _SEARCHED:
            raise Invalid.field(
                "query", f"'{attribute}' cannot be searched by; known are {', '.join(sorted(_SEARCHED))}"
            )
        terms.append(_Term(name, quoted or bare, bool(quoted)))
    return terms
