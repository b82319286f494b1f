"""Mocks: an answer made from the definition alone: its example when there is one, else a value that fits its schema.

The same question always gets the same answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge, is_json, is_xml
from gatehouse.mediation.headers import clean_value, is_framing
from gatehouse.mediation.markup import from_json
from gatehouse.mediation.openapi import SWAGGER_2, DefinitionReader, mapping, media_type, sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEPTH_MAX = 8
_VALUES_MAX = 500
_LENGTH_MAX = 1_000
_NO_CONTENT = 204
_MISSING = object()

_FORMATS = {
    "date-time": "2024-01-01T00:00:00Z",
    "date": "2024-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com",
    "url": "https://example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "c3RyaW5n",
    "binary": "string",
    "password": "string",
}


def mock_answer(definition: dict[str, Any], verb: str, target: str, accept: str) -> dict[str, Any] | None:
    """`{status, headers, body}` of the operation's first good response, in the form that `accept` likes best.

    The body is text. None when the definition has no such operation, or no response for it.
    """
    reader = DefinitionReader(definition)
    operation = reader.operation(verb, target)
    responses = reader.responses(operation) if operation else {}
    if operation is None or not responses:
        return None
    key = _good(responses)
    response, status = responses[key], _status(key)
    headers = {
        name.lower(): clean_value(_text(value))
        for name, header in mapping(response.get("headers")).items()
        if not is_framing(name) and name.lower() != "content-type"
        if (value := _header(reader, header)) is not None
    }
    offered = _offered(reader, operation, response)
    kind = _preferred(list(offered), accept)
    if status == _NO_CONTENT or not kind:
        return {"status": status, "headers": headers, "body": ""}
    value = _example(reader, offered[kind])
    if value is _MISSING:
        value = _Generator(reader).value(offered[kind].get("schema"), 0)
    return {
        "status": status,
        "headers": {"content-type": kind, **headers},
        "body": _written(value, kind).encode("utf-8", "replace").decode(),
    }


def _good(responses: Mapping[str, Any]) -> str:
    """The lowest 2xx, else `default`, else the lowest there is."""
    good = sorted(status for status in responses if status.startswith("2"))
    return good[0] if good else "default" if "default" in responses else min(responses)


def _status(key: str) -> int:
    text = key.replace("X", "0")
    known = text.isascii() and text.isdigit() and len(text) == len("200") and text[0] in "12345"
    return int(text) if known else 200


def _offered(
    reader: DefinitionReader, operation: Mapping[str, Any], response: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The forms of the body by media type: `{schema, example, examples}`."""
    if reader.dialect != SWAGGER_2:
        return {media_type(str(kind)): mapping(one) for kind, one in mapping(response.get("content")).items()}
    schemas = reader.response_schemas(operation, response)
    found = {kind: {"schema": schema} for kind, schema in schemas.items()}
    for kind, example in mapping(response.get("examples")).items():
        found[media_type(str(kind))] = {**found.get(media_type(str(kind)), {}), "example": example}
    return found


def _preferred(kinds: list[str], accept: str) -> str:
    """The offered media type with the best quality (RFC 9110 §12.5.1); the first one when none is acceptable."""
    wishes = [_wish(part) for part in accept.split(",")[:50] if part.strip()]

    def quality(kind: str) -> float:
        ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
        return next((weight for one in ranges for wish, weight in wishes if wish == one), 0.0)

    return max(kinds, key=quality, default="")


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    text = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return kind, min(1.0, max(0.0, float(text)))
    except ValueError:
        return kind, 0.0


def _example(reader: DefinitionReader, form: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- any JSON value
    if "example" in form:
        return form["example"]
    for one in mapping(form.get("examples")).values():
        example = reader.resolved(one)
        if "value" in example:
            return example["value"]
    return _MISSING


def _header(reader: DefinitionReader, header: object) -> Any:  # noqa: ANN401 -- any JSON value
    found = reader.resolved(header)
    value = _example(reader, found)
    if value is not _MISSING:
        return value
    return _Generator(reader).value(found if reader.dialect == SWAGGER_2 else found.get("schema"), 0)


def _written(value: Any, kind: str) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, str) and not is_json(kind):
        return value
    if is_xml(kind):
        try:
            return from_json(value).decode()
        except (TooLarge, RecursionError):
            return ""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= OUTPUT_BYTES_MAX else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


class _Generator:
    """Makes values that fit schemas, as far as their types, limits and examples go. What would not end is left out."""

    def __init__(self, reader: DefinitionReader) -> None:
        self._reader = reader
        self._left = _VALUES_MAX

    def value(self, given: object, depth: int) -> Any:  # noqa: ANN401 -- any JSON value
        schema = self._reader.resolved(given)
        self._left -= 1
        for name in ("example", "default", "const"):
            if name in schema:
                return schema[name]
        for name in ("examples", "enum"):
            if values := sequence(schema.get(name)):
                return values[0]
        if depth > _DEPTH_MAX or self._left < 0:
            return None
        if parts := sequence(schema.get("allOf")):
            return self._merged([*parts, {**schema, "allOf": None}], depth)
        for name in ("oneOf", "anyOf"):
            if parts := sequence(schema.get(name)):
                return self.value(parts[0], depth + 1)
        return self._of_kind(schema, depth)

    def _merged(self, parts: list[Any], depth: int) -> Any:  # noqa: ANN401 -- any JSON value
        values = [self.value(part, depth + 1) for part in parts]
        objects = [value for value in values if isinstance(value, dict)]
        if objects:
            return {name: value for one in objects for name, value in one.items()}
        return next((value for value in values if value is not None), None)

    def _of_kind(self, schema: dict[str, Any], depth: int) -> Any:  # noqa: ANN401 -- any JSON value
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and "items" in schema):
            return self._array(schema, depth)
        return _scalar(kind, schema)

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = sequence(schema.get("required"))
        found: dict[str, Any] = {}
        for name, part in mapping(schema.get("properties")).items():
            details = self._reader.resolved(part)
            if details.get("writeOnly") is True or (depth >= _DEPTH_MAX - 1 and name not in required):
                continue
            found[str(name)] = self.value(part, depth + 1)
        more = schema.get("additionalProperties")
        if not found and isinstance(more, dict) and more:
            found["additionalProp1"] = self.value(more, depth + 1)
        return found

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems")
        count = min(least, 10) if isinstance(least, int) and least > 0 else 1
        if count == 1 and depth >= _DEPTH_MAX - 1:
            return []
        return [self.value(schema.get("items"), depth + 1) for _ in range(count)]


def _scalar(kind: object, schema: Mapping[str, Any]) -> str | int | float | bool | None:
    match kind:
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
        case "string":
            return _string(schema)
        case _:
            return None


def _number(schema: Mapping[str, Any]) -> int | float:
    low, high = schema.get("minimum"), schema.get("maximum")
    exclusive = schema.get("exclusiveMinimum")
    value: int | float = 0
    if isinstance(low, int | float):
        value = low + 1 if exclusive is True else low
    elif isinstance(exclusive, int | float) and not isinstance(exclusive, bool):
        value = exclusive + 1
    elif isinstance(high, int | float):
        value = min(0, high - 1 if schema.get("exclusiveMaximum") is True else high)
    step = schema.get("multipleOf")
    if isinstance(step, int) and step > 0 and isinstance(value, int):
        value = -(-value // step) * step
    return value


def _string(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(schema.get("format")), "string")
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(least, int) and len(text) < least:
        text = (text * (min(least, _LENGTH_MAX) // len(text) + 1))[: min(least, _LENGTH_MAX)]
    return text[:most] if isinstance(most, int) and most >= 0 else text
