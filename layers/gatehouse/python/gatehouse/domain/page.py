"""A page of a list: WSO2 pages by offset and limit, and says the total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_LIMIT = 25
MAX_LIMIT = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of a list is wanted."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list of `total` items."""

    items: tuple[T, ...]
    total: int
    slice: Slice


def page_of(items: Sequence[T], wanted: Slice) -> Page[T]:
    """Cut this part out of the whole list."""
    part = tuple(items[wanted.offset : wanted.offset + wanted.limit])
    return Page(items=part, total=len(items), slice=wanted)
