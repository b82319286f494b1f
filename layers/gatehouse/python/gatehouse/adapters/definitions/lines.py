"""Lines: where in a text a part of its document stands, so that an author finds what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from gatehouse.domain.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TEXT_BYTES_MAX = 2_000_000
"""Lines of larger texts are not told: that would take seconds."""


def with_lines(content: bytes, problems: Iterable[FieldError]) -> list[FieldError]:
    """The problems, whose paths are JSON pointers, with the lines that they stand in; the first is 1.

    The text is one that `parsing.parsed` has read.
    """
    told = list(problems)
    root = _composed(content) if any(problem.path for problem in told) else None
    if root is None:
        return told
    return [FieldError(one.path, f"{one.problem} (line {_line(root, one.path)})") if one.path else one for one in told]


def _composed(content: bytes) -> yaml.Node | None:
    if len(content) > TEXT_BYTES_MAX or b"\n" not in content.strip():
        return None  # too long, or nobody wrote it in lines
    text = content.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON's tabs stand between values, where YAML has spaces only
    try:
        found: yaml.Node | None = yaml.compose(text, yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    return found


def _line(root: yaml.Node, path: str) -> int:
    """The line of what stands at this pointer, or of the last part of it that is there."""
    node, line = root, root.start_mark.line + 1
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.MappingNode):
            entry = next((pair for pair in _pairs(node) if pair[0].value == key), None)
            if entry is None:
                break
            name, node = entry
            line = name.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
            node = node.value[int(key)]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _pairs(node: yaml.MappingNode) -> Sequence[tuple[yaml.Node, yaml.Node]]:
    pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
    return pairs
