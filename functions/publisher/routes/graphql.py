"""GraphQL APIs: their schemas, and what the fields of those cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views, wire, wire_graphql
from functions.publisher.content import URL, content_of
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.graphs import Cost
from gatehouse.controlplane.publishing.compiling.root_fields import settled
from gatehouse.domain.apis.graphql import SchemaInvalid
from gatehouse.domain.errors import Invalid
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer, created, document_of
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.graphql import costs_view, schema_view, types_view
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.ports.remote import Remote

TYPE = "GRAPHQL"
INTROSPECTION = "useIntrospection"
COMPLEXITY = "/apis/{apiId}/graphql-policies/complexity"
_READ = (s.CREATE, s.MANAGE, s.PUBLISH, s.VIEW)
_WRITE = (s.CREATE, s.MANAGE)


def routes(design: GraphqlDesign, remote: Remote) -> tuple[Operation, ...]:
    """Import, validate, read and replace schemas; read and set what fields cost."""
    routed = _Graphql(design, remote)
    return (*_schema_routes(routed), *_complexity_routes(routed))


def _schema_routes(routed: _Graphql) -> tuple[Operation, ...]:
    return (
        Operation(
            method="POST",
            path="/apis/import-graphql-schema",
            id="importGraphQLSchema",
            route=routed.import_schema,
            summary="Design a new API from its GraphQL schema",
            tag="APIs",
            scopes=_WRITE,
            query=(INTROSPECTION,),
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path="/apis/validate-graphql-schema",
            id="validateGraphQLSchema",
            route=routed.validate,
            summary="Check a GraphQL schema without keeping it",
            tag="Validation",
            scopes=_WRITE,
            query=(INTROSPECTION,),
            accepts=(MULTIPART,),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/graphql-schema",
            id="getAPIGraphQLSchema",
            route=routed.schema,
            summary="An API's GraphQL schema",
            tag="GraphQL Schema (Individual)",
            scopes=(s.MANAGE, s.VIEW),
        ),
        Operation(
            method="PUT",
            path="/apis/{apiId}/graphql-schema",
            id="updateAPIGraphQLSchema",
            route=routed.replace,
            summary="Replace an API's GraphQL schema; its operations follow",
            tag="GraphQL Schema",
            scopes=_WRITE,
            query=(INTROSPECTION,),
            accepts=(MULTIPART,),
        ),
    )


def _complexity_routes(routed: _Graphql) -> tuple[Operation, ...]:
    return (
        Operation(
            method="GET",
            path=COMPLEXITY,
            id="getGraphQLPolicyComplexityOfAPI",
            route=routed.costs,
            summary="What fields cost, where it is not 1",
            tag="GraphQL Policies",
            scopes=_READ,
        ),
        Operation(
            method="PUT",
            path=COMPLEXITY,
            id="updateGraphQLPolicyComplexityOfAPI",
            route=routed.set_costs,
            summary="Say what fields cost",
            tag="GraphQL Policies",
            scopes=_WRITE,
            body=wire_graphql.ComplexityBody,
        ),
        Operation(
            method="GET",
            path=f"{COMPLEXITY}/types",
            id="getGraphQLPolicyComplexityTypesOfAPI",
            route=routed.types,
            summary="The types of an API's GraphQL schema and their fields",
            tag="GraphQL Policies",
            scopes=_READ,
        ),
    )


class _Graphql:
    def __init__(self, design: GraphqlDesign, remote: Remote) -> None:
        self._design = design
        self._remote = remote

    def import_schema(self, request: Request) -> Answer:
        form = parts(request)
        schema = self._content(request, form, "file", "schema")
        if form.get("type", TYPE.encode()).upper() != TYPE.encode():
            raise Invalid.field("type", f"must be {TYPE}")
        if "additionalProperties" not in form:
            raise Invalid.field("additionalProperties", "is required: a JSON object with name, version and context")
        given = parse(wire.ApiBody, document_of(form["additionalProperties"], "additionalProperties"))
        api = self._design.create(request.principal, given.document(), schema)
        return versioned(created(f"{ROOT}/apis/{api.id}", views.api(api)), api.stored_version)

    def validate(self, request: Request) -> Answer:
        try:
            schema = self._content(request, parts(request), "file")
            graph = self._design.validate(schema)
        except SchemaInvalid as error:
            # "Invalid" is an answer here, not a failure of the request.
            return Answer(body={"isValid": False, "errorMessage": error.description, "graphQLInfo": None})
        text = schema.decode("utf-8-sig")
        info = {
            "operations": settled(graph.root_fields(), ()),
            "graphQLSchema": {"name": "schema.graphql", "schemaDefinition": text},
        }
        return Answer(body={"isValid": True, "errorMessage": "", "graphQLInfo": info})

    def schema(self, request: Request) -> Answer:
        return self._schema(self._design.get(request.principal, request.path["apiId"]))

    def replace(self, request: Request) -> Answer:
        schema, wanted = self._content(request, parts(request), "schemaDefinition"), wanted_versions(request)
        return self._schema(self._design.replace(request.principal, request.path["apiId"], schema, wanted))

    def costs(self, request: Request) -> Answer:
        api = self._design.get(request.principal, request.path["apiId"])
        return versioned(Answer(body=costs_view(self._design.graphs.costs(api))), api.stored_version)

    def set_costs(self, request: Request, body: wire_graphql.ComplexityBody) -> Answer:
        costs = [Cost(type=one.type, field=one.field, complexity=one.complexityValue) for one in body.list]
        api = self._design.set_costs(request.principal, request.path["apiId"], costs, wanted_versions(request))
        return versioned(Answer(), api.stored_version)

    def types(self, request: Request) -> Answer:
        api = self._design.get(request.principal, request.path["apiId"])
        return Answer(body=types_view(self._design.graphs.types(api)))

    def _content(self, request: Request, form: dict[str, bytes], *names: str) -> bytes:
        """The schema that was sent, that stands at `url`, or that the server there tells with `useIntrospection`."""
        if not request.flag(INTROSPECTION):
            return content_of(form, self._remote, *names)
        if sent := next((name for name in names if form.get(name)), None):
            raise Invalid.field(sent, f"is not sent with {INTROSPECTION}: the server at {URL} tells its schema")
        url = form.get(URL, b"").decode(errors="replace").strip()
        return self._design.introspected(self._remote, url)

    def _schema(self, api: Api) -> Answer:
        return versioned(Answer(body=schema_view(self._design.graphs.schema(api))), api.stored_version)
