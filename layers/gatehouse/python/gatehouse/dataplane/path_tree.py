"""A path tree finds the path template of an API that a path matches, whatever the number of templates.

It is read segment by segment. Nearly always one node is left after each, seldom a few: those of `/items/{id}` and
`/{kind}/7` for `/items/7`. A parameter stands for one character or more of one segment, never for a slash.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

WILDCARD = "/*"
PARAMETER = re.compile(r"\{[^/{}]+\}")

V = TypeVar("V")


class PathTree(Generic[V]):
    """What each template stands for, by template; of those that match, the most specific one is found.

    The more literal text a template has the more specific it is, of two alike the one that was named first; what ends in
    a wildcard comes behind everything that does not.
    """

    __slots__ = ("_root",)

    def __init__(self, templates: Mapping[str, V]) -> None:
        self._root: _Node[V] = _Node()
        for rank, template in enumerate(_most_specific_first(templates)):
            open_ended = template.endswith(WILDCARD)
            node = self._root
            for segment in template.removesuffix(WILDCARD).rstrip("/").split("/"):
                node = node.grown(segment)
            found = (rank, templates[template])
            if open_ended:
                node.below = node.below or found
            else:
                node.end = node.end or found

    def find(self, path: str) -> V | None:
        """What the path is matched by; None when nothing does."""
        candidates: list[tuple[int, V]] = []
        nodes = [self._root]
        for segment in path.split("/"):
            nodes = [following for node in nodes for following in node.after(segment)]
            candidates += [node.below for node in nodes if node.below is not None]
        candidates += [node.end for node in nodes if node.end is not None]
        return min(candidates, key=_rank)[1] if candidates else None


class _Node(Generic[V]):
    """Where some segments lead: what may follow them, what stands for a path that ends here, and what for all below."""

    __slots__ = ("below", "end", "literals", "patterns")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[V]] = {}
        self.patterns: dict[str, tuple[re.Pattern[str] | None, _Node[V]]] = {}
        self.end: tuple[int, V] | None = None
        self.below: tuple[int, V] | None = None

    def grown(self, segment: str) -> _Node[V]:
        """The node behind one more segment of a template, made when it is not there."""
        literals = PARAMETER.split(segment)
        if len(literals) == 1:
            return self.literals.setdefault(segment, _Node())
        # Names do not matter: `{id}` and `{item}` match the same.
        pattern = ".+".join(re.escape(literal) for literal in literals)
        if pattern not in self.patterns:
            # A parameter by itself matches whatever there is, and most are.
            compiled = None if pattern == ".+" else re.compile(pattern, re.DOTALL)
            self.patterns[pattern] = (compiled, _Node())
        return self.patterns[pattern][1]

    def after(self, segment: str) -> Iterator[_Node[V]]:
        """The nodes that one more segment of a path leads to."""
        if (literal := self.literals.get(segment)) is not None:
            yield literal
        if segment:
            for pattern, node in self.patterns.values():
                if pattern is None or pattern.fullmatch(segment):
                    yield node


def _most_specific_first(templates: Iterable[str]) -> list[str]:
    return sorted(templates, key=lambda template: (template.endswith(WILDCARD), -_literal_length(template)))


def _literal_length(template: str) -> int:
    return len(PARAMETER.sub("", template.removesuffix(WILDCARD)))


def _rank(candidate: tuple[int, object]) -> int:
    return candidate[0]
