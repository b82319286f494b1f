"""APIs of events and streams: their AsyncAPI definitions and their topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher import views, wire, wire_topics
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.publishing.kinds.streaming import Topic
from gatehouse.domain.apis.definition import DefinitionInvalid
from gatehouse.domain.apis.streaming import AsyncApiInvalid, StreamType, type_of
from gatehouse.domain.errors import Invalid
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import JSON, Answer, created, document_of
from gatehouse.edge.lines import Lines
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from functions.publisher.content import Sources
    from gatehouse.controlplane.publishing.kinds.streaming import StreamingDesign
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.definition import Definition
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

DEFINITION = "/apis/{apiId}/asyncapi"
_WRITE = (s.CREATE, s.MANAGE)
_READ = (s.DEFINITION, s.MANAGE, s.VIEW)


def routes(design: StreamingDesign, sources: Sources) -> tuple[Operation, ...]:
    """Import, validate, read and replace definitions; replace topics."""
    routed = _Streaming(design, sources)
    line = Lines("APIs")
    return (
        Lines("Validation")(
            "POST",
            "/apis/validate-asyncapi",
            "validateAsyncAPISpecification",
            "Check an AsyncAPI definition without keeping it",
            routed.validate,
            _WRITE,
            query=("returnContent",),
            accepts=(MULTIPART,),
        ),
        line(
            "POST",
            "/apis/import-asyncapi",
            "importAsyncAPISpecification",
            "Design a new API from its AsyncAPI definition",
            routed.import_definition,
            _WRITE,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
        line("GET", DEFINITION, "getAPIAsyncAPI", "An API's AsyncAPI definition", routed.definition, _READ),
        line(
            "PUT",
            DEFINITION,
            "updateAPIAsyncAPI",
            "Replace an API's AsyncAPI definition; its operations follow",
            routed.redefine,
            _WRITE,
            accepts=(MULTIPART,),
        ),
        line(
            "PUT",
            "/apis/{apiId}/topics",
            "updateTopics",
            "Replace an API's topics; its definition follows",
            routed.set_topics,
            (s.CREATE, s.EXPORT, s.MANAGE),
            body=wire_topics.TopicsBody,
        ),
    )


class _Streaming:
    def __init__(self, design: StreamingDesign, sources: Sources) -> None:
        self._design = design
        self._sources = sources

    def validate(self, request: Request) -> Answer:
        try:
            content = self._sources.definition(parts(request), "file")
            definition = self._design.validate(content)
        except (AsyncApiInvalid, DefinitionInvalid) as error:
            # "Invalid" is an answer here, not a failure of the request.
            return Answer(body=views.invalid(error))
        shown = definition.content.decode() if request.query.get("returnContent", "").lower() == "true" else None
        return Answer(body={"isValid": True, "content": shown, "info": _info(definition), "errors": []})

    def import_definition(self, request: Request) -> Answer:
        form = parts(request)
        content = self._sources.definition(form, "file")
        if "additionalProperties" not in form:
            raise Invalid.field("additionalProperties", "is required: a JSON object with at least the context")
        given = parse(wire.ImportBody, document_of(form["additionalProperties"], "additionalProperties"))
        properties = given.model_dump(exclude_none=True)
        if not properties.get("name") or not properties.get("version"):
            definition = self._design.validate(content)
            properties = {"name": definition.title, "version": definition.version, **properties}
        document = parse(wire.ApiBody, properties).document()
        api = self._design.create(request.principal, document, content)
        return versioned(created(f"{ROOT}/apis/{api.id}", views.api(api)), api.stored_version)

    def definition(self, request: Request) -> Answer:
        return _defined(*self._design.described(request.principal, request.path["apiId"]))

    def redefine(self, request: Request) -> Answer:
        content = self._sources.definition(parts(request), "apiDefinition", "file")
        wanted = wanted_versions(request)
        return _defined(*self._design.redefine(request.principal, request.path["apiId"], content, wanted))

    def set_topics(self, request: Request, body: wire_topics.TopicsBody) -> Answer:
        topics = [Topic(name=one.name, mode=one.mode.upper(), description=one.description) for one in body.list]
        wanted = wanted_versions(request)
        api = self._design.set_topics(request.principal, request.path["apiId"], topics, wanted)
        return versioned(Answer(body=views.api(api)), api.stored_version)


def _defined(api: Api, content: bytes) -> Answer:
    return versioned(Answer(body=content.decode(), media_type=JSON), api.stored_version)


def _info(definition: Definition) -> dict[str, Any]:
    kind = type_of(definition.protocols) if definition.protocols else None
    return {
        "name": definition.title,
        "version": definition.version,
        "context": None,
        "description": definition.description,
        "asyncAPIVersion": definition.specification.partition(" ")[2],
        "protocol": kind,
        "endpoints": list(definition.servers),
        "gatewayVendor": "wso2",
        "asyncTransportProtocols": list(definition.protocols) if kind is StreamType.ASYNC else [],
    }
