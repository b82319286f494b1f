"""JSON limits: the structure of a document, held to numbers while it is read from left to right.

Nothing is built, and reading ends at the first limit passed. Whether the document is well formed is for a parser to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatehouse.mediation.bodies import ANY_STRING, Unreadable

_TOKEN = re.compile(rf"{ANY_STRING}|[\[\]{{}},]|[^\s\[\]{{}},:\"]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLimits:
    """`properties` are per object, `elements` per array; lengths are of characters as they are written."""

    depth: int
    properties: int
    elements: int
    key_characters: int
    string_characters: int


def check_json(text: str, limits: JsonLimits) -> None:
    """Raises Unreadable with the limit that is passed."""
    open_objects: list[bool] = []
    counts: list[int] = []
    expected = True  # whether the next thing read counts: a key of an object, an element of an array
    for match in _TOKEN.finditer(text):
        mark = match[0][0]
        if mark in "]}":
            if open_objects:
                open_objects.pop()
                counts.pop()
            expected = False
            continue
        if mark == ",":
            expected = True
            continue
        is_key = bool(open_objects) and open_objects[-1] and expected and mark == '"'
        if expected and counts:
            counts[-1] += 1
            _hold_members(counts[-1], limits, of_object=open_objects[-1])
        expected = False
        if mark == '"':
            _hold_string(len(match[0]) - 2, limits, is_key=is_key)
        elif mark in "[{":
            open_objects.append(mark == "{")
            counts.append(0)
            expected = True
            _hold("levels", len(counts), limits.depth)


def _hold_members(count: int, limits: JsonLimits, *, of_object: bool) -> None:
    if of_object:
        _hold("properties in an object", count, limits.properties)
    else:
        _hold("elements in an array", count, limits.elements)


def _hold_string(length: int, limits: JsonLimits, *, is_key: bool) -> None:
    if is_key:
        _hold("characters in a key", length, limits.key_characters)
    else:
        _hold("characters in a string", length, limits.string_characters)


def _hold(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise Unreadable(f"more than {limit} {what}")
