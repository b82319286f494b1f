"""Documents in archives: YAML or JSON, without what makes either dangerous.

Dates stay text, because JSON has none; a number with a point remembers how it was written, because a version is one to YAML
(`version: 1.10`) and text to everybody else.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import yaml

from gatehouse.domain.apis.archive import ArchiveRefused, Notation

DOCUMENT_BYTES_MAX = 4_000_000
VALUES_MAX = 200_000
DEPTH_MAX = 60
WIDTH = 120

_TOO_DEEP = "is nested too deeply"


class WrittenNumber(float):
    """A number with a point, as it was written: `str` gives that."""

    text: str

    def __str__(self) -> str:
        """As it was written."""
        return self.text


class _Loader(yaml.SafeLoader):
    """Safe YAML whose scalars are JSON's."""

    def written(self, node: yaml.ScalarNode) -> WrittenNumber:
        number = WrittenNumber(self.construct_yaml_float(node))
        number.text = node.value
        return number


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.written)


class _Dumper(yaml.SafeDumper):
    """YAML without aliases: who edits an archive by hand changes what is seen."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the library's name
        """No part is written as a reference to another."""
        return True

    def text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_multi_representer(str, _Dumper.text)  # members of enumerations
_Dumper.add_representer(WrittenNumber, lambda dumper, number: dumper.represent_float(float(number)))


def parsed(content: bytes, name: str) -> Any:
    """The document. Raises ArchiveRefused."""
    if len(content) > DOCUMENT_BYTES_MAX:
        raise ArchiveRefused.entry(name, f"is larger than {DOCUMENT_BYTES_MAX} bytes")
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(text) if name.endswith(Notation.JSON.suffix) else yaml.load(text, _Loader)
    except UnicodeDecodeError as error:
        raise ArchiveRefused.entry(name, f"is not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise ArchiveRefused.entry(name, problem) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ArchiveRefused.entry(name, f"is not YAML: {error.problem}{where}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ArchiveRefused.entry(name, f"cannot be read: {error}") from error
    except RecursionError as error:
        raise ArchiveRefused.entry(name, _TOO_DEEP) from error
    return _plain(document, name, 0, [VALUES_MAX])


_UNICODE_BREAKS = re.compile("[\x85\u2028\u2029]")


def rendered(document: Any, notation: Notation) -> bytes:
    """The document as a file."""
    if notation is Notation.JSON:
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
    # Written plainly, the line breaks that only Unicode knows would be read back as spaces.
    is_plain = not _UNICODE_BREAKS.search(json.dumps(document, ensure_ascii=False))
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=is_plain, width=WIDTH)
    return text.encode()


def _plain(value: Any, name: str, depth: int, left: list[int]) -> Any:
    """A copy with text keys and no shared parts, within bounds: aliases multiply (a "billion laughs")."""
    left[0] -= 1
    if left[0] < 0:
        raise ArchiveRefused.entry(name, f"holds more than {VALUES_MAX} values")
    if depth > DEPTH_MAX:
        raise ArchiveRefused.entry(name, _TOO_DEEP)
    if isinstance(value, dict):
        return {_key(key): _plain(part, name, depth + 1, left) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, name, depth + 1, left) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ArchiveRefused.entry(name, f"{value} is no number of JSON")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ArchiveRefused.entry(name, f"a value of type {type(value).__name__} has no place in it")


def _key(key: object) -> str:
    return ("true" if key else "false") if isinstance(key, bool) else str(key)
