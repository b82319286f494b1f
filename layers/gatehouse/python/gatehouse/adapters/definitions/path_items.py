"""Path items that stand elsewhere in the document (OpenAPI 3.1 §4.8.9, `components/pathItems`) take their place below `paths`.

Operations are edited one by one, each path for itself, so two paths cannot be one item.
"""

from __future__ import annotations

from typing import Any

from gatehouse.adapters.definitions.parsing import NODES_MAX, invalid, pointer
from gatehouse.adapters.definitions.references import REFERENCE, found_at
from gatehouse.domain.errors import FieldError


def with_path_items(document: dict[str, Any]) -> dict[str, Any]:
    """The document without references of path items, which lead somewhere. What stands beside a reference comes before it.

    Raises DefinitionInvalid for those that lead in a circle, and where they multiply the document beyond `NODES_MAX`.
    """
    paths = document.get("paths")
    if not isinstance(paths, dict) or not any(REFERENCE in item for item in paths.values() if isinstance(item, dict)):
        return document
    budget = NODES_MAX
    whole = {}
    for path, item in paths.items():
        whole[path] = _followed(document, path, item)
        if whole[path] is not item:
            budget -= _size(whole[path])
        if budget < 0:
            raise invalid(FieldError("/paths", f"the definition has more than {NODES_MAX} values"))
    return {**document, "paths": whole}


def _followed(document: dict[str, Any], path: str, item: Any) -> Any:
    seen: set[str] = set()
    while isinstance(item, dict) and isinstance(reference := item.get(REFERENCE), str):
        if reference in seen:
            raise invalid(FieldError(pointer(("paths", path, REFERENCE)), f"'{reference}' leads back to itself"))
        seen.add(reference)
        beside = {name: part for name, part in item.items() if name != REFERENCE}
        found = found_at(document, reference)
        item = {**found, **beside} if isinstance(found, dict) else found
    return item


def _size(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + sum(_size(part) for part in node.values())
    return 1 + sum(_size(part) for part in node) if isinstance(node, list) else 1
