"""Single pieces of APIs: the picture, the GraphQL schema and what its fields cost, definitions at URLs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.store.routes.common import environment_of, visiting
from gatehouse.controlplane.publishing.particulars.thumbnails import picture_of
from gatehouse.controlplane.store.shelves.downloads import kind_of
from gatehouse.edge.conditional import tagged
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.shared.graphql import costs_view, schema_view, types_view

if TYPE_CHECKING:
    from gatehouse.controlplane.graphs import Graphs
    from gatehouse.controlplane.store.shelves.downloads import Downloads
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.world import Blobs

COMPLEXITY = "/apis/{apiId}/graphql-policies/complexity"


def routes(storefront: Storefront, graphs: Graphs, blobs: Blobs, downloads: Downloads) -> tuple[Operation, ...]:
    """All of them, for whoever sees the API."""
    return (
        *_graphql_routes(storefront, graphs),
        *_thumbnail_routes(storefront, blobs),
        *_download_routes(storefront, downloads),
    )


def _graphql_routes(storefront: Storefront, graphs: Graphs) -> tuple[Operation, ...]:
    def api(request: Request) -> Api:
        return storefront.as_deployed(storefront.get(visiting(request), request.path["apiId"]))

    def schema(request: Request) -> Answer:
        return tagged(request, Answer(body=schema_view(graphs.schema(api(request)))))

    def costs(request: Request) -> Answer:
        return Answer(body=costs_view(graphs.costs(api(request))))

    def types(request: Request) -> Answer:
        return Answer(body=types_view(graphs.types(api(request))))

    line = Lines("GraphQL Policies")
    return (
        Lines("APIs")(
            "GET",
            "/apis/{apiId}/graphql-schema",
            "getGraphQLSchema",
            "The schema of a GraphQL API",
            schema,
            authenticated=False,
        ),
        line("GET", COMPLEXITY, "getGraphQLComplexity", "What fields cost", costs, authenticated=False),
        line("GET", f"{COMPLEXITY}/types", "getGraphQLTypes", "Types and their fields", types, authenticated=False),
    )


def _thumbnail_routes(storefront: Storefront, blobs: Blobs) -> tuple[Operation, ...]:
    def thumbnail(request: Request) -> Answer:
        picture, media_type = picture_of(storefront.get(visiting(request), request.path["apiId"]), blobs)
        return tagged(request, Answer(body=picture, media_type=media_type))

    path = "/apis/{apiId}/thumbnail"
    return (Lines("APIs")("GET", path, "getThumbnail", "The picture of an API", thumbnail, authenticated=False),)


def _download_routes(storefront: Storefront, downloads: Downloads) -> tuple[Operation, ...]:
    def generate(request: Request) -> Answer:
        kind, environment = kind_of(request.required("type")), environment_of(request)
        api = storefront.get(visiting(request), request.path["apiId"])
        return Answer(body=json.dumps(downloads.url(api, kind, environment)))

    return (
        Lines("APIs")(
            "POST",
            "/apis/{apiId}/generate-definition-url",
            "generateDefinitionURL",
            "A URL that gives the definition to whoever has it, for a short time",
            generate,
            authenticated=False,
            query=("type", "environmentName"),
        ),
    )
