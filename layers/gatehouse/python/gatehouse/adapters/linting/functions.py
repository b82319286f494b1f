"""The functions that rules are made of: what each says of a value, and what is wrong with how it is set up.

A function yields, for each thing that is wrong, where that is below the value and a sentence. It is asked about values that
are not there, too (`ABSENT`); all but `defined`, `truthy`, `undefined` and `falsy` have nothing to say of those.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.linting import patterns
from gatehouse.adapters.linting.casing import casing, casing_problem
from gatehouse.adapters.linting.reusables import unreferenced
from gatehouse.adapters.schemas import JsonSchemas
from gatehouse.mediation import patterns as linear

if TYPE_CHECKING:
    from gatehouse.adapters.linting.resolving import Path

Options = Mapping[str, Any]
Problem = tuple["Path", str]

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "nothing"})()
SHOWN_MAX = 80


@dataclass(frozen=True, slots=True)
class Function:
    """`judge` gets the value, the options and the whole document; `options` says what is wrong with those, "" for nothing."""

    judge: Callable[[Any, Options, Any], Iterator[Problem]]
    options: Callable[[Options], str]
    known: frozenset[str] = frozenset()


def shown(value: Any) -> str:
    """A value in a sentence."""
    if value is ABSENT:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _is_true(value: Any) -> bool:
    return isinstance(value, dict | list) or (value is not ABSENT and bool(value))


def _truthy(value: Any, _options: Options, _document: Any) -> Iterator[Problem]:
    if not _is_true(value):
        yield (), "must be there and not be empty, 0 or false"


def _falsy(value: Any, _options: Options, _document: Any) -> Iterator[Problem]:
    if _is_true(value):
        yield (), "must be absent, empty, 0 or false"


def _defined(value: Any, _options: Options, _document: Any) -> Iterator[Problem]:
    if value is ABSENT:
        yield (), "must be there"


def _undefined(value: Any, _options: Options, _document: Any) -> Iterator[Problem]:
    if value is not ABSENT:
        yield (), "must not be there"


def _pattern(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        return
    match, avoided = options.get("match"), options.get("notMatch")
    if match is not None and not patterns.found(match, value):
        yield (), f"'{shown(value)}' must match {match}"
    if avoided is not None and patterns.found(avoided, value):
        yield (), f"'{shown(value)}' must not match {avoided}"


def _pattern_options(options: Options) -> str:
    given = {name: options[name] for name in ("match", "notMatch") if name in options}
    if not given:
        return "needs match or notMatch"
    for name, pattern in given.items():
        if not isinstance(pattern, str):
            return f"{name}: must be text"
        if problem := patterns.problem(pattern):
            return f"{name}: {problem}"
    return ""


def _length(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, str | list | dict | int | float):
        return
    size = value if isinstance(value, int | float) else len(value)
    if "min" in options and size < options["min"]:
        yield (), f"is {size} long and must be at least {options['min']}"
    if "max" in options and size > options["max"]:
        yield (), f"is {size} long and may be at most {options['max']}"


def _length_options(options: Options) -> str:
    if not options:
        return "needs min or max"
    for name in ("min", "max"):
        if name in options and (isinstance(options[name], bool) or not isinstance(options[name], int | float)):
            return f"{name}: must be a number"
    return ""


def _casing(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    if isinstance(value, str) and value and (problem := casing(value, options)):
        yield (), problem


def _enumeration(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    # The members of a list, or the names in an object, are not judged: ask for them in `given`.
    if isinstance(value, str | int | float) and not any(_same(value, one) for one in options["values"]):
        yield (), f"'{shown(value)}' must be one of {', '.join(shown(one) for one in options['values'])}"


def _enumeration_options(options: Options) -> str:
    values = options.get("values")
    return "" if isinstance(values, list) and values else "needs values: a list"


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _schema(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    if value is ABSENT:
        return
    schema = options["schema"]
    if problem := JsonSchemas().problem(schema, schema.get("$defs") or {}, value):
        place, _, rule = problem.partition(": ")
        yield (), f"{place.lstrip('/') or 'it'} {rule}"


def _schema_options(options: Options) -> str:
    schema = options.get("schema")
    if not isinstance(schema, dict):
        return "needs schema: an object"
    return _schema_problem(schema)


def _schema_problem(schema: Any) -> str:
    if isinstance(schema, list):
        return next(filter(None, map(_schema_problem, schema)), "")
    if not isinstance(schema, dict):
        return ""
    reference = schema.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#/$defs/"):
        return f"schema: '{reference}' leads elsewhere; only #/$defs/… is followed"
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and (problem := linear.problem(pattern)):
        return f"schema: the pattern '{shown(pattern)}' {problem}"
    return next(filter(None, map(_schema_problem, schema.values())), "")


def _alphabetical(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    keyed = options.get("keyedBy")
    names = list(value) if isinstance(value, dict | list) else []
    if keyed is not None:
        names = [one.get(keyed) if isinstance(one, dict) else None for one in names]
    texts = [name if isinstance(name, str | int | float) else "" for name in names]
    for before, after in pairwise(texts):
        if _order(after) < _order(before):
            yield (), f"'{shown(after)}' must stand before '{shown(before)}'"
            return


def _order(name: Any) -> tuple[int, Any]:
    return (1, name) if isinstance(name, str) else (0, name)


def _xor(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    yield from _several(value, options["properties"], most=1, word="exactly one")


def _or(value: Any, options: Options, _document: Any) -> Iterator[Problem]:
    yield from _several(value, options["properties"], most=len(options["properties"]), word="at least one")


def _several(value: Any, names: list[str], *, most: int, word: str) -> Iterator[Problem]:
    if isinstance(value, dict) and not 1 <= sum(name in value for name in names) <= most:
        yield (), f"must have {word} of {', '.join(names)}"


def _properties_options(options: Options) -> str:
    names = options.get("properties")
    fits = isinstance(names, list) and len(names) > 1 and all(isinstance(name, str) for name in names)
    return "" if fits else "needs properties: a list of at least two names"


def _typed_enum(value: Any, _options: Options, _document: Any) -> Iterator[Problem]:
    if not isinstance(value, dict) or not isinstance(value.get("enum"), list) or "type" not in value:
        return
    schema = {"type": value["type"], **({"nullable": True} if value.get("nullable") else {})}
    for index, one in enumerate(value["enum"]):
        if one is None and value.get("nullable"):
            continue
        if JsonSchemas().problem(schema, {}, one):
            yield ("enum", index), f"'{shown(one)}' must be of type {shown(value['type'])}"


def _unreferenced(value: Any, options: Options, document: Any) -> Iterator[Problem]:
    if isinstance(value, dict):
        for name in unreferenced(value, options["reusableObjectsLocation"], document):
            yield (name,), f"'{name}' is referred to nowhere"


def _unreferenced_options(options: Options) -> str:
    location = options.get("reusableObjectsLocation")
    return "" if isinstance(location, str) and location.startswith("#") else "needs reusableObjectsLocation: #/…"


def _nothing(_options: Options) -> str:
    return ""


FUNCTIONS: Mapping[str, Function] = {
    "alphabetical": Function(_alphabetical, _nothing, frozenset({"keyedBy"})),
    "casing": Function(_casing, casing_problem, frozenset({"type", "disallowDigits", "separator"})),
    "defined": Function(_defined, _nothing),
    "enumeration": Function(_enumeration, _enumeration_options, frozenset({"values"})),
    "falsy": Function(_falsy, _nothing),
    "length": Function(_length, _length_options, frozenset({"min", "max"})),
    "or": Function(_or, _properties_options, frozenset({"properties"})),
    "pattern": Function(_pattern, _pattern_options, frozenset({"match", "notMatch"})),
    "schema": Function(_schema, _schema_options, frozenset({"schema", "dialect", "allErrors"})),
    "truthy": Function(_truthy, _nothing),
    "typedEnum": Function(_typed_enum, _nothing),
    "undefined": Function(_undefined, _nothing),
    "unreferencedReusableObject": Function(
        _unreferenced, _unreferenced_options, frozenset({"reusableObjectsLocation"})
    ),
    "xor": Function(_xor, _properties_options, frozenset({"properties"})),
}
"""By the name that rules call them by. `unreferencedReusableObject` looks at the document as it was written."""
