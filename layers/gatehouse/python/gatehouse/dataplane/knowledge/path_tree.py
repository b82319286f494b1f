"""A path tree finds the path template of an API that a path matches, whatever the number of templates.

It is read segment by segment. Nearly always one node is left after each, seldom a few: those of `/items/{id}` and
`/{kind}/7` for `/items/7`. A parameter stands for one character or more of one segment, never for a slash.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WILDCARD = "/*"
PARAMETER = re.compile(r"\{[^/{}]+\}")

V = TypeVar("V")

_Found = tuple[float, V | None]
"""The place of a template among all, the most specific being 0, and what it stands for."""

_NOTHING: tuple[float, None] = (math.inf, None)


class PathTree(Generic[V]):
    """What each template stands for, by template; of those that match, the most specific one is found.

    The more literal text a template has the more specific it is, of two alike the one that was named first; what ends in
    a wildcard comes behind everything that does not.
    """

    __slots__ = ("_root",)

    def __init__(self, templates: Mapping[str, V]) -> None:
        self._root: _Node[V] = _Node()
        for rank, template in enumerate(_most_specific_first(templates)):
            node = self._root
            for segment in template.removesuffix(WILDCARD).rstrip("/").split("/"):
                node = node.grown(segment)
            found = (rank, templates[template])
            if template.endswith(WILDCARD):
                node.below = min(node.below, found, key=_rank)
            else:
                node.end = min(node.end, found, key=_rank)

    def find(self, path: str) -> V | None:
        """What the path is matched by; None when nothing does."""
        best: _Found[V] = _NOTHING
        nodes = [self._root]
        for segment in path.split("/"):
            following: list[_Node[V]] = []
            for node in nodes:
                node.follow(segment, following)
            nodes = following
            for node in nodes:
                if node.below[0] < best[0]:
                    best = node.below
        for node in nodes:
            if node.end[0] < best[0]:
                best = node.end
        return best[1]


class _Node(Generic[V]):
    """Where some segments lead: what may follow them, what stands for a path that ends here, and what for all below."""

    __slots__ = ("below", "end", "literals", "parameter", "patterns")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[V]] = {}
        self.parameter: _Node[V] | None = None
        self.patterns: dict[re.Pattern[str], _Node[V]] = {}
        self.end: _Found[V] = _NOTHING
        self.below: _Found[V] = _NOTHING

    def grown(self, segment: str) -> _Node[V]:
        """The node behind one more segment of a template, made when it is not there."""
        literals = PARAMETER.split(segment)
        if len(literals) == 1:
            return self.literals.setdefault(segment, _Node())
        if literals == ["", ""]:
            self.parameter = self.parameter or _Node()
            return self.parameter
        pattern = re.compile(".+".join(re.escape(literal) for literal in literals), re.DOTALL)
        return self.patterns.setdefault(pattern, _Node())

    def follow(self, segment: str, nodes: list[_Node[V]]) -> None:
        """Add the nodes that one more segment of a path leads to."""
        if segment in self.literals:
            nodes.append(self.literals[segment])
        if self.parameter is not None and segment:
            nodes.append(self.parameter)
        for pattern, node in self.patterns.items():
            if pattern.fullmatch(segment):
                nodes.append(node)


def _most_specific_first(templates: Iterable[str]) -> list[str]:
    return sorted(templates, key=lambda template: (template.endswith(WILDCARD), -_literal_length(template)))


def _literal_length(template: str) -> int:
    return len(PARAMETER.sub("", template.removesuffix(WILDCARD)))


def _rank(found: tuple[float, object]) -> float:
    return found[0]
