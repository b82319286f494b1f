"""Texts of rulesets: YAML or JSON, with the line of everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from gatehouse.domain.errors import FieldError
from gatehouse.domain.publishing.governance import RulesetInvalid

if TYPE_CHECKING:
    from gatehouse.adapters.linting.resolving import Path

BYTES_MAX = 200_000
VALUES_MAX = 50_000
DEPTH_MAX = 40


class _Loader(yaml.SafeLoader):
    """Safe YAML whose scalars are JSON's: no dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Text:
    """`data` is what it says. Raises RulesetInvalid for what is neither YAML nor JSON, or too large."""

    def __init__(self, content: bytes) -> None:
        if len(content) > BYTES_MAX:
            raise _invalid(f"is larger than {BYTES_MAX} bytes")
        self._lines: dict[Path, int] = {}
        self._left = VALUES_MAX
        try:
            loader = _Loader(content.decode("utf-8-sig"))
            node = loader.get_single_node()
            data = loader.construct_document(node) if node else None
        except UnicodeDecodeError as error:
            raise _invalid(f"is not UTF-8: {error.reason} at byte {error.start}") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise _invalid(f"is not YAML: {error.problem}{where}") from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise _invalid(f"cannot be read: {error}") from error
        self.data = self._plain(data, 0)
        self._mark(node, (), 0)

    def line(self, path: Path) -> int:
        """Where something stands, counted from 1; of what is not there, the line of what it should be in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _plain(self, value: Any, depth: int) -> Any:
        """A copy with text keys and no shared parts: aliases multiply."""
        self._left -= 1
        if self._left < 0 or depth > DEPTH_MAX:
            raise _invalid("holds more than anybody can follow")
        if isinstance(value, dict):
            return {_key(key): self._plain(part, depth + 1) for key, part in value.items()}
        if isinstance(value, list):
            return [self._plain(part, depth + 1) for part in value]
        if value is None or isinstance(value, str | int | float):
            return value
        raise _invalid(f"holds a value of type {type(value).__name__}")

    def _mark(self, node: Any, path: Path, depth: int) -> None:
        self._lines.setdefault(path, node.start_mark.line + 1 if node else 1)
        if depth > DEPTH_MAX or len(self._lines) > VALUES_MAX:
            return
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = (*path, str(key.value))
                self._lines.setdefault(below, key.start_mark.line + 1)
                self._mark(value, below, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._mark(value, (*path, index), depth + 1)


def _key(key: object) -> str:
    # YAML reads `off:` as a truth value.
    return ("true" if key else "false") if isinstance(key, bool) else str(key)


def _invalid(problem: str) -> RulesetInvalid:
    return RulesetInvalid.of([FieldError("", f"the ruleset {problem}")])
