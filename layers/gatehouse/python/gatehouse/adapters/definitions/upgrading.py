"""Upgrading: Swagger 2.0 told as OpenAPI 3.0, and 3.0 as 3.1, so that definitions of all three can be put together."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.definition import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_JSON = "application/json"
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_BODY, _FORM_DATA = "body", "formData"
_HOPS_MAX = 20

_SCHEMA_WORDS = (
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
)
"""What Swagger says of a parameter or header itself, and OpenAPI of its schema."""

_STYLES: dict[str, dict[str, Any]] = {
    "csv": {"explode": False},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
    "multi": {"style": "form", "explode": True},
}


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """The document as OpenAPI 3: itself, unless it is Swagger 2.0. Security and servers are left out of what is told anew."""
    if "swagger" not in document:
        return document
    paths = {
        target: {verb.lower(): _operation(document, item, item[verb.lower()]) for verb in VERBS if verb.lower() in item}
        for target, item in (document.get("paths") or {}).items()
        if target.startswith("/") and isinstance(item, dict)
    }
    schemas = {name: _schema(schema) for name, schema in (document.get("definitions") or {}).items()}
    return {
        "openapi": "3.0.1",
        "info": document["info"],
        "paths": paths,
        **({"tags": document["tags"]} if document.get("tags") else {}),
        **({"components": {"schemas": schemas}} if schemas else {}),
    }


def as_3_1(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI 3.0 document in the words of 3.1; one of 3.1 as it is."""
    if str(document["openapi"]).startswith("3.1"):
        return document
    told: dict[str, Any] = _in_words_of_3_1(document)
    return {**told, "openapi": "3.1.0"}


def _operation(document: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    parameters = _parameters(document, item, operation)
    told = {
        name: copy.deepcopy(value)
        for name, value in operation.items()
        if name not in {"parameters", "responses", "consumes", "produces", "schemes", "security"}
    }
    plain = [_parameter(one) for one in parameters if one.get("in") not in {_BODY, _FORM_DATA}]
    if plain:
        told["parameters"] = plain
    consumed = operation.get("consumes") or document.get("consumes") or []
    if body := _request_body(parameters, consumed):
        told["requestBody"] = body
    produced = operation.get("produces") or document.get("produces") or [_JSON]
    told["responses"] = {
        str(status): _response(_resolved(document, response), produced)
        for status, response in (operation.get("responses") or {}).items()
        if not str(status).startswith("x-")
    }
    return told


def _parameters(
    document: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """The operation's parameters and its path's, of which the operation's win."""
    found: dict[tuple[object, object], Mapping[str, Any]] = {}
    for one in (*(item.get("parameters") or ()), *(operation.get("parameters") or ())):
        parameter = _resolved(document, one)
        found[parameter.get("name"), parameter.get("in")] = parameter
    return list(found.values())


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(_HOPS_MAX):
        if not isinstance(reference := node.get("$ref"), str):
            return node
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        node = found if isinstance(found, dict) else {}
    return {}


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        name: value
        for name, value in parameter.items()
        if name not in {*_SCHEMA_WORDS, "collectionFormat", "allowEmptyValue"}
    }
    told["schema"] = _of_words(parameter)
    style = _STYLES.get(str(parameter.get("collectionFormat") or "csv"), {})
    if parameter.get("type") == "array" and parameter.get("in") == "query":
        told |= style
    return told


def _request_body(parameters: Sequence[Mapping[str, Any]], consumed: Sequence[str]) -> dict[str, Any]:
    body = next((one for one in parameters if one.get("in") == _BODY), None)
    if body is not None:
        return {
            **({"description": body["description"]} if body.get("description") else {}),
            "required": body.get("required", False),
            "content": {kind: {"schema": _schema(body.get("schema") or {})} for kind in consumed or [_JSON]},
        }
    fields = [one for one in parameters if one.get("in") == _FORM_DATA]
    if not fields:
        return {}
    schema: dict[str, Any] = {"type": "object", "properties": {one["name"]: _of_words(one) for one in fields}}
    required = [one["name"] for one in fields if one.get("required")]
    if required:
        schema["required"] = required
    has_file = any(one.get("type") == "file" for one in fields)
    kinds = [kind for kind in consumed if kind in {_FORM, _MULTIPART}] or [_FORM]
    return {"content": {kind: {"schema": schema} for kind in ([_MULTIPART] if has_file else kinds)}}


def _response(response: Mapping[str, Any], produced: Sequence[str]) -> dict[str, Any]:
    told = {name: value for name, value in response.items() if name not in {"schema", "examples", "headers"}}
    told.setdefault("description", "")
    examples = response.get("examples") or {}
    content = {kind: {"schema": _schema(response["schema"])} for kind in produced} if "schema" in response else {}
    for kind, example in examples.items() if isinstance(examples, dict) else ():
        content.setdefault(kind, {})["example"] = example
    if content:
        told["content"] = content
    if response.get("headers"):
        told["headers"] = {name: _header(header) for name, header in response["headers"].items()}
    return told


def _header(header: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": header["description"]} if header.get("description") else {}
    return {**described, "schema": _of_words(header)}


def _of_words(node: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, a field or a header."""
    told: dict[str, Any] = _schema({name: node[name] for name in _SCHEMA_WORDS if name in node})
    return told


def _schema(node: Any) -> Any:
    """A schema in OpenAPI's words, wherever it is nested."""
    if isinstance(node, list):
        return [_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    return dict(_words(node))


def _words(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        match name, value:
            case "$ref", str():
                yield name, value.replace("#/definitions/", "#/components/schemas/", 1)
            case "discriminator", str():
                yield name, {"propertyName": value}
            case "type", "file":
                yield from (("type", "string"), ("format", "binary"))
            case "x-nullable", bool():
                yield "nullable", value
            case (("example" | "default" | "enum"), _):
                yield name, value
            case "collectionFormat", _:
                pass
            case "properties", dict():
                yield name, {key: _schema(part) for key, part in value.items()}
            case _:
                yield name, _schema(value)


def _in_words_of_3_1(node: Any) -> Any:
    if isinstance(node, list):
        return [_in_words_of_3_1(one) for one in node]
    if not isinstance(node, dict):
        return node
    told = {name: _in_words_of_3_1(part) for name, part in node.items()}
    if told.get("nullable") is True and isinstance(told.get("type"), str):
        told["type"] = [told["type"], "null"]
        del told["nullable"]
    for word, bound in (("exclusiveMaximum", "maximum"), ("exclusiveMinimum", "minimum")):
        if isinstance(exclusive := told.get(word), bool):
            del told[word]
            if exclusive and bound in told:
                told[word] = told.pop(bound)
    return told
