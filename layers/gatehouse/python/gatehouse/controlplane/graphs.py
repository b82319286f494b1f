"""Graphs of GraphQL APIs, to be read: their schemas, and what the fields of those cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.graphql import Graph, NotGraphql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import Api
    from gatehouse.ports.world import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What selecting a field costs."""

    type: str
    field: str
    complexity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphs:
    """Of APIs that callers have read before. Each question raises NotGraphql for an API that has none."""

    blobs: Blobs

    def of(self, api: Api) -> Graph:
        """What the schema says."""
        require_graphql(api)
        return Graph.from_body(json.loads(self.blobs.get(api.tenant, api.graph)))

    def schema(self, api: Api) -> tuple[str, str]:
        """The schema's file name and its text."""
        require_graphql(api)
        text = self.blobs.get(api.tenant, api.schema).decode("utf-8-sig")
        return f"{api.provider}--{api.name}{api.version}.graphql", text

    def costs(self, api: Api) -> list[Cost]:
        """What fields cost, where it is said."""
        return [
            Cost(type=type_name, field=field, complexity=complexity)
            for type_name, fields in self.of(api).complexity.items()
            for field, complexity in fields.items()
        ]

    def types(self, api: Api) -> Mapping[str, Mapping[str, str]]:
        """The types that have fields, with their fields."""
        return {name: fields for name, fields in self.of(api).types.items() if fields}


def require_graphql(api: Api) -> None:
    """Raises NotGraphql for an API that has no schema."""
    if not api.graph:
        raise NotGraphql(f"API '{api.id}' is of type {api.document.get('type')} and has no GraphQL schema")
