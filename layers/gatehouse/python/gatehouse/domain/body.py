"""Bodies: nested frozen dataclasses as JSON documents, and back.

What a class has learned since a body was written takes its default; what it has forgotten is passed over. So artifacts that
an older version wrote still load.
"""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")


def to_body(value: object) -> Any:
    """A dataclass as a document: tuples become lists, enumerations their values, fields that equal their default go."""
    if is_dataclass(value):
        return {
            field.name: to_body(part)
            for field in fields(value)
            if (part := getattr(value, field.name)) != field.default
        }
    if isinstance(value, tuple | list | frozenset):
        return [to_body(part) for part in value]
    if isinstance(value, dict):
        return {key: to_body(part) for key, part in value.items()}
    return value.value if isinstance(value, Enum) else value


def from_body(kind: Callable[..., T], body: Mapping[str, Any]) -> T:
    """The dataclass that `to_body` wrote down."""
    readers = _readers(kind)
    return kind(**{name: readers[name](part) for name, part in body.items() if name in readers})


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        (inner,) = (part for part in arguments if part is not type(None))
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin in {tuple, frozenset}:
        read, made = _reader(arguments[0]), origin
        return lambda value: made(read(part) for part in value)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: from_body(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
