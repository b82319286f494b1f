"""Values: what the texts in paths, queries, headers and forms may mean as JSON values.

A text says less than a schema asks: `7` may be a number or a text. So each text becomes the values it can stand for, in
the order in which its schema would like them, and one that is valid suffices.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from gatehouse.mediation.bodies import Unreadable
from gatehouse.mediation.openapi import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.mediation.compilation import Schema
    from gatehouse.mediation.message import Message

VALUES_MAX = 10_000
"""How many values of one parameter, or fields of a form, are looked at; more are refused."""

_INTEGER = re.compile(r"-?\d{1,100}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,100}(\.\d{1,100})?([eE][+-]?\d{1,3})?", re.ASCII)
_HOPS_MAX = 20
_DEPTH_MAX = 5
_TRUTH = {"true": True, "false": False}


def parameter_values(
    texts: list[str], schema: Schema, definitions: Mapping[str, Any], separator: str
) -> Iterator[list[object]]:
    """For each value that must be valid, what it can stand for. An array is one value, made of all texts."""
    kinds = _kinds(schema, definitions)
    if "array" in kinds:
        parts = [part for text in texts for part in (text.split(separator) if separator else [text])]
        items = mapping(_resolved(schema, definitions)).get("items", True)
        item_kinds = _kinds(items, definitions)
        yield [[_candidates(part, item_kinds)[0] for part in parts[:VALUES_MAX]]]
        return
    for text in texts[:VALUES_MAX]:
        yield _candidates(text, kinds)


def form_value(body: bytes, schema: Schema, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A form (application/x-www-form-urlencoded) as an object, its fields typed as the schema's properties ask."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=VALUES_MAX)
    except ValueError as error:
        raise Unreadable("not a form") from error
    properties = mapping(mapping(_resolved(schema, definitions)).get("properties"))
    found: dict[str, Any] = {}
    for name, texts in fields.items():
        part = properties.get(name, True)
        values = [options[0] for options in parameter_values(texts, part, definitions, "")]
        found[name] = values[0] if len(values) == 1 else values
    return found


def query_values(query: str, name: str) -> list[str]:
    """The values of a query parameter, decoded."""
    if not query:
        return []
    return parse_qs(query, keep_blank_values=True, errors="replace").get(name, [])


def cookies(message: Message, name: str) -> list[str]:
    """The values of a cookie."""
    pairs = (
        pair.strip().partition("=")
        for known, value in message.headers
        if known == "cookie"
        for pair in value.split(";")
    )
    return [value for known, _, value in pairs if known == name]


def _candidates(text: str, kinds: set[str]) -> list[object]:
    found: list[object] = []
    if "integer" in kinds and _INTEGER.fullmatch(text):
        found.append(int(text))
    elif "number" in kinds and _NUMBER.fullmatch(text):
        found.append(float(text))
    if "boolean" in kinds and text in _TRUTH:
        found.append(_TRUTH[text])
    if "null" in kinds and not text:
        found.append(None)
    if "string" in kinds or not found:
        found.append(text)
    return found


def _kinds(schema: Schema, definitions: Mapping[str, Any], depth: int = 0) -> set[str]:
    """The types that a schema allows, as far as it says so; all scalar ones when it says nothing."""
    node = _resolved(schema, definitions)
    if isinstance(node, dict):
        if kind := node.get("type"):
            return {kind} if isinstance(kind, str) else set(kind)
        parts = [part for name in ("allOf", "anyOf", "oneOf") for part in sequence(node.get(name))]
        if parts and depth < _DEPTH_MAX:
            return {kind for part in parts[:50] for kind in _kinds(part, definitions, depth + 1)}
    return {"integer", "number", "boolean", "null", "string"}


def _resolved(schema: object, definitions: Mapping[str, Any]) -> object:
    for _ in range(_HOPS_MAX):
        if not isinstance(schema, dict) or "$ref" not in schema:
            return schema
        schema = definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"), True)
    return True
