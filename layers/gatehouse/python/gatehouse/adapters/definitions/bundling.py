"""Bundling: what a document refers to in others is put into it, once, and referred to there.

What has a place among the components goes there under a name of its own; the rest (path items, channels, traits) takes the
place of the reference.
"""

from __future__ import annotations

import copy
import posixpath
import re
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions.parsing import invalid, pointer
from gatehouse.adapters.definitions.references import REFERENCE, found_at, references
from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.adapters.definitions.references import Path

    Library = Callable[[str, str], tuple[str, dict[str, Any]]]

INLINED_MAX = 500
"""How many references are replaced by what they lead to: pieces in pieces multiply."""
PLACED_MAX = 5_000
INLINED_DEPTH_MAX = 20

_SCHEMAS, _PARAMETERS, _RESPONSES = "schemas", "parameters", "responses"
_OF_SWAGGER = {_SCHEMAS: "definitions", _PARAMETERS: _PARAMETERS, _RESPONSES: _RESPONSES}
"""Where Swagger 2.0 keeps what OpenAPI 3 calls components."""

_SCHEMA_FIELDS = frozenset(
    {"schema", "items", "not", "additionalProperties", "contains", "payload", "if", "then", "else"}
)
_HOLDERS = {
    **dict.fromkeys(("properties", "patternProperties", "allOf", "oneOf", "anyOf", "prefixItems", "$defs"), _SCHEMAS),
    **dict.fromkeys(("schemas", "definitions", "dependentSchemas"), _SCHEMAS),
    **{name: name for name in (_PARAMETERS, _RESPONSES, "headers", "examples", "links", "securitySchemes")},
    "requestBodies": "requestBodies",
    "messages": "messages",
}
"""The kind of component by the field whose member, or item, it is."""


_OF_FILES = frozenset({"$schema", "$id", "$defs", "definitions"})
"""What the file of a schema may say and a schema within a definition may not; what it defines is referred to elsewhere."""
_SUFFIXES = (".yaml", ".yml", ".json")


class Elsewhere(Exception):
    """What is referred to cannot be had; the text says why."""


class Bundle:
    """A document that stands at `place`, and what it refers to; `library` finds that by a place and a location."""

    def __init__(self, root: dict[str, Any], place: str, library: Library) -> None:
        self._root = root
        self._place = place
        self._library = library
        self._placed: dict[tuple[str, str], str] = {}
        self._inlined = 0
        self._problems: list[FieldError] = []

    def whole(self) -> dict[str, Any]:
        """The document with everything in it. Raises DefinitionInvalid with each reference that leads nowhere."""
        self._settle(self._root, self._place, (), 0)
        if self._problems:
            raise invalid(*self._problems)
        return self._root

    def _settle(self, node: Any, base: str, path: Path, depth: int) -> None:
        """Redirect every reference of a node that comes from the document at `base`."""
        # Both lists are made before anything changes: what is put in has a base of its own.
        kinds = list(_mappings(node, path))
        for where, holder in list(references(node, path)):
            try:
                self._redirect(holder, base, where, depth)
            except Elsewhere as error:
                self._problems.append(FieldError(pointer((*where, REFERENCE)), str(error)))
        for where, mapping in kinds:
            self._redirect_kinds(mapping, base, where, depth)

    def _redirect(self, holder: dict[str, Any], base: str, where: Path, depth: int) -> None:
        place, fragment = self._target(base, holder[REFERENCE])
        if place == self._place:
            holder[REFERENCE] = f"#{fragment}"
            return
        kind = _kind(where)
        if kind is None:
            self._inline(holder, place, fragment, where, depth)
        else:
            holder[REFERENCE] = self._component(kind, place, fragment, depth)

    def _target(self, base: str, reference: str) -> tuple[str, str]:
        location, _, fragment = reference.partition("#")
        place = self._library(base, location)[0] if location else base
        if fragment and not fragment.startswith("/"):
            raise Elsewhere(f"'{reference}' is no JSON pointer")
        return place, fragment

    def _found(self, place: str, fragment: str) -> Any:
        found = found_at(self._library("", place)[1], f"#{fragment}")
        if found is None:
            raise Elsewhere(f"'{place}' has nothing at '{fragment}'")
        return copy.deepcopy(found)

    def _component(self, kind: str, place: str, fragment: str, depth: int) -> str:
        """The reference to it among the components, where it is put when it is not there."""
        if known := self._placed.get((place, fragment)):
            return known
        if len(self._placed) >= PLACED_MAX:
            raise Elsewhere(f"the definition refers to more than {PLACED_MAX} pieces of other documents")
        found = self._found(place, fragment)
        if kind == _SCHEMAS and not fragment and isinstance(found, dict):
            found = {field: part for field, part in found.items() if field not in _OF_FILES}
        names = self._names(kind)
        name = _free(fragment.rpartition("/")[2] or posixpath.splitext(posixpath.basename(place))[0], names)
        names[name] = found
        where = ("definitions" if kind == _SCHEMAS else kind, name)
        path: Path = where if self._is_swagger else ("components", kind, name)
        self._placed[place, fragment] = f"#{pointer(path)}"
        self._settle(found, place, path, depth)
        return self._placed[place, fragment]

    def _inline(self, holder: dict[str, Any], place: str, fragment: str, where: Path, depth: int) -> None:
        self._inlined += 1
        if depth >= INLINED_DEPTH_MAX or self._inlined > INLINED_MAX:
            raise Elsewhere(f"'{holder[REFERENCE]}' is one of too many, or refers to itself")
        found = self._found(place, fragment)
        if not isinstance(found, dict):
            raise Elsewhere(f"'{place}' has no object at '{fragment}'")
        beside = {name: part for name, part in holder.items() if name != REFERENCE}
        holder.clear()
        holder |= found
        self._settle(holder, place, where, depth + 1)
        holder |= beside

    def _redirect_kinds(self, mapping: dict[str, Any], base: str, where: Path, depth: int) -> None:
        """The kinds that a discriminator tells apart are references too, or plain names of schemas."""
        for value, reference in mapping.items():
            if not isinstance(reference, str) or not ("#" in reference or reference.endswith(_SUFFIXES)):
                continue
            try:
                place, fragment = self._target(base, reference)
                at_home = place == self._place
                mapping[value] = f"#{fragment}" if at_home else self._component(_SCHEMAS, place, fragment, depth)
            except Elsewhere as error:
                self._problems.append(FieldError(pointer((*where, value)), str(error)))

    @property
    def _is_swagger(self) -> bool:
        return "swagger" in self._root

    def _names(self, kind: str) -> dict[str, Any]:
        """The components of a kind."""
        if not self._is_swagger:
            components: dict[str, Any] = self._root.setdefault("components", {})
            found: dict[str, Any] = components.setdefault(kind, {})
            return found
        if kind not in _OF_SWAGGER:
            raise Elsewhere(f"Swagger 2.0 has no place for {kind} of other documents")
        definitions: dict[str, Any] = self._root.setdefault(_OF_SWAGGER[kind], {})
        return definitions


def _mappings(node: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What discriminators say, with where they say it."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from _mappings(part, (*path, index))
    elif isinstance(node, dict):
        for name, part in node.items():
            mapping = part.get("mapping") if name == "discriminator" and isinstance(part, dict) else None
            if isinstance(mapping, dict):
                yield (*path, name, "mapping"), mapping
            else:
                yield from _mappings(part, (*path, name))


def _kind(path: Path) -> str | None:
    """The kind of component that a reference at this place stands for; None for what has no place among them."""
    last, holder = (path[-1] if path else ""), (path[-2] if len(path) > 1 else "")
    if holder in {"oneOf", "allOf"} and len(path) > 2 and path[-3] == "message":  # noqa: PLR2004 -- three steps up
        return "messages"
    is_component = len(path) > 2 and path[-3] == "components"  # noqa: PLR2004 -- as above
    if last in _SCHEMA_FIELDS and not is_component:
        return _SCHEMAS  # also of a property that is called `parameters` or `headers`
    if isinstance(holder, str) and holder in _HOLDERS:
        return _HOLDERS[holder]
    return {"requestBody": "requestBodies", "message": "messages"}.get(str(last))


def _free(wanted: str, used: dict[str, Any]) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", wanted.replace("~1", "/").replace("~0", "~")) or "part"
    number, free = 2, name
    while free in used:
        number, free = number + 1, f"{name}_{number}"
    return free
