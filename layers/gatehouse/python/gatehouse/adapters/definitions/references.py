"""References (`$ref`) of a document: where they stand and what they lead to.

Examples, defaults and constants are data: what looks like a reference in them is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from gatehouse.adapters.definitions.parsing import pointer
from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = "$ref"

_DATA = frozenset({"example", "const", "enum", "default"})
_NAMING = frozenset({"properties", "patternProperties", "definitions", "schemas", "responses", "channels", "messages"})
"""Fields whose members are named by the author: a property may be called `default`, and a response is."""

Path = tuple[object, ...]


def references(node: object, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every object that has a reference, with where it stands."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from references(part, (*path, index))
    elif isinstance(node, dict):
        if isinstance(node.get(REFERENCE), str):
            yield path, node
        named = bool(path) and path[-1] in _NAMING
        for name, part in node.items():
            if name == "examples" and not named:
                yield from _examples(part, (*path, name))
            elif named or name not in _DATA:
                yield from references(part, (*path, name))


def foreign_references(document: dict[str, Any]) -> Iterator[FieldError]:
    """References that lead out of the document, where nothing can be read that they lead to."""
    for path, node in references(document):
        if not node[REFERENCE].startswith("#"):
            problem = f"'{node[REFERENCE]}' leads out of the document, and what it leads to was not sent along"
            yield FieldError(pointer((*path, REFERENCE)), problem)


def dangling_references(document: dict[str, Any]) -> Iterator[FieldError]:
    """References to parts of the document that are not there."""
    for path, node in references(document):
        reference = node[REFERENCE]
        if reference.startswith("#") and found_at(document, reference) is None:
            yield FieldError(pointer((*path, REFERENCE)), f"nothing stands at '{reference}'")


def found_at(document: object, reference: str) -> Any:
    """What stands at a local reference (a JSON pointer as a fragment, RFC 6901 §6); None when nothing does."""
    node = document
    for part in unquote(reference.removeprefix("#")).removeprefix("/").split("/") if reference not in {"", "#"} else ():
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def _examples(node: object, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Named examples may be references; what is in them is data."""
    for name, part in node.items() if isinstance(node, dict) else ():
        if isinstance(part, dict) and isinstance(part.get(REFERENCE), str):
            yield (*path, name), part
