"""A ruleset: its rules, those that it inherits from ours, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.linting.functions import shown
from gatehouse.adapters.linting.rules import CompiledRule, Reader
from gatehouse.adapters.linting.texts import Text
from gatehouse.domain.errors import FieldError
from gatehouse.domain.publishing.governance import RulesetInvalid

if TYPE_CHECKING:
    from gatehouse.adapters.linting.resolving import Path

PROBLEMS_MAX = 20
RULES_MAX = 300
INHERITED = {
    "spectral:oas": "oas",
    "spectral:asyncapi": "asyncapi",
    "gatehouse:rest": "rest",
    "gatehouse:security": "security",
    "gatehouse:owasp": "owasp",
}
"""What rulesets may extend, and the file of ours that it stands in."""

_PROPERTIES = frozenset({"rules", "extends", "aliases", "formats", "documentationUrl", "parserOptions", "description"})
_CODE = {
    "functions": "functions of one's own are code, which is not run here",
    "functionsDir": "functions of one's own are code, which is not run here",
    "overrides": "overrides are for files, and there are none here",
    "except": "exceptions are for files, and there are none here",
}
_RECOMMENDED, _ALL, _OFF = "recommended", "all", "off"


def compiled(content: bytes) -> tuple[CompiledRule, ...]:
    """The rules that are on, by name. Raises RulesetInvalid."""
    return _Ruleset(content).rules()


@cache
def shipped(name: str) -> bytes:
    """The text of a ruleset of ours."""
    return resources.files(__package__ or "").joinpath("rulesets", f"{name}.yaml").read_bytes()


class _Ruleset:
    def __init__(self, content: bytes) -> None:
        self._text = Text(content)
        self._problems: list[FieldError] = []

    def rules(self) -> tuple[CompiledRule, ...]:
        data = self._text.data
        if not isinstance(data, dict):
            raise RulesetInvalid.of([FieldError("", "a ruleset is an object with rules")])
        for name in sorted(set(data) - _PROPERTIES):
            self._report((name,), _CODE.get(name, "is no property of a ruleset"))
        own = data.get("rules")
        if own is None and not data.get("extends"):
            self._report((), "a ruleset has rules, or extends one that has")
        elif own is not None and not isinstance(own, dict):
            self._report(("rules",), "must be an object: rules by name")
        reader = Reader(self._report, self._aliases(data.get("aliases")))
        formats = reader.formats(data.get("formats"), ("formats",))
        found = self._combined(reader, own if isinstance(own, dict) else {}, data.get("extends"))
        if len(found) > RULES_MAX:
            self._report(("rules",), f"there are {len(found)} rules; at most {RULES_MAX} may be")
        if self._problems:
            raise RulesetInvalid.of(self._problems[:PROBLEMS_MAX])
        return tuple(_limited(one, formats) for one in found)

    def _combined(self, reader: Reader, own: Mapping[str, Any], extends: Any) -> list[CompiledRule]:
        documents: dict[str, Any] = {}
        on: set[str] = set()
        for name, which in self._extended(extends):
            inherited = Text(shipped(name)).data["rules"]
            documents |= inherited
            on |= {rule for rule, said in inherited.items() if which == _ALL or _is_recommended(said, which)}
        for name, said in own.items():
            if isinstance(said, dict):
                documents[name] = said
                on.add(name)
            elif name in documents:
                documents[name], switched = self._switched(reader, name, documents[name], said)
                on = on | {name} if switched else on - {name}
            elif reader.severity(said, ("rules", name)) is not None:
                self._report(("rules", name), "there is no such rule to be inherited")
        rules = (reader.rule(name, documents[name]) for name in sorted(on))
        return [rule for rule in rules if rule]

    def _switched(self, reader: Reader, name: str, inherited: dict[str, Any], said: Any) -> tuple[dict[str, Any], bool]:
        """An inherited rule as its heir wants it, and whether it is on."""
        if said is True:
            return inherited, True
        severity = reader.severity(said, ("rules", name))
        return ({**inherited, "severity": severity.lower()}, True) if severity else (inherited, False)

    def _extended(self, extends: Any) -> list[tuple[str, str]]:
        listed = extends if isinstance(extends, list) else [extends] if extends is not None else []
        found = []
        for index, one in enumerate(listed):
            name, which = one if isinstance(one, list) and len(one) == 2 else (one, _RECOMMENDED)  # noqa: PLR2004 -- a pair
            which = _OFF if which is False else which
            if not isinstance(name, str) or name not in INHERITED:
                self._report(
                    ("extends", index), f"'{shown(name)}' is none of {', '.join(INHERITED)}; nothing is fetched"
                )
            elif which not in {_RECOMMENDED, _ALL, _OFF}:
                self._report(("extends", index), f"'{shown(which)}' is none of recommended, all, off")
            else:
                found.append((INHERITED[name], which))
        return found

    def _aliases(self, given: Any) -> dict[str, list[str]]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._report(("aliases",), "must be an object: JSONPaths by name")
            return {}
        found = {}
        for name, meaning in given.items():
            if isinstance(meaning, dict) and isinstance(meaning.get("targets"), list):
                meanings = [
                    each for one in meaning["targets"] if isinstance(one, dict) for each in _listed(one.get("given"))
                ]
            else:
                meanings = _listed(meaning)
            if not meanings or not all(isinstance(one, str) for one in meanings):
                self._report(("aliases", name), "must be a list of JSONPaths")
                continue
            found[name] = meanings
        return found

    def _report(self, path: Path, problem: str) -> None:
        self._problems.append(FieldError(".".join(map(str, path)), f"{problem} (line {self._text.line(path)})"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_recommended(rule: Any, which: str) -> bool:
    return which == _RECOMMENDED and isinstance(rule, Mapping) and rule.get("recommended") is not False


def _limited(rule: CompiledRule, formats: tuple[str, ...]) -> CompiledRule:
    return replace(rule, formats=formats) if formats and not rule.formats else rule
