"""Rules: read from a ruleset, with every problem named by its place and line, and judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.linting.formats import is_known, is_of
from gatehouse.adapters.linting.functions import ABSENT, FUNCTIONS, Function, shown
from gatehouse.adapters.linting.paths import Selection, Target
from gatehouse.adapters.linting.patterns import PatternTooSlow
from gatehouse.adapters.linting.scanning import PathUnusable
from gatehouse.domain.publishing.governance import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gatehouse.adapters.linting.resolving import Path, Resolved

SEVERITIES: Mapping[object, Severity | None] = {
    "error": Severity.ERROR,
    "warn": Severity.WARN,
    "info": Severity.INFO,
    "hint": Severity.INFO,
    "off": None,
    0: Severity.ERROR,
    1: Severity.WARN,
    2: Severity.INFO,
    3: Severity.INFO,
    -1: None,
}
_PROPERTIES = frozenset(
    {
        "description",
        "documentationUrl",
        "enabled",
        "extensions",
        "formats",
        "given",
        "message",
        "recommended",
        "resolved",
        "severity",
        "tags",
        "then",
        "type",
    }
)
_PLACEHOLDER = re.compile(r"\{\{\s*(error|description|path|property|value)\s*\}\}")
_FIELD = re.compile(r"[^.\[\]]+|\[(\d+)\]")
TOO_SLOW = "could not be judged: it takes too long"


class Late(Exception):
    """The time for all rules is up."""


@dataclass(frozen=True, slots=True)
class Check:
    """One `then` of a rule."""

    field: str
    selection: Selection | None
    function: Function
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule that is on. `exceptions` say of which severity it is below places of the document; None is off."""

    name: str
    severity: Severity
    description: str
    message: str | None
    formats: tuple[str, ...]
    given: tuple[Selection, ...]
    checks: tuple[Check, ...]
    resolved: bool
    exceptions: tuple[tuple[Path, Severity | None], ...] = ()

    @property
    def told(self) -> Rule:
        """As lists show it."""
        return Rule(self.name, self.severity, self.description)

    def applies_to(self, document: Any) -> bool:
        """Whether the document is of one of its formats, where it names any."""
        return not self.formats or any(is_of(document, name) for name in self.formats)

    def judge(self, document: Any, resolved: Resolved, tick: Callable[[], None]) -> Iterator[Finding]:
        """What breaks the rule. `tick` is called for each part that is looked at; what it raises goes through."""
        looked_at = resolved.document if self.resolved else document
        for selection in self.given:
            try:
                for target in selection.of(looked_at, tick):
                    for check in self.checks:
                        tick()
                        yield from self._judged(check, target, document, resolved)
            except PatternTooSlow:
                yield Finding(self.name, self.severity, "", TOO_SLOW, conclusive=False)

    def _judged(self, check: Check, target: Target, document: Any, resolved: Resolved) -> Iterator[Finding]:
        for part in parts_of(target, check):
            for below, error in check.function.judge(part.value, check.options, document):
                path = (*part.path, *below)
                written = resolved.source(path) if self.resolved else path
                if severity := self._severity_at(written):
                    yield Finding(self.name, severity, dotted(written), self._said(error, path, part.value))

    def _severity_at(self, path: Path) -> Severity | None:
        """That of the exception for the closest place above, of several the last."""
        closest: Path = ()
        severity: Severity | None = self.severity
        for place, other in self.exceptions:
            if len(place) >= len(closest) and tuple(map(str, path[: len(place)])) == place:
                closest, severity = place, other
        return severity

    def _said(self, error: str, path: Path, value: Any) -> str:
        known = {
            "error": error,
            "description": self.description,
            "path": dotted(path),
            "property": str(path[-1]) if path else "",
            "value": shown(value),
        }
        text = self.message or self.description or f"{known['property']} {error}".strip()
        return _PLACEHOLDER.sub(lambda found: known[found[1]], text)


def dotted(path: Path) -> str:
    """A path in text."""
    return ".".join(map(str, path))


def parts_of(target: Target, check: Check) -> Iterator[Target]:
    """What a check looks at: the target itself, or its field, absent or not."""
    if not check.field or not isinstance(target.value, dict | list):
        yield target
    elif check.field == "@key":
        names = target.value if isinstance(target.value, dict) else range(len(target.value))
        yield from (Target((*target.path, name), name) for name in names)
    elif check.selection:
        found = [Target((*target.path, *one.path), one.value) for one in check.selection.of(target.value)]
        yield from found or [Target(target.path, ABSENT)]
    else:
        yield _field(target, check.field)


def _field(target: Target, field: str) -> Target:
    """A field by its name, or by a path of names and indexes when there is none of that name."""
    if isinstance(target.value, dict) and field in target.value:
        return Target((*target.path, field), target.value[field])
    at, path = target.value, target.path
    for step in _FIELD.finditer(field):
        key: Any = int(step[1]) if step[1] else step[0]
        if isinstance(at, list) and isinstance(key, str) and key.isdecimal():
            key = int(key)
        path = (*path, key)
        try:
            at = at[key]
        except (KeyError, IndexError, TypeError):
            return Target((*target.path, field), ABSENT)
    return Target(path, at)


class Reader:
    """Reads the rules of one ruleset. Problems go to `report`, and what has some is left out."""

    def __init__(self, report: Callable[[Path, str], None], aliases: Mapping[str, Sequence[str]]) -> None:
        self._report = report
        self._aliases = aliases

    def rule(self, name: str, given: Any) -> CompiledRule | None:
        """The rule, None when it is off or cannot be used."""
        where: Path = ("rules", name)
        if not isinstance(given, dict):
            self._report(where, "must be an object, or off, or the severity of an inherited rule")
            return None
        for unknown in sorted(set(given) - _PROPERTIES):
            self._report((*where, unknown), "is no property of a rule")
        severity = self.severity(given.get("severity", "warn"), (*where, "severity"))
        selections = self._given(given.get("given"), (*where, "given"))
        checks = self._checks(given.get("then"), (*where, "then"))
        formats = self.formats(given.get("formats"), (*where, "formats"))
        for text in ("description", "message"):
            if not isinstance(given.get(text, ""), str):
                self._report((*where, text), "must be text")
        if severity is None or given.get("enabled") is False:
            return None
        return CompiledRule(
            name=name,
            severity=severity,
            description=str(given.get("description") or ""),
            message=given.get("message"),
            formats=formats,
            given=selections,
            checks=checks,
            resolved=given.get("resolved") is not False and not _looks_at_references(given.get("then")),
        )

    def severity(self, given: Any, where: Path) -> Severity | None:
        """A severity, None for off."""
        if given is False:  # what YAML reads `off` as
            return None
        key = given.lower() if isinstance(given, str) else given
        if not isinstance(key, str | int) or key not in SEVERITIES or key is True:
            self._report(where, f"'{shown(given)}' is none of error, warn, info, hint, off")
            return None
        return SEVERITIES[key]

    def formats(self, given: Any, where: Path) -> tuple[str, ...]:
        """The names of formats."""
        listed = given if isinstance(given, list) else [given] if given is not None else []
        for index, one in enumerate(listed):
            if not is_known(one):
                self._report((*where, index), f"'{shown(one)}' is no format that is known here")
        return tuple(one for one in listed if is_known(one))

    def _given(self, given: Any, where: Path) -> tuple[Selection, ...]:
        listed = given if isinstance(given, list) else [given]
        found = []
        for index, one in enumerate(listed):
            place = (*where, index) if isinstance(given, list) else where
            if not isinstance(one, str):
                self._report(place, "must be a JSONPath, or a list of those")
                continue
            found += [self._selection(expression, place) for expression in self._expanded(one, place)]
        return tuple(one for one in found if one)

    def _expanded(self, expression: str, where: Path, depth: int = 0) -> list[str]:
        """The expression, with each alias in it (`#Name…`) in all its meanings."""
        if not expression.startswith("#"):
            return [expression]
        name = re.match(r"#([A-Za-z][\w-]*)", expression)
        if name is None or name[1] not in self._aliases:
            self._report(where, f"'{shown(expression)}' begins with an alias that there is not")
            return []
        if depth > len(self._aliases):
            self._report(where, f"alias '{name[1]}' means itself")
            return []
        rest = expression[name.end() :]
        meanings = (self._expanded(one, where, depth + 1) for one in self._aliases[name[1]])
        return [meaning + rest for several in meanings for meaning in several]

    def _selection(self, expression: str, where: Path) -> Selection | None:
        try:
            return Selection(expression)
        except PathUnusable as error:
            self._report(where, f"'{shown(expression)}' {error}")
            return None

    def _checks(self, given: Any, where: Path) -> tuple[Check, ...]:
        listed = given if isinstance(given, list) else [given]
        found = [
            self._check(one, (*where, index) if isinstance(given, list) else where) for index, one in enumerate(listed)
        ]
        return tuple(one for one in found if one)

    def _check(self, given: Any, where: Path) -> Check | None:
        if not isinstance(given, dict):
            self._report(where, "must be an object with a function, or a list of those")
            return None
        for unknown in sorted(set(given) - {"field", "function", "functionOptions"}):
            self._report((*where, unknown), "is no property of a check")
        function = FUNCTIONS.get(given["function"]) if isinstance(given.get("function"), str) else None
        if function is None:
            told = shown(given.get("function"))
            self._report((*where, "function"), f"'{told}' is none of {', '.join(FUNCTIONS)}")
            return None
        options = given.get("functionOptions")
        options = {} if options is None else options
        if not isinstance(options, dict):
            self._report((*where, "functionOptions"), "must be an object")
            return None
        for unknown in sorted(set(options) - function.known):
            self._report((*where, "functionOptions", unknown), f"is no option of {given['function']}")
        if problem := function.options(options):
            self._report((*where, "functionOptions"), problem)
            return None
        field = given.get("field", "")
        if not isinstance(field, str):
            self._report((*where, "field"), "must be text")
            return None
        selection = self._selection(field, (*where, "field")) if field.startswith("$.") else None
        return Check(field, selection, function, options)


def _looks_at_references(then: Any) -> bool:
    """In a document without references nothing is referred to."""
    listed = then if isinstance(then, list) else [then]
    return any(isinstance(one, dict) and one.get("function") == "unreferencedReusableObject" for one in listed)
