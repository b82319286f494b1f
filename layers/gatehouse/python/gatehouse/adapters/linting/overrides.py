"""Overrides: what of a ruleset is another for some files, or below some places in them.

Files are named by globs as minimatch has them: `*`, `?` and `[…]` within a name, `**` for any folders, `{…,…}` for one of
several; a glob without a slash is held against the name alone. `except` is the older form, which switches rules off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gatehouse.adapters.linting.resolving import Path

    Report = Callable[[Path, str], None]

ALTERNATIVES_MAX = 50
"""So many names `{…,…}` may stand for."""

PROPERTIES = frozenset(
    ("files", "rules", "extends", "aliases", "formats", "documentationUrl", "parserOptions", "description")
)
_REPEATED = re.compile(r"(?:\*\*/){2,}")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Glob:
    """A glob of files, and below which place in them: () is everywhere."""

    glob: str
    place: Path

    def matches(self, file: str) -> bool:
        """Whether a file of this path is one of them."""
        return any(_matches(one, file) for one in _alternatives(self.glob))


@dataclass(frozen=True, slots=True)
class Override:
    """What is another: `body` is part of a ruleset. `where` is its own place in the ruleset that it stands in."""

    where: Path
    globs: tuple[Glob, ...]
    body: Mapping[str, Any]

    def covers(self, file: str) -> bool:
        """Whether all of a file is meant."""
        return any(not one.place and one.matches(file) for one in self.globs)

    def places(self, file: str) -> list[Path]:
        """Below which places of a file it holds alone."""
        return [one.place for one in self.globs if one.place and one.matches(file)]


def overrides_of(data: Mapping[str, Any], report: Report) -> list[Override]:
    """Those of a ruleset, in order; problems go to `report`."""
    listed = data.get("overrides", [])
    if not isinstance(listed, list):
        report(("overrides",), "must be a list of objects with files, and of what is another there")
        listed = []
    found = [_override(one, ("overrides", index), report) for index, one in enumerate(listed)]
    excepted = data.get("except", {})
    if not isinstance(excepted, dict) or not all(isinstance(one, list) for one in excepted.values()):
        report(("except",), "must be an object: names of rules by file")
        excepted = {}
    for file, names in excepted.items():
        rules = {str(name): "off" for name in names}
        found.append(Override(("except", file), (_glob(file),), {"rules": rules}))
    return [one for one in found if one]


def _override(given: Any, where: Path, report: Report) -> Override | None:
    files = given.get("files") if isinstance(given, dict) else None
    if not isinstance(files, list) or not files or not all(isinstance(one, str) for one in files):
        report((*where, "files"), "must be a list of globs of files")
        return None
    for unknown in sorted(set(given) - PROPERTIES):
        report((*where, unknown), "is no property of an override")
    rules = given.get("rules", {})
    if not isinstance(rules, dict) or not (rules or given.get("extends")):
        report((*where, "rules"), "must be an object: rules by name, or their severities")
        return None
    globs = tuple(_glob(one) for one in files)
    if any(one.place for one in globs):
        for name, said in rules.items():
            if isinstance(said, dict) or said is True:
                report((*where, "rules", name), "must be a severity, or off: below a place nothing else can be another")
        if given.get("extends"):
            report((*where, "extends"), "is for whole files: below a place only severities can be others")
    return Override(where, globs, given)


def _glob(text: str) -> Glob:
    file, _, pointer = text.partition("#")
    steps = pointer.strip("/").split("/") if pointer.strip("/") else []
    place = tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)
    return Glob(file.removeprefix("./"), place)


def _alternatives(glob: str) -> Iterator[str]:
    """The glob with each of `{…,…}` in turn; of too many, those that come first."""
    left, told = [glob], 0
    while left and told < ALTERNATIVES_MAX:
        one = left.pop(0)
        if (braces := _BRACES.search(one)) is None:
            told += 1
            yield one
        elif len(left) < ALTERNATIVES_MAX:
            left += [one[: braces.start()] + part + one[braces.end() :] for part in braces[1].split(",")]


def _matches(glob: str, file: str) -> bool:
    if "/" not in glob:
        return fnmatchcase(file.rpartition("/")[2], glob)
    return _below(_REPEATED.sub("**/", glob).split("/"), file.split("/"))


def _below(globs: list[str], names: list[str]) -> bool:
    if not globs:
        return not names
    if globs[0] == "**":
        return any(_below(globs[1:], names[index:]) for index in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], globs[0]) and _below(globs[1:], names[1:])
