"""JSON Schemas with jsonschema, within bounds that no pair of schema and value can pass.

jsonschema alone would follow references and unlucky patterns for as long as it takes, and compare the items of an array
pair by pair.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from gatehouse.mediation import patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REFERENCES_MAX = 100_000
REFERENCES_PER_VALUE, REFERENCES_AT_LEAST = 20, 1_000
"""How many references are followed for a document, by how many values it has. Without them the work cannot outgrow both."""

_RULE_CHARACTERS_MAX = 120


class _Followed:
    """The references of one check: where they lead, and how many more may be followed."""

    def __init__(self, definitions: Mapping[str, Any], value: object) -> None:
        self._definitions = definitions
        self._left = min(REFERENCES_AT_LEAST + REFERENCES_PER_VALUE * _count(value), REFERENCES_MAX)

    def __getitem__(self, reference: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise _Exhausted
        return self._definitions[reference.removeprefix("#/$defs/")]


_followed: ContextVar[_Followed] = ContextVar("_followed")


class JsonSchemas:
    """Implements `mediation.schema.SchemaChecker`."""

    def problem(self, schema: Mapping[str, Any] | bool, definitions: Mapping[str, Any], value: object) -> str | None:  # noqa: FBT001 -- `true` is a schema
        """The first thing that is wrong, as `/place: rule`, without the value; None when nothing is."""
        if isinstance(schema, bool):
            return None if schema else ": nothing is allowed here"
        token = _followed.set(_Followed(definitions, value))
        try:
            error = next(_validator_class()(schema).iter_errors(value), None)
        except RecursionError:
            return ": nested too deep to be checked"
        except _Exhausted:
            return ": too complex to be checked"
        except Exception as failure:  # noqa: BLE001 -- a schema nobody can use must not take the call's error body away
            return f": cannot be checked ({type(failure).__name__})"
        finally:
            _followed.reset(token)
        return None if error is None else _told(error)


class _Exhausted(Exception):
    """The budget of references is used up."""


def _told(error: Any) -> str:
    place = "".join(
        f"/{str(part)[:50].replace('~', '~0').replace('/', '~1')}" for part in list(error.absolute_path)[:20]
    )
    if error.validator is None or error.validator in {"anyOf", "oneOf", "allOf", "not", "if", "$ref"}:
        return f"{place}: does not satisfy {error.validator or 'its schema'}"
    rule = json.dumps(error.validator_value, ensure_ascii=False, default=str)
    return f"{place}: does not satisfy {error.validator} {rule[:_RULE_CHARACTERS_MAX]}"


@cache
def _validator_class() -> Any:
    from jsonschema import Draft202012Validator, validators  # type: ignore[import-untyped] # noqa: PLC0415 -- only who checks pays for it

    return validators.extend(
        Draft202012Validator,
        {
            "$ref": _reference,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "uniqueItems": _unique_items,
            "additionalProperties": _additional_properties,
        },
    )


def _count(value: object) -> int:
    """How many values there are in a value, as far as it matters."""
    waiting, count = [value], 0
    while waiting and count < REFERENCES_MAX:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


def _reference(validator: Any, reference: str, instance: object, _schema: Any) -> Iterator[Any]:
    yield from validator.descend(instance, _followed.get()[reference])


def _error(text: str) -> Any:
    from jsonschema import ValidationError  # noqa: PLC0415 -- as above

    return ValidationError(text)


def _pattern(validator: Any, pattern: str, instance: object, _schema: Any) -> Iterator[Any]:
    """A pattern that RE2 does not have (look-around) holds nobody up."""
    if validator.is_type(instance, "string") and patterns.found(pattern, str(instance)) is False:
        yield _error("pattern")


def _pattern_properties(validator: Any, properties: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, schema in properties.items():
        for name, value in instance.items():
            if patterns.found(pattern, name):
                yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, rest: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    named, matched = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in named or any(patterns.found(pattern, name) for pattern in matched):
            continue
        if rest is False:
            yield _error("additionalProperties")
            return
        yield from validator.descend(value, rest, path=name)


def _unique_items(validator: Any, unique: bool, instance: Any, _schema: Any) -> Iterator[Any]:  # noqa: FBT001 -- jsonschema's signature
    if unique and validator.is_type(instance, "array"):
        seen = {json.dumps(item, sort_keys=True) for item in instance}
        if len(seen) != len(instance):
            yield _error("uniqueItems")
