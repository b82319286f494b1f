"""APIs and their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher import views, wire
from functions.publisher.routes import scopes as s
from gatehouse.domain.apis.definition import DefinitionInvalid
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import JSON, Answer, created, document_of
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from functions.publisher.content import Sources
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.particulars.search import Search
    from gatehouse.controlplane.service_catalog.making import Making
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request

ROOT = "/api/am/publisher/v4"
FORM = "application/x-www-form-urlencoded"
TAG = "APIs"


def routes(design: Design, search: Search, sources: Sources, making: Making) -> tuple[Operation, ...]:
    """Create, read, change, delete; import and edit definitions."""
    apis = _Apis(design, search, sources, making)
    return (
        Operation(
            method="GET",
            path="/apis",
            id="getAllAPIs",
            route=apis.list,
            summary="The tenant's APIs, searched and paged",
            tag=TAG,
            scopes=(s.EXPORT, s.LIST, s.MANAGE, s.VIEW),
            query=("limit", "offset", "query"),
        ),
        Operation(
            method="POST",
            path="/apis",
            id="createAPI",
            route=apis.create,
            summary="Design a new API",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE),
            body=wire.ApiBody,
            answers=(201,),
        ),
        Operation(
            method="POST",
            path="/apis/import-openapi",
            id="importOpenAPIDefinition",
            route=apis.import_definition,
            summary="Design a new API from its definition",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE),
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        Operation(
            method="POST",
            path="/apis/validate-openapi",
            id="validateOpenAPIDefinition",
            route=apis.validate,
            summary="Check a definition without keeping it",
            tag="Validation",
            scopes=(s.CREATE, s.MANAGE),
            query=("returnContent",),
            accepts=(MULTIPART,),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}",
            id="getAPI",
            route=apis.get,
            summary="An API's document",
            tag=TAG,
            scopes=(s.EXPORT, s.MANAGE, s.PRODUCT_EXPORT, s.VIEW),
        ),
        Operation(
            method="PUT",
            path="/apis/{apiId}",
            id="updateAPI",
            route=apis.update,
            summary="Replace an API's document",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE, s.PUBLISH),
            body=wire.ApiBody,
        ),
        Operation(
            method="DELETE",
            path="/apis/{apiId}",
            id="deleteAPI",
            route=apis.delete,
            summary="Delete an API that nobody is subscribed to",
            tag=TAG,
            scopes=(s.DELETE, s.EXPORT, s.MANAGE),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/swagger",
            id="getAPISwagger",
            route=apis.definition,
            summary="An API's definition",
            tag=TAG,
            scopes=(s.DEFINITION, s.MANAGE, s.VIEW),
        ),
        Operation(
            method="PUT",
            path="/apis/{apiId}/swagger",
            id="updateAPISwagger",
            route=apis.redefine,
            summary="Replace an API's definition; its operations follow",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE),
            accepts=(MULTIPART,),
        ),
    )


class _Apis:
    def __init__(self, design: Design, search: Search, sources: Sources, making: Making) -> None:
        self._design = design
        self._search = search
        self._sources = sources
        self._making = making

    def list(self, request: Request) -> Answer:
        found = self._search.of_apis(request.principal, request.query.get("query", ""))
        page = page_of(found, request.slice())
        return Answer(body=envelope(page, views.info, resource="/apis", query=request.query))

    def create(self, request: Request, body: wire.ApiBody) -> Answer:
        api = self._design.create(request.principal, body.document())
        return versioned(created(f"{ROOT}/apis/{api.id}", views.api(api)), api.stored_version)

    def import_definition(self, request: Request) -> Answer:
        form = _form(request)
        content = self._sources.definition(form, "file", "inlineAPIDefinition")
        if "additionalProperties" not in form:
            raise Invalid.field("additionalProperties", "is required: a JSON object with at least the context")
        document = self._properties(form["additionalProperties"], content)
        api = self._design.create(request.principal, document, content)
        return versioned(created(f"{ROOT}/apis/{api.id}", views.api(api)), api.stored_version)

    def validate(self, request: Request) -> Answer:
        try:
            content = self._sources.definition(_form(request), "file", "inlineAPIDefinition")
            definition = self._design.validate(content)
        except DefinitionInvalid as error:
            # "Invalid" is an answer here, not a failure of the request.
            return Answer(body=views.invalid(error))
        shown = definition.content.decode() if request.query.get("returnContent", "").lower() == "true" else None
        return Answer(body={**views.validated(definition), "content": shown})

    def get(self, request: Request) -> Answer:
        return self._shown(self._design.get(request.principal, request.path["apiId"]))

    def update(self, request: Request, body: wire.ApiBody) -> Answer:
        wanted = wanted_versions(request)
        return self._shown(self._design.update(request.principal, request.path["apiId"], body.document(), wanted))

    def delete(self, request: Request) -> Answer:
        self._design.delete(request.principal, request.path["apiId"], wanted_versions(request))
        return Answer()

    def definition(self, request: Request) -> Answer:
        return _defined(*self._design.described(request.principal, request.path["apiId"]))

    def redefine(self, request: Request) -> Answer:
        form = _form(request)
        content = self._sources.definition(form, "apiDefinition", "file")
        wanted = wanted_versions(request)
        return _defined(*self._design.redefine(request.principal, request.path["apiId"], content, wanted))

    def _shown(self, api: Api) -> Answer:
        answer = Answer(body=views.api(api, self._design.uses(api), self._making.info(api)))
        return versioned(answer, api.stored_version)

    def _properties(self, text: bytes, content: bytes) -> dict[str, Any]:
        """The document of an imported API; name and version come from the definition when they are not given."""
        given = document_of(text, "additionalProperties")
        properties = parse(wire.ImportBody, given).model_dump(exclude_none=True)
        if not properties.get("name") or not properties.get("version"):
            definition = self._design.validate(content)
            properties = {"name": definition.title, "version": definition.version, **properties}
        return parse(wire.ApiBody, properties).document()


def _defined(api: Api, content: bytes) -> Answer:
    return versioned(Answer(body=content.decode(), media_type=JSON), api.stored_version)


def _form(request: Request) -> dict[str, bytes]:
    if request.media_type == FORM:
        return {name: value.encode() for name, value in request.form().items()}
    return parts(request)
