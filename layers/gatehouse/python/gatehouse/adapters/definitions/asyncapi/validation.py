"""Validation of AsyncAPI documents against the official JSON Schema of their version, and of their references.

The schemas are those of npm's `@asyncapi/specs` 6.11.1, kept by `python -m local.asyncapi`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.parsing import pointer
from gatehouse.adapters.definitions.references import dangling_references
from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator


VERSIONS = ("2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0")
SCHEMAS = Path(__file__).parent / "schemas"
_MESSAGE_LENGTH_MAX = 300


def violations(document: dict[str, Any], version: str) -> Iterator[FieldError]:
    """What breaks the specification; paths are JSON pointers."""
    yield from dangling_references(document)
    for error in _validator(version).iter_errors(document):
        cause = _cause(error)
        yield FieldError(pointer(cause.absolute_path), _shortened(str(cause.message)))


@lru_cache(maxsize=2)
def _validator(version: str) -> Any:
    # Only who designs an API of events pays for the library.
    from jsonschema import Draft7Validator, validators  # type: ignore[import-untyped] # noqa: PLC0415

    kind = validators.extend(Draft7Validator, {"uniqueItems": _unique_items})
    return kind(json.loads((SCHEMAS / f"{version}.json").read_text()))


def _unique_items(validator: Any, unique: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """As the specification has it, without comparing each item with each other."""
    from jsonschema import ValidationError  # noqa: PLC0415 -- as above

    if unique and validator.is_type(instance, "array"):
        seen = {json.dumps(item, sort_keys=True) for item in instance}
        if len(seen) != len(instance):
            yield ValidationError("two items are the same")


def _cause(error: Any) -> Any:
    """The most telling error: of alternatives that all fail, that of the one that got furthest, and not of a reference."""
    while error.context:
        error = max(error.context, key=_progress)
    return error


def _progress(error: Any) -> tuple[bool, int]:
    wants_reference = error.validator == "required" and "$ref" in error.validator_value
    return not wants_reference, _depth(error)


def _depth(error: Any) -> int:
    return max((_depth(one) for one in error.context or ()), default=len(error.absolute_path))


def _shortened(text: str) -> str:
    return text if len(text) <= _MESSAGE_LENGTH_MAX else f"{text[:_MESSAGE_LENGTH_MAX]}…"
