"""Reusables: parts of a document that are there to be referred to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def unreferenced(reusables: Mapping[str, Any], location: str, document: Any) -> list[str]:
    """The names at this location (`#/components/schemas`) that no reference of the document leads to or into."""
    used: set[str] = set()
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.values())
            if isinstance(part.get("$ref"), str):
                used.add(part["$ref"])
        elif isinstance(part, list):
            waiting.extend(part)
    start = f"{location.rstrip('/')}/"
    names = {one[len(start) :].partition("/")[0] for one in used if one.startswith(start)}
    known = {name.replace("~1", "/").replace("~0", "~") for name in names}
    return [name for name in reusables if name not in known]
