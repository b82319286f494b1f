"""Merging: one OpenAPI 3 document of operations of several, with all that they refer to.

Components of one name that say different things get a number each; those that say the same become one.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.parsing import parsed
from gatehouse.adapters.definitions.references import found_at
from gatehouse.adapters.definitions.upgrading import as_3_1, upgraded
from gatehouse.domain.apis.definition import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatehouse.domain.apis.definition import DefinedPart

COMPONENTS = "#/components/"
_DEFAULT = "3.0.1"
_NEWEST = "3.1.0"
_INLINE_DEPTH_MAX = 20

Name = tuple[str, str]
"""A component: its kind and its name."""


def merged(*, title: str, version: str, description: str, parts: Sequence[DefinedPart]) -> bytes:
    """The document. A part's security stays behind, and so do its servers."""
    documents = [upgraded(parsed(part.content)) for part in parts]
    newest = any(str(document["openapi"]).startswith("3.1") for document in documents)
    info = {"title": title, "version": version, **({"description": description} if description else {})}
    whole: dict[str, Any] = {"openapi": _NEWEST if newest else _DEFAULT, "info": info, "paths": {}}
    for part, document in zip(parts, documents, strict=True):
        _take(as_3_1(document) if newest else document, part.operations, whole)
    return json.dumps(whole, ensure_ascii=False).encode()


def _take(document: dict[str, Any], operations: Sequence[tuple[str, str]], whole: dict[str, Any]) -> None:
    """Put some of a document's operations into the whole, and what they refer to."""
    taken = [(verb, target, _operation(document, verb, target)) for verb, target in operations]
    needed = _closure(document, [operation for _, _, operation in taken])
    renamed = _renamed(needed, whole.setdefault("components", {}))
    for (kind, name), component in needed.items():
        shown = renamed.get((kind, name), name)
        whole["components"].setdefault(kind, {})[shown] = _rewritten(component, renamed)
    ids = {str(one["operationId"]) for one in _all_operations(whole) if "operationId" in one}
    for verb, target, operation in taken:
        described = _rewritten(operation, renamed)
        if (own := described.get("operationId")) in ids:
            described["operationId"] = own = _free(str(own), ids)
        ids |= {own} if own else set()
        whole["paths"].setdefault(target, {})[verb.lower()] = described
    _take_tags(document, [operation for _, _, operation in taken], whole)
    if not whole["components"]:
        del whole["components"]


def _operation(document: dict[str, Any], verb: str, target: str) -> dict[str, Any]:
    """The operation by itself: with the parameters of its path, without security and servers."""
    item = _resolved(document, (document.get("paths") or {}).get(target) or {})
    operation = copy.deepcopy(item.get(verb.lower()) or {"responses": {"200": {"description": "OK"}}})
    own = {_identity(document, one) for one in operation.get("parameters") or ()}
    shared = [one for one in item.get("parameters") or () if _identity(document, one) not in own]
    parameters = [*copy.deepcopy(shared), *(operation.get("parameters") or ())]
    if parameters:
        operation["parameters"] = parameters
    for name in ("security", "servers"):
        operation.pop(name, None)
    inlined: dict[str, Any] = _inlined(document, operation, 0)
    return inlined


def _identity(document: dict[str, Any], parameter: Mapping[str, Any]) -> tuple[object, object]:
    found = _resolved(document, parameter)
    return found.get("name"), found.get("in")


def _resolved(document: dict[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(_INLINE_DEPTH_MAX):
        if not isinstance(reference := node.get("$ref"), str):
            break
        found = found_at(document, reference)
        node = {**(found if isinstance(found, dict) else {}), **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def _inlined(document: dict[str, Any], node: Any, depth: int) -> Any:
    """The node with what it refers to outside the components put in its place: those paths are not taken along."""
    if isinstance(node, list):
        return [_inlined(document, one, depth) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and not reference.startswith(COMPONENTS):
        found = found_at(document, reference) if depth < _INLINE_DEPTH_MAX else None
        return _inlined(document, copy.deepcopy(found), depth + 1) if found is not None else {}
    return {name: _inlined(document, part, depth) for name, part in node.items()}


def _closure(document: dict[str, Any], roots: Sequence[object]) -> dict[Name, Any]:
    """The components that are referred to, by these or by one another."""
    components = document.get("components") or {}
    found: dict[Name, Any] = {}
    waiting = [name for root in roots for name in _referred(root)]
    while waiting:
        kind, name = waiting.pop()
        component = (components.get(kind) or {}).get(name)
        if (kind, name) in found or component is None:
            continue
        found[kind, name] = _inlined(document, component, 0)
        waiting += _referred(found[kind, name])
    return found


def _referred(node: object) -> Iterator[Name]:
    """The components that a node refers to, also as the kinds that a discriminator tells apart."""
    if isinstance(node, list):
        for one in node:
            yield from _referred(one)
    elif isinstance(node, dict):
        for name, part in node.items():
            if name == "$ref" and isinstance(part, str) and (component := _component(part)):
                yield component
            elif name == "discriminator" and isinstance(part, dict):
                mapping = part.get("mapping")
                values = mapping.values() if isinstance(mapping, dict) else ()
                yield from (found for one in values if isinstance(one, str) and (found := _component(one)))
            else:
                yield from _referred(part)


def _component(reference: str) -> Name | None:
    kind, _, rest = reference.removeprefix(COMPONENTS).partition("/")
    if not reference.startswith(COMPONENTS) or not rest:
        return None
    return kind, rest.partition("/")[0].replace("~1", "/").replace("~0", "~")


def _renamed(needed: Mapping[Name, Any], there: Mapping[str, Any]) -> dict[Name, str]:
    """New names for components whose names are taken by others, or that refer to such."""
    taken = {name for name in needed if name[1] in there.get(name[0], {})}
    clashing = {name for name in taken if there[name[0]][name[1]] != needed[name]}
    while more := {name for name in taken - clashing if not clashing.isdisjoint(_referred(needed[name]))}:
        clashing |= more
    renamed: dict[Name, str] = {}
    for kind, name in sorted(clashing):
        used = {*there.get(kind, {}), *(other for sort, other in needed if sort == kind), *renamed.values()}
        renamed[kind, name] = _free(name, used)
    return renamed


def _free(name: str, used: set[str]) -> str:
    number = 2
    while f"{name}_{number}" in used:
        number += 1
    return f"{name}_{number}"


def _rewritten(node: Any, renamed: Mapping[Name, str]) -> Any:
    """The node, referring to components by their new names."""
    if isinstance(node, list):
        return [_rewritten(one, renamed) for one in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {}
    for name, part in node.items():
        if name == "$ref" and isinstance(part, str):
            found[name] = _redirected(part, renamed)
        elif name == "discriminator" and isinstance(part, dict) and isinstance(part.get("mapping"), dict):
            mapping = {key: _redirected(str(one), renamed) for key, one in part["mapping"].items()}
            found[name] = {**part, "mapping": mapping}
        else:
            found[name] = _rewritten(part, renamed)
    return found


def _redirected(reference: str, renamed: Mapping[Name, str]) -> str:
    component = _component(reference)
    if component is None or component not in renamed:
        return reference
    kind, _ = component
    head, _, rest = reference.removeprefix(f"{COMPONENTS}{kind}/").partition("/")
    new = renamed[component].replace("~", "~0").replace("/", "~1")
    return f"{COMPONENTS}{kind}/{new}{'/' if rest else ''}{rest}" if head else reference


def _take_tags(document: Mapping[str, Any], operations: Sequence[Mapping[str, Any]], whole: dict[str, Any]) -> None:
    used = {tag for operation in operations for tag in operation.get("tags") or ()}
    known = {tag["name"] for tag in whole.get("tags") or ()}
    more = [tag for tag in document.get("tags") or () if tag.get("name") in used - known]
    if more:
        whole.setdefault("tags", []).extend(more)


def _all_operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in document["paths"].values():
        yield from (item[verb.lower()] for verb in VERBS if verb.lower() in item)
