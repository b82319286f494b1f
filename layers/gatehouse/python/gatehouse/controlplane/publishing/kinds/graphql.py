"""GraphQL APIs: made from a schema, which their operations follow; and what the fields of the schema cost.

The schema is kept as it was sent, and what it says (`domain.apis.graphql`) beside it, for deployment and for the gateway.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.graphs import Cost, Graphs, require_graphql
from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.compiling.root_fields import require_known, settled
from gatehouse.controlplane.publishing.documents import checked_document
from gatehouse.domain.apis.graphql import Graph, SchemaInvalid
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.graphql import GraphqlSchemas
    from gatehouse.ports.remote import Remote

GRAPH_BYTES_MAX = 350_000
"""The gateway reads a graph from one row, which holds 400 kB."""

COMPLEXITY_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlDesign:
    """Designing the GraphQL APIs of a tenant."""

    design: Design
    schemas: GraphqlSchemas

    def create(self, principal: Principal, document: Mapping[str, Any], schema: bytes) -> Api:
        """A new API for this schema. Operations in the document say how its root fields may be used.

        Raises SchemaInvalid, and what `Design.create` raises.
        """
        graph = self.validate(schema)
        given = document.get("operations") or ()
        require_known(given, graph.root_fields())
        return self.design.create(
            principal,
            {**document, "type": ApiType.GRAPHQL.value, "operations": settled(graph.root_fields(), given)},
            schema=self.design.blobs.put(principal.tenant, schema),
            graph=self._written(principal.tenant, graph),
        )

    def get(self, principal: Principal, api_id: str, wanted: Collection[int] | None = None) -> Api:
        """The API, in one of the versions that are wanted. Raises ApiNotFound, NotGraphql, Outdated."""
        api = self.design.get(principal, api_id)
        access.require_current(api, wanted)
        require_graphql(api)
        return api

    def replace(self, principal: Principal, api_id: str, schema: bytes, wanted: Collection[int] | None = None) -> Api:
        """Another schema; the operations follow it, and what is said of fields that stay is kept.

        `wanted` are the versions that may be changed. Raises SchemaInvalid, NotGraphql, Outdated, Changed.
        """
        api = self.get(principal, api_id, wanted)
        graph = self.validate(schema).with_complexity(self.graphs.of(api).complexity)
        changed = replace(
            api,
            schema=self.design.blobs.put(api.tenant, schema),
            graph=self._written(api.tenant, graph),
        )
        operations = settled(graph.root_fields(), api.document["operations"])
        return self._saved(principal, changed, {**api.document, "operations": operations})

    def validate(self, schema: bytes) -> Graph:
        """What a schema says, without keeping it. Raises SchemaInvalid."""
        graph = self.schemas.read(schema)
        if len(_encoded(graph)) > GRAPH_BYTES_MAX:
            raise SchemaInvalid(f"The schema has more types and fields than can be served ({GRAPH_BYTES_MAX} bytes)")
        return graph

    def introspected(self, remote: Remote, url: str) -> bytes:
        """The schema that the GraphQL server at this address tells, as SDL.

        Raises IntrospectionFailed, UrlMalformed, UrlUnreadable.
        """
        return self.schemas.described(remote.ask(url, self.schemas.question(), "application/json"))

    def set_costs(
        self, principal: Principal, api_id: str, costs: Iterable[Cost], wanted: Collection[int] | None = None
    ) -> Api:
        """Say what fields cost; what is left out costs 1. `wanted` is as in `replace`.

        Raises Invalid for a field that is not there, NotGraphql, Outdated, Changed.
        """
        api = self.get(principal, api_id, wanted)
        graph = self.graphs.of(api)
        complexity: dict[str, dict[str, int]] = {}
        for index, cost in enumerate(costs):
            _check(cost, graph, f"list.{index}")
            complexity.setdefault(cost.type, {})[cost.field] = cost.complexity
        priced = graph.with_complexity(complexity)
        if len(_encoded(priced)) > GRAPH_BYTES_MAX:
            raise Invalid.field("list", "says more than can be served; leave out fields that cost 1")
        return self._saved(principal, replace(api, graph=self._written(api.tenant, priced)), dict(api.document))

    @property
    def graphs(self) -> Graphs:
        """What is kept of them, to be read."""
        return Graphs(blobs=self.design.blobs)

    def _written(self, tenant: str, graph: Graph) -> str:
        return self.design.blobs.put(tenant, _encoded(graph))

    def _saved(self, principal: Principal, api: Api, document: dict[str, Any]) -> Api:
        checked = checked_document(api.tenant, document, self.design.policies)
        return self.design.keep(principal, api, checked, self.design.blobs.get(api.tenant, api.definition))


def _check(cost: Cost, graph: Graph, path: str) -> None:
    if cost.type not in graph.types:
        raise Invalid.field(f"{path}.type", f"the schema has no type '{cost.type}' with fields")
    if cost.field not in graph.types[cost.type]:
        raise Invalid.field(f"{path}.field", f"type '{cost.type}' has no field '{cost.field}'")
    if not 0 <= cost.complexity <= COMPLEXITY_MAX:
        raise Invalid.field(f"{path}.complexityValue", f"must be from 0 to {COMPLEXITY_MAX}")


def _encoded(graph: Graph) -> bytes:
    return json.dumps(graph.to_body(), separators=(",", ":")).encode()
