"""Bytes to a document: JSON or YAML, without what makes either dangerous.

YAML aliases are shared when parsed and multiplied when written, so the size of what is meant is bounded, not only of what is
sent. Dates stay text: JSON has none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from gatehouse.domain.apis.definition import DefinitionInvalid
from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

BYTES_MAX = 4_000_000
NODES_MAX = 200_000
DEPTH_MAX = 100


class _Loader(yaml.CSafeLoader):
    """Safe YAML whose scalars are JSON's: no dates. In C it takes a third of the time, but recurses without a limit."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parsed(content: bytes) -> dict[str, Any]:
    """The document. Raises DefinitionInvalid that names line and column."""
    if len(content) > BYTES_MAX:
        raise invalid(FieldError("", f"the definition is larger than {BYTES_MAX} bytes"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(FieldError("", f"not UTF-8: {error.reason} at byte {error.start}")) from error
    document = _json(text) if text.lstrip().startswith("{") else _yaml(text)
    if not isinstance(document, dict):
        raise invalid(FieldError("", "the definition must be an object"))
    budget = [NODES_MAX]
    return {_key(name): _plain(part, 1, budget) for name, part in document.items()}


def invalid(*problems: FieldError) -> DefinitionInvalid:
    """The error for these problems; their paths are JSON pointers (RFC 6901)."""
    sentences = (f"{problem.path}: {problem.problem}" if problem.path else problem.problem for problem in problems)
    return DefinitionInvalid("; ".join(sentences), fields=problems)


def pointer(parts: Iterable[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise invalid(FieldError("", problem)) from error
    except RecursionError as error:
        raise invalid(FieldError("", f"nested deeper than {DEPTH_MAX} levels")) from error


def _yaml(text: str) -> object:
    try:
        _check_depth(text)
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise invalid(FieldError("", f"not YAML: {error.problem}{where}")) from error
    except yaml.YAMLError as error:
        raise invalid(FieldError("", f"not YAML: {error}")) from error
    except (RecursionError, ValueError) as error:
        raise invalid(FieldError("", f"not usable YAML: {error}")) from error


def _check_depth(text: str) -> None:
    """Raises DefinitionInvalid for what is nested deeper than the loader may follow. Events come without recursion."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise invalid(FieldError("", f"nested deeper than {DEPTH_MAX} levels"))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(value: object, depth: int, budget: list[int]) -> object:
    """A copy with text keys and no shared parts, within bounds."""
    budget[0] -= 1
    if budget[0] < 0:
        raise invalid(FieldError("", f"the definition has more than {NODES_MAX} values"))
    if depth > DEPTH_MAX:
        raise invalid(FieldError("", f"nested deeper than {DEPTH_MAX} levels"))
    if isinstance(value, dict):
        return {_key(key): _plain(part, depth + 1, budget) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, depth + 1, budget) for part in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise invalid(FieldError("", f"a value of type {type(value).__name__} has no place in a definition"))


def _key(key: object) -> str:
    # YAML reads `200:` as a number and `yes:` as a truth value; a definition means text.
    return ("true" if key else "false") if isinstance(key, bool) else str(key)
