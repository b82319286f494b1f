"""A query as far as the gateway looks into it: which fields it selects, how deep, and what that costs.

Fragments are followed, each once: what one weighs is remembered, so that the work grows with the text and not with what the
text expands to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.apis.graphql import INTROSPECTION, LEAF, RootKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.apis.graphql import Graph

NESTING_MAX = 100
"""How deep selections and fragments may be nested in one another, whatever the plan allows."""

COMPLEXITY_CAP = 1_000_000_000
"""Where counting stops: more is more than any plan allows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the text of a query, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Field:
    """A selected field. `slices` are the values of its slicing arguments: a number, or the name of a variable."""

    name: str
    place: Place
    selections: tuple[Selection, ...] = ()
    slices: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """A fragment that is used by name."""

    fragment: str
    place: Place


@dataclass(frozen=True, slots=True)
class Inline:
    """Selections of a type; "" is the type around them."""

    on: str
    place: Place
    selections: tuple[Selection, ...]


Selection = Field | Spread | Inline


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document. `defaults` are the whole numbers that its variables have by default."""

    kind: RootKind
    name: str
    selections: tuple[Selection, ...]
    defaults: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a query, understood."""

    operations: tuple[Operation, ...]
    fragments: Mapping[str, Inline] = field(hash=False)

    def operation(self, name: str) -> Operation:
        """The operation of this name; "" is for the only one. Raises QueryInvalid."""
        if not name:
            if len(self.operations) == 1:
                return self.operations[0]
            raise QueryInvalid("there are several operations, and operationName says of none which one is meant")
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise QueryInvalid("there is no operation of the name that operationName gives")

    def root_fields(self, operation: Operation) -> dict[str, Place]:
        """The names of an operation's root fields and where each stands first, also in fragments. Raises QueryInvalid."""
        found: dict[str, Place] = {}
        seen: set[str] = set()
        waiting = list(reversed(operation.selections))
        while waiting:
            match waiting.pop():
                case Field(name, place):
                    found.setdefault(name, place)
                case Inline(_, _, selections):
                    waiting.extend(reversed(selections))
                case Spread(name, _) as spread if name not in seen:
                    seen.add(name)
                    waiting.extend(reversed(self.fragment(spread).selections))
        return found

    def fragment(self, spread: Spread) -> Inline:
        """What a spread stands for. Raises QueryInvalid."""
        known = self.fragments.get(spread.fragment)
        if known is None:
            raise QueryInvalid(f"there is no fragment '{spread.fragment}'", spread.place)
        return known


class QueryInvalid(Exception):
    """The query cannot be understood. `problem` says what is wrong, and where."""

    def __init__(self, problem: str, place: Place | None = None) -> None:
        where = f" at line {place.line}, column {place.column}" if place else ""
        self.problem = f"{problem}{where}"
        super().__init__(self.problem)


@dataclass(frozen=True, slots=True)
class Weight:
    """How many fields are nested in one another at most, and what all of them cost together."""

    depth: int = 0
    complexity: int = 0


def weigh(document: Document, operation: Operation, graph: Graph, variables: Mapping[str, object]) -> Weight:
    """What the backend is asked for. Raises QueryInvalid for a field that is not there, and fragments in a circle.

    A field costs what the graph says and what is selected of it, times its slicing argument: `menu(first: 10) { name }`
    costs ten times (1 + 1). Introspection is free.
    """
    root = graph.roots.get(operation.kind)
    if root is None:
        raise QueryInvalid(f"the schema has no {operation.kind.lower()} operations")
    return _Scales(document, operation, graph, variables).weight(operation.selections, root, 0)


class _Scales:
    def __init__(self, document: Document, operation: Operation, graph: Graph, variables: Mapping[str, object]) -> None:
        self._document = document
        self._defaults = operation.defaults
        self._graph = graph
        self._variables = variables
        self._known: dict[str, Weight] = {}
        self._open: set[str] = set()

    def weight(self, selections: Sequence[Selection], type_name: str, level: int) -> Weight:
        """`level` is how deep these selections are nested."""
        depth = complexity = 0
        for selection in selections:
            match selection:
                case Field():
                    one = self._field(selection, type_name, level + 1)
                case Inline(on, _, inner):
                    self._check(on or type_name, level, selection.place)
                    one = self.weight(inner, on or type_name, level + 1)
                case Spread():
                    one = self._spread(selection, level + 1)
            depth = max(depth, one.depth)
            complexity += one.complexity
        return Weight(depth, min(complexity, COMPLEXITY_CAP))

    def _field(self, selected: Field, type_name: str, level: int) -> Weight:
        if selected.name in INTROSPECTION:
            return Weight()
        inner_type = self._graph.types[type_name].get(selected.name)
        if inner_type is None:
            raise QueryInvalid(f"type '{type_name}' has no field '{selected.name}'", selected.place)
        inner = Weight()
        if selected.selections:
            if inner_type == LEAF:
                raise QueryInvalid(f"'{selected.name}' has no fields to select", selected.place)
            self._check(inner_type, level, selected.place)
            inner = self.weight(selected.selections, inner_type, level)
        cost = (self._graph.cost(type_name, selected.name) + inner.complexity) * self._times(selected)
        return Weight(inner.depth + 1, cost)

    def _spread(self, spread: Spread, level: int) -> Weight:
        name = spread.fragment
        if name in self._open:
            raise QueryInvalid(f"fragment '{name}' contains itself", spread.place)
        known = self._known.get(name)
        if known is None:
            fragment = self._document.fragment(spread)
            self._check(fragment.on, level, spread.place)
            self._open.add(name)
            known = self._known[name] = self.weight(fragment.selections, fragment.on, level)
            self._open.discard(name)
        return known

    def _times(self, selected: Field) -> int:
        """How many of a field's answers are asked for at most; 1 when it does not say."""
        times = 1
        for value in selected.slices:
            number: object = value
            if isinstance(value, str):
                number = self._variables.get(value, self._defaults.get(value, 1))
            if isinstance(number, int) and not isinstance(number, bool):
                times = max(times, min(number, COMPLEXITY_CAP))
        return times

    def _check(self, type_name: str, level: int, place: Place) -> None:
        if type_name not in self._graph.types:
            raise QueryInvalid(f"there is no type '{type_name}' with fields", place)
        if level > NESTING_MAX:
            raise QueryInvalid(f"nested deeper than {NESTING_MAX} levels", place)
