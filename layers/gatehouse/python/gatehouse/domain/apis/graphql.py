"""A graph is what a GraphQL schema says that rules need: its root fields, the types behind fields, and what fields cost.

It is compiled once from the schema (SDL) and is all that the gateway reads of it: no SDL is parsed for a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEAF = ""
"""Stands for the type of a field that has no fields of its own."""

INTROSPECTION = frozenset({"__schema", "__type", "__typename"})
"""Fields that every schema has (GraphQL October 2021, §4)."""

DEFAULT_COMPLEXITY = 1


class RootKind(StrEnum):
    """The three kinds of operations: the verbs of a GraphQL API."""

    QUERY = "QUERY"
    MUTATION = "MUTATION"
    SUBSCRIPTION = "SUBSCRIPTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """`roots`: kind → type. `types`: type → field → the type of the field, by name, or `LEAF`.

    `complexity`: type → field → what selecting it costs, where that is not 1.
    """

    roots: Mapping[str, str] = field(hash=False)
    types: Mapping[str, Mapping[str, str]] = field(hash=False)
    complexity: Mapping[str, Mapping[str, int]] = field(default_factory=dict, hash=False)

    def root_fields(self) -> Iterator[tuple[str, str]]:
        """The operations: kind and field."""
        for kind, name in self.roots.items():
            for root_field in self.types[name]:
                yield kind, root_field

    def cost(self, type_name: str, field_name: str) -> int:
        """What selecting this field costs, without what is selected of it."""
        costs = self.complexity.get(type_name)
        return costs.get(field_name, DEFAULT_COMPLEXITY) if costs else DEFAULT_COMPLEXITY

    def with_complexity(self, complexity: Mapping[str, Mapping[str, int]]) -> Graph:
        """The same graph with those of these costs that are of its fields."""
        kept = {
            type_name: {name: cost for name, cost in costs.items() if name in self.types.get(type_name, ())}
            for type_name, costs in complexity.items()
        }
        return replace(self, complexity={type_name: costs for type_name, costs in kept.items() if costs})

    def to_body(self) -> dict[str, Any]:
        """As it is written down."""
        return {"roots": self.roots, "types": self.types, "complexity": self.complexity}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Graph:
        """Read back what `to_body` wrote."""
        return cls(roots=body["roots"], types=body["types"], complexity=body["complexity"])


class SchemaInvalid(Invalid):
    """The schema cannot be understood, or breaks the rules of GraphQL."""

    code = 900873
    message = "Error while parsing the GraphQL schema"


class IntrospectionFailed(SchemaInvalid):
    """A GraphQL server was asked for its schema and did not tell it."""

    code = 900874
    message = "Error while generating the GraphQL schema from introspection"


class NotGraphql(Invalid):
    """The API has no GraphQL schema."""

    code = 900870
    message = "The API is not a GraphQL API"
