"""The validators of OpenAPI, as strict as the specification and no stricter.

`openapi_spec_validator` is stricter in two ways, and definitions that every other tool takes were refused: it holds default
values to their schemas, and wants what `required` names among the `properties` beside it. Neither decides what is served here.
Of schemas and operations it does not say where they stand; here it does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v2, schema_v30, schema_v31
from openapi_spec_validator.validation.keywords import (
    KeywordValidator,
    OpenAPIV30SchemaValidator,
    OpenAPIV31SchemaValidator,
    OperationValidator,
    SchemaValidator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class _AnyValue(KeywordValidator):
    """Of a default value."""

    def __call__(self, *_default: Any) -> Iterator[Any]:
        yield from ()


class _Seen(list[int]):
    """A list that is searched like a set."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[int] = set()

    def append(self, item: int) -> None:
        self._known.add(item)

    def __contains__(self, item: object) -> bool:
        return item in self._known


class _Schema(SchemaValidator):
    """Of a schema: the errors say where it stands in the document."""

    def __init__(self, registry: Any) -> None:
        super().__init__(registry)
        # The lists of what was visited are searched for each schema: thousands of schemas take seconds that way.
        self.visited_schema_ids = _Seen()
        self.meta_checked_schema_ids = _Seen()

    def __call__(self, schema: Any, *rest: Any, **switches: Any) -> Iterator[Any]:
        yield from _located(super().__call__(schema, *rest, **{**switches, "require_properties": False}), schema)


class _Schema30(_Schema, OpenAPIV30SchemaValidator): ...


class _Schema31(_Schema, OpenAPIV31SchemaValidator): ...


class _Operation(OperationValidator):
    """Of an operation: the errors say where it stands in the document."""

    def __call__(self, url: str, name: str, operation: Any, path_parameters: Any) -> Iterator[Any]:
        yield from _located(super().__call__(url, name, operation, path_parameters), operation)


def _located(errors: Iterator[Any], part: Any) -> Iterator[Any]:
    """The errors of a part of the document, with its place before theirs, unless a part within it has said so before."""
    for error in errors:
        if not hasattr(error, "located"):
            error.path.extendleft(reversed(part.parts))
            error.located = True
        yield error


@cache
def validator(version: str) -> Any:
    """The validator of "2.0", "3.0" or "3.1", on jsonschema whatever else is installed: its errors are what authors read."""
    base, document, schema = {
        "2.0": (OpenAPIV2SpecValidator, schema_v2, _Schema30),
        "3.0": (OpenAPIV30SpecValidator, schema_v30, _Schema30),
        "3.1": (OpenAPIV31SpecValidator, schema_v31, _Schema31),
    }[version]
    parts = {
        "schema_validator": validator_for(document)(document),
        "keyword_validators": {
            **base.keyword_validators,
            "default": _AnyValue,
            "operation": _Operation,
            "schema": schema,
        },
    }
    return type(base.__name__, (base,), parts)
