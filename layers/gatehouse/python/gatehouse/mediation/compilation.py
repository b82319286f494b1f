"""Compilation: the schemas of a definition's operations, translated to JSON Schema 2020-12 with all they refer to.

What only OpenAPI knows is translated (`nullable`, exclusive limits as truth values, `type: file`). What says nothing about
validity is left out, and so is what needs a second look at all of a value (`unevaluatedProperties`). A property that is
`readOnly` or `writeOnly` is required in neither direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.openapi import OPENAPI_3_1, DefinitionReader, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any] | bool

DEPTH_MAX = 100
_LOCAL = "#/$defs/"
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_CHILD = frozenset(
    {
        "items",
        "additionalProperties",
        "not",
        "contains",
        "propertyNames",
        "if",
        "then",
        "else",
    }
)
_CHILDREN = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED_CHILDREN = frozenset({"properties", "patternProperties", "dependentSchemas"})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


_LIMITS: dict[str, Callable[[object], bool]] = {
    "const": lambda _value: True,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "multipleOf": lambda value: _is_number(value) and value > 0,  # type: ignore[operator] # it is a number
    "maximum": _is_number,
    "minimum": _is_number,
    "exclusiveMaximum": _is_number,
    "exclusiveMinimum": _is_number,
    "pattern": lambda value: isinstance(value, str),
    "required": _is_names,
    "uniqueItems": lambda value: isinstance(value, bool),
    "dependentRequired": lambda value: isinstance(value, dict) and all(map(_is_names, value.values())),
    **dict.fromkeys(
        (
            "maxLength",
            "minLength",
            "maxItems",
            "minItems",
            "maxProperties",
            "minProperties",
            "maxContains",
            "minContains",
        ),
        _is_count,
    ),
}
"""Keywords whose values are taken over, as long as they are of the right kind."""


class Compiler:
    """Translates schemas and collects what they refer to in `definitions`."""

    def __init__(self, reader: DefinitionReader) -> None:
        self._reader = reader
        self._nullable = "x-nullable" if "swagger" in reader.definition else "nullable"
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []
        self.definitions: dict[str, Any] = {}

    def compiled(self, schema: object) -> Schema:
        """The schema in JSON Schema 2020-12; its references point into `definitions`, which is complete afterwards."""
        translated = self._translated(schema, 0)
        while self._waiting:
            reference = self._waiting.pop()
            self.definitions[self._names[reference]] = self._translated(self._reader.at(reference), 0)
        self._break_circles()
        return translated

    def _translated(self, schema: object, depth: int) -> Schema:
        if schema is False:
            return False
        if not isinstance(schema, dict) or depth > DEPTH_MAX:
            return True
        modern = self._reader.dialect == OPENAPI_3_1
        reference = schema.get("$ref")
        if isinstance(reference, str):
            pointed = self._reference(reference)
            if not modern or len(schema) == 1:
                return pointed
            rest = self._body(schema, depth)
            return {"allOf": [pointed, rest]} if rest else pointed
        body = self._body(schema, depth)
        return _or_null(body) if not modern and schema.get(self._nullable) is True else body

    def _reference(self, reference: str) -> Schema:
        if not isinstance(self._reader.at(reference), dict | bool):
            return True
        if reference not in self._names:
            wanted = reference.rpartition("/")[2].replace("~", "-").replace("%", "-")
            taken = set(self._names.values())
            name, number = wanted, 2
            while name in taken:
                name, number = f"{wanted}-{number}", number + 1
            self._names[reference] = name
            self._waiting.append(reference)
        return {"$ref": _LOCAL + self._names[reference]}

    def _body(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in _LIMITS:
                if _LIMITS[keyword](value):
                    found[keyword] = value
            elif keyword in _CHILDREN:
                if children := [self._translated(one, depth + 1) for one in sequence(value)]:
                    found[keyword] = children
            elif keyword in _NAMED_CHILDREN:
                found[keyword] = {str(name): self._translated(one, depth + 1) for name, one in mapping(value).items()}
            elif keyword in _CHILD:
                found |= self._child(keyword, value, depth)
        self._types(schema, found)
        _exclusive(schema, found)
        self._not_required(schema, found)
        return found

    def _child(self, keyword: str, value: object, depth: int) -> dict[str, Any]:
        if keyword == "items" and isinstance(value, list):  # before 2020-12: one schema for each place
            return {"prefixItems": [self._translated(one, depth + 1) for one in value]} if value else {}
        return {keyword: self._translated(value, depth + 1)}

    def _types(self, schema: dict[str, Any], found: dict[str, Any]) -> None:
        given = schema.get("type")
        kinds = [
            kind for kind in (given if isinstance(given, list) else [given]) if isinstance(kind, str) and kind in _TYPES
        ]
        if kinds:
            found["type"] = kinds[0] if len(kinds) == 1 else kinds

    def _not_required(self, schema: dict[str, Any], found: dict[str, Any]) -> None:
        if "required" not in found:
            return
        parts = mapping(schema.get("properties"))
        one_way = {
            name
            for name, part in parts.items()
            if any(self._reader.resolved(part).get(mark) is True for mark in ("readOnly", "writeOnly"))
        }
        found["required"] = [name for name in dict.fromkeys(found["required"]) if name not in one_way]

    def _break_circles(self) -> None:
        """A definition that only refers to itself, by whatever detour, allows anything."""
        for name in list(self.definitions):
            seen: set[str] = set()
            at = name
            while at not in seen and (onward := _alias(self.definitions.get(at))):
                seen.add(at)
                at = onward
            if at in seen:
                self.definitions[name] = True


def _alias(schema: object) -> str:
    if isinstance(schema, dict) and list(schema) == ["$ref"]:
        return str(schema["$ref"]).removeprefix(_LOCAL)
    return ""


def _or_null(schema: dict[str, Any]) -> Schema:
    if isinstance(schema.get("type"), str) and not {"enum", "const", "allOf", "anyOf", "oneOf", "not"} & schema.keys():
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [{"type": "null"}, schema]} if schema else True


def _exclusive(schema: dict[str, Any], found: dict[str, Any]) -> None:
    """Before JSON Schema 2019-09 `exclusiveMinimum: true` sharpened `minimum`."""
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and limit in found:
            found[exclusive] = found.pop(limit)
