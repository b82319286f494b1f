"""Resolving: a document with what its references mean in their places, within bounds.

References that lead out of the document, in circles or into nothing stay as they are. So do all that come after
`NODES_MAX` values: references to references multiply.
"""

from __future__ import annotations

from typing import Any

NODES_MAX = 150_000
DEPTH_MAX = 90

Path = tuple[str | int, ...]


class Resolved:
    """`document` is the resolved one; `source` says where a part of it was written."""

    def __init__(self, document: Any) -> None:
        self._root = document
        self._left = NODES_MAX
        self._sources: dict[int, Path] = {}
        self.document = self._copied(document, (), frozenset(), 0)

    def source(self, path: Path) -> Path:
        """Where in the document as it was written the part stands that is at this path in the resolved one."""
        at = self.document
        found: Path = ()
        rest = path
        for index, step in enumerate(path):
            if isinstance(at, dict | list) and id(at) in self._sources:
                found, rest = self._sources[id(at)], path[index:]
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                break
        else:
            if isinstance(at, dict | list) and id(at) in self._sources:
                found, rest = self._sources[id(at)], ()
        return (*found, *rest)

    def _copied(self, value: Any, path: Path, within: frozenset[str], depth: int) -> Any:
        self._left -= 1
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and reference not in within and self._left > 0 and depth < DEPTH_MAX:
                target = pointed(self._root, reference)
                if target is not None:
                    steps, meant = target
                    return self._copied(meant, steps, within | {reference}, depth + 1)
            copy: Any = {name: self._copied(part, (*path, name), within, depth + 1) for name, part in value.items()}
        elif isinstance(value, list):
            copy = [self._copied(part, (*path, index), within, depth + 1) for index, part in enumerate(value)]
        else:
            return value
        self._sources[id(copy)] = path
        return copy


def pointed(document: Any, reference: str) -> tuple[Path, Any] | None:
    """The part of the document that `#/a/b` means (RFC 6901), with its path; None when there is none."""
    if not reference.startswith("#/"):
        return None
    at = document
    path: Path = ()
    for written in reference[2:].split("/"):
        name = written.replace("~1", "/").replace("~0", "~")
        if isinstance(at, dict) and name in at:
            at, path = at[name], (*path, name)
        elif isinstance(at, list) and name.isdecimal() and int(name) < len(at):
            at, path = at[int(name)], (*path, int(name))
        else:
            return None
    return path, at
