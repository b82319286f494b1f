"""Schema validation: requests and responses held to the definition of their API.

The control plane compiles an operation's schemas once (`compile_schemas`); the call path checks messages against them with a
`SchemaChecker`. What is said to the caller names the place and the rule, never the value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from gatehouse.domain import body as bodies
from gatehouse.mediation.bodies import Unreadable, is_encoded, is_json, parse_json
from gatehouse.mediation.openapi import SWAGGER_2, DefinitionReader, inline_schema, mapping
from gatehouse.mediation.refusals import bad_request, failed, unreadable
from gatehouse.mediation.values import cookies, form_value, parameter_values, query_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.compilation import Compiler, Schema
    from gatehouse.mediation.message import Message, Stop

_FORM = "application/x-www-form-urlencoded"
_GATEWAYS_OWN = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI 3, Parameter Object: header parameters of these names are to be ignored."""

_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_COLLECTIONS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|", "multi": ""}


class SchemaChecker(Protocol):
    """Holds values to JSON Schemas (2020-12)."""

    def problem(self, schema: Mapping[str, Any] | bool, definitions: Mapping[str, Any], value: object) -> str | None:  # noqa: FBT001 -- `true` is a schema
        """The first thing that is wrong, as `/place: rule`, without the value; None when nothing is. Never raises.

        References in the schema are `#/$defs/{name}`, and `definitions` has the names.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSchema:
    """A parameter. The values of an array stand behind each other with a `separator`, or each for itself when it is ""."""

    name: str
    location: str  # `query` | `path` | `header` | `cookie`
    schema: Any = field(default=True, hash=False)
    required: bool = False
    separator: str = ","
    is_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSchemas:
    """What an operation's messages are held to. Schemas refer to `definitions` as `#/$defs/{name}`."""

    request: dict[str, Any] = field(default_factory=dict, hash=False)  # media type → schema
    request_required: bool = False
    parameters: tuple[ParameterSchema, ...] = ()
    responses: dict[str, Any] = field(
        default_factory=dict, hash=False
    )  # status, `2XX`, `default` → media type → schema
    definitions: dict[str, Any] = field(default_factory=dict, hash=False)

    def to_body(self) -> dict[str, Any]:
        """As an artifact has it."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> OperationSchemas:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)


def check_request(
    schemas: OperationSchemas, message: Message, path_variables: Mapping[str, str], checker: SchemaChecker
) -> Stop | None:
    """Stops with 400 at the first parameter, or the body, that breaks its schema; with 415 for a compressed body."""
    for parameter in schemas.parameters:
        if problem := _parameter_problem(schemas, parameter, message, path_variables, checker):
            return bad_request(f"Schema validation failed in the Request: {problem}")
    return _request_body(schemas, message, checker)


def check_response(schemas: OperationSchemas, message: Message, checker: SchemaChecker) -> Stop | None:
    """Stops with 601000 when the body breaks its schema. A status or content type that the definition does not have passes."""
    statuses = (str(message.status), f"{message.status // 100}XX", "default")
    content: dict[str, Any] = next((schemas.responses[one] for one in statuses if one in schemas.responses), {})
    schema = _of_media_type(content, message.media_type)
    if not message.body or schema is None:
        return None
    if is_encoded(message):
        return unreadable(message)
    problem = _body_problem(schemas, schema, message, checker)
    return failed(f"Schema validation failed in the Response: {problem}") if problem else None


def _request_body(schemas: OperationSchemas, message: Message, checker: SchemaChecker) -> Stop | None:
    schema = _of_media_type(schemas.request, message.media_type)
    if not message.body:
        problem = "a body is required" if schemas.request_required else None
    elif not schemas.request:
        problem = None
    elif schema is None:
        problem = "the definition does not have this content type"
    elif is_encoded(message):
        return unreadable(message)
    else:
        problem = _body_problem(schemas, schema, message, checker)
    return bad_request(f"Schema validation failed in the Request: {problem}") if problem else None


def _of_media_type(content: Mapping[str, Any], media_type: str) -> Any:  # noqa: ANN401 -- a schema
    """The schema for a media type, ranges such as `text/*` included; None when there is none."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((content[one] for one in ranges if one in content), None)


def _body_problem(schemas: OperationSchemas, schema: Schema, message: Message, checker: SchemaChecker) -> str | None:
    """JSON and forms are checked; other kinds have no values that a JSON Schema could speak of."""
    try:
        if is_json(message.media_type):
            value = parse_json(message.body)
        elif message.media_type == _FORM:
            value = form_value(message.body, schema, schemas.definitions)
        else:
            return None
    except Unreadable as problem:
        return str(problem)
    return checker.problem(schema, schemas.definitions, value)


def _parameter_problem(
    schemas: OperationSchemas,
    parameter: ParameterSchema,
    message: Message,
    path_variables: Mapping[str, str],
    checker: SchemaChecker,
) -> str | None:
    texts = _texts(parameter, message, path_variables)
    named = f"{parameter.location} parameter '{parameter.name}'"
    if not texts:
        return f"{named} is required" if parameter.required else None
    if parameter.is_json:
        try:
            return _named(
                named,
                checker.problem(parameter.schema, schemas.definitions, parse_json(texts[0].encode("utf-8", "replace"))),
            )
        except Unreadable as problem:
            return f"{named}: {problem}"
    for candidates in parameter_values(texts, parameter.schema, schemas.definitions, parameter.separator):
        problems = [checker.problem(parameter.schema, schemas.definitions, candidate) for candidate in candidates]
        if all(problems):
            return _named(named, problems[0])
    return None


def _named(named: str, problem: str | None) -> str | None:
    return f"{named}{problem}" if problem else None


def _texts(parameter: ParameterSchema, message: Message, path_variables: Mapping[str, str]) -> list[str]:
    match parameter.location:
        case "path":
            return [path_variables[parameter.name]] if parameter.name in path_variables else []
        case "query":
            return query_values(message.query, parameter.name)
        case "header":
            wanted = parameter.name.lower()
            return [value for name, value in message.headers if name == wanted]
        case _:
            return cookies(message, parameter.name)


def compile_schemas(definition: dict[str, Any], verb: str, target: str) -> dict[str, Any] | None:
    """The schemas of an operation as `OperationSchemas.from_body` reads them; None when the definition has nothing to check.

    `definition` is Swagger 2.0, OpenAPI 3.0 or 3.1; references within it are followed, others allow anything.
    """
    from gatehouse.mediation.compilation import Compiler  # noqa: PLC0415 -- the call path checks, and never compiles

    reader = DefinitionReader(definition)
    operation = reader.operation(verb, target)
    if operation is None:
        return None
    compiler = Compiler(reader)
    content, required = reader.request_body(operation)
    request = {kind: compiler.compiled(schema) for kind, schema in content.items()}
    found = (_parameter(reader, compiler, one) for one in operation["parameters"])
    parameters = tuple(one for one in found if one)
    responses = {
        status: {kind: compiler.compiled(schema) for kind, schema in of_kind.items()}
        for status, response in reader.responses(operation).items()
        if (of_kind := reader.response_schemas(operation, response))
    }
    if not (request or required or parameters or responses):
        return None
    return OperationSchemas(
        request=request,
        request_required=required,
        parameters=parameters,
        responses=responses,
        definitions=compiler.definitions,
    ).to_body()


def _parameter(reader: DefinitionReader, compiler: Compiler, parameter: dict[str, Any]) -> ParameterSchema | None:
    name, place = parameter["name"], parameter["in"]
    if place not in {"query", "path", "header", "cookie"} or (place == "header" and name.lower() in _GATEWAYS_OWN):
        return None
    content = mapping(parameter.get("content"))
    if reader.dialect == SWAGGER_2:
        schema = inline_schema(parameter)
        separator = _COLLECTIONS.get(str(parameter.get("collectionFormat")), ",")
    elif content:
        schema, separator = mapping(next(iter(content.values()))).get("schema", True), ","
    else:
        schema = parameter.get("schema", True)
        style = str(parameter.get("style") or ("form" if place in {"query", "cookie"} else "simple"))
        if style not in _SEPARATORS:
            return None
        separator = "" if place == "query" and parameter.get("explode", style == "form") is True else _SEPARATORS[style]
    if not content and reader.resolved(schema).get("type") == "object":
        return None  # its members are parameters of their own, or stand in a notation that nobody uses
    return ParameterSchema(
        name=name,
        location=place,
        schema=compiler.compiled(schema),
        required=parameter.get("required") is True,
        separator=separator,
        is_json=any(is_json(str(kind)) for kind in content),
    )
