"""A ruleset: its rules, those that it inherits from ours, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.linting.functions import shown
from gatehouse.adapters.linting.overrides import PROPERTIES, overrides_of
from gatehouse.adapters.linting.rules import CompiledRule, Reader
from gatehouse.adapters.linting.texts import Text
from gatehouse.domain.errors import FieldError
from gatehouse.domain.publishing.governance import RulesetInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.linting.overrides import Override
    from gatehouse.adapters.linting.resolving import Path
    from gatehouse.domain.publishing.governance import Severity

PROBLEMS_MAX = 20
RULES_MAX = 300
VARIANTS_REMEMBERED = 20
"""So many sets of rules of one ruleset are kept, each for other files."""

INHERITED = {
    "spectral:oas": "oas",
    "spectral:asyncapi": "asyncapi",
    "gatehouse:rest": "rest",
    "gatehouse:security": "security",
    "gatehouse:owasp": "owasp",
}
"""What rulesets may extend, and the file of ours that it stands in."""

_PROPERTIES = frozenset({*PROPERTIES - {"files"}, "overrides", "except"})
_CODE = {
    "functions": "functions of one's own are code, which is not run here",
    "functionsDir": "functions of one's own are code, which is not run here",
}
_RECOMMENDED, _ALL, _OFF = "recommended", "all", "off"


class Compiled:
    """A ruleset that can be run. `rules` are those that are on where nothing is overridden, by name."""

    def __init__(self, content: bytes) -> None:
        """Raises RulesetInvalid, also for what would be wrong with some file."""
        self._ruleset = _Ruleset(content)
        self.rules = self._ruleset.rules(())
        self._variants: dict[tuple[Path, ...], tuple[CompiledRule, ...]] = {}
        for one in self._ruleset.overrides:
            self._ruleset.rules((one,))

    def rules_for(self, file: str) -> tuple[CompiledRule, ...]:
        """The rules that are on for a file."""
        covering = [one for one in self._ruleset.overrides if one.covers(file)]
        key = tuple(one.where for one in covering)
        if key not in self._variants:
            while len(self._variants) >= VARIANTS_REMEMBERED:
                self._variants.pop(next(iter(self._variants)))
            self._variants[key] = self._ruleset.rules(covering) if covering else self.rules
        exceptions = self._ruleset.exceptions(file)
        if not exceptions:
            return self._variants[key]
        return tuple(replace(one, exceptions=tuple(exceptions.get(one.name, ()))) for one in self._variants[key])


@cache
def shipped(name: str) -> bytes:
    """The text of a ruleset of ours."""
    return resources.files(__package__ or "").joinpath("rulesets", f"{name}.yaml").read_bytes()


class _Ruleset:
    """What a ruleset says. Raises RulesetInvalid for what is none."""

    def __init__(self, content: bytes) -> None:
        self._text = Text(content)
        self._problems: list[FieldError] = []
        data = self._text.data
        if not isinstance(data, dict):
            raise RulesetInvalid.of([FieldError("", "a ruleset is an object with rules")])
        self._data: dict[str, Any] = data
        for name in sorted(set(data) - _PROPERTIES):
            self._report((name,), _CODE.get(name, "is no property of a ruleset"))
        self.overrides = overrides_of(data, self._report)
        self._aliases_known = self._aliases(data.get("aliases"), ("aliases",))

    def rules(self, overrides: Sequence[Override]) -> tuple[CompiledRule, ...]:
        """The rules that are on where these override what the ruleset says. Raises RulesetInvalid."""
        own = self._data.get("rules")
        if own is None and not self._data.get("extends"):
            self._report((), "a ruleset has rules, or extends one that has")
        elif own is not None and not isinstance(own, dict):
            self._report(("rules",), "must be an object: rules by name")
        aliases = dict(self._aliases_known)
        for one in overrides:
            aliases |= self._aliases(one.body.get("aliases"), (*one.where, "aliases"))
        stages: list[tuple[Path, Mapping[str, Any]]] = [((), self._data), *((one.where, one.body) for one in overrides)]
        formats: tuple[str, ...] = ()
        documents: dict[str, tuple[Path, Any]] = {}
        on: set[str] = set()
        for where, body in stages:
            reader = Reader(partial(self._report_below, where), aliases)
            formats += reader.formats(body.get("formats"), ("formats",))
            self._inherit(where, body.get("extends"), documents, on)
            rules = body.get("rules")
            self._amend(reader, where, rules if isinstance(rules, dict) else {}, documents, on)
        if len(on) > RULES_MAX:
            self._report(("rules",), f"there are {len(on)} rules; at most {RULES_MAX} may be")
        found = [
            Reader(partial(self._report_below, documents[name][0]), aliases).rule(name, documents[name][1])
            for name in sorted(on)
        ]
        if self._problems:
            raise RulesetInvalid.of(self._problems[:PROBLEMS_MAX])
        return tuple(_limited(one, formats) for one in found if one)

    def exceptions(self, file: str) -> dict[str, list[tuple[Path, Severity | None]]]:
        """Of which severity rules are below places of a file, by rule; None is off."""
        found: dict[str, list[tuple[Path, Severity | None]]] = {}
        for one in self.overrides:
            reader = Reader(partial(self._report_below, one.where), {})
            for place in one.places(file):
                for name, said in one.body.get("rules", {}).items():
                    found.setdefault(name, []).append((place, reader.severity(said, ("rules", name))))
        return found

    def _inherit(self, where: Path, extends: Any, documents: dict[str, tuple[Path, Any]], on: set[str]) -> None:
        for name, which in self._extended(extends, (*where, "extends")):
            inherited = Text(shipped(name)).data["rules"]
            documents |= {rule: (where, said) for rule, said in inherited.items()}
            on |= {rule for rule, said in inherited.items() if which == _ALL or _is_recommended(said, which)}

    def _amend(
        self,
        reader: Reader,
        where: Path,
        own: Mapping[str, Any],
        documents: dict[str, tuple[Path, Any]],
        on: set[str],
    ) -> None:
        for name, said in own.items():
            if isinstance(said, dict):
                documents[name] = where, said
                on.add(name)
            elif name in documents:
                place, inherited = documents[name]
                changed, switched = self._switched(reader, name, inherited, said)
                documents[name] = place, changed
                (on.add if switched else on.discard)(name)
            elif reader.severity(said, ("rules", name)) is not None or where:
                self._report_below(where, ("rules", name), "there is no such rule to be inherited")

    def _switched(self, reader: Reader, name: str, inherited: dict[str, Any], said: Any) -> tuple[dict[str, Any], bool]:
        """An inherited rule as its heir wants it, and whether it is on."""
        if said is True:
            return inherited, True
        severity = reader.severity(said, ("rules", name))
        return ({**inherited, "severity": severity.lower()}, True) if severity else (inherited, False)

    def _extended(self, extends: Any, where: Path) -> list[tuple[str, str]]:
        listed = extends if isinstance(extends, list) else [extends] if extends is not None else []
        found = []
        for index, one in enumerate(listed):
            name, which = one if isinstance(one, list) and len(one) == 2 else (one, _RECOMMENDED)  # noqa: PLR2004 -- a pair
            which = _OFF if which is False else which
            if not isinstance(name, str) or name not in INHERITED:
                self._report((*where, index), f"'{shown(name)}' is none of {', '.join(INHERITED)}; nothing is fetched")
            elif which not in {_RECOMMENDED, _ALL, _OFF}:
                self._report((*where, index), f"'{shown(which)}' is none of recommended, all, off")
            else:
                found.append((INHERITED[name], which))
        return found

    def _aliases(self, given: Any, where: Path) -> dict[str, list[str]]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._report(where, "must be an object: JSONPaths by name")
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
                self._report((*where, name), "must be a list of JSONPaths")
                continue
            found[name] = meanings
        return found

    def _report_below(self, where: Path, path: Path, problem: str) -> None:
        self._report((*where, *path), problem)

    def _report(self, path: Path, problem: str) -> None:
        self._problems.append(FieldError(".".join(map(str, path)), f"{problem} (line {self._text.line(path)})"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_recommended(rule: Any, which: str) -> bool:
    return which == _RECOMMENDED and isinstance(rule, Mapping) and rule.get("recommended") is not False


def _limited(rule: CompiledRule, formats: tuple[str, ...]) -> CompiledRule:
    return replace(rule, formats=formats) if formats and not rule.formats else rule
