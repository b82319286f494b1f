"""Queries of custom rules: our own one-line language, or the documented form of WSO2's Siddhi rate query.

    limit 10 requests per 1 min when userId == "admin@carbon.super"

What is counted, `1` and the condition may be left out. The condition is CEL over the attributes of the call. A Siddhi query
of two steps, one that chooses and names, one that counts in a `timeBatch`, says the same and is translated; anything else
is refused with the place that was not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.custom_rule import PLACEHOLDER
from gatehouse.domain.throttling.limit import WINDOW_SECONDS_MAX, Rate, Unit, window_seconds
from gatehouse.ports.throttling.expressions import ExpressionProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.throttling.expressions import Expressions

PATH = "siddhiQuery"
COUNT_MAX = 2**53 - 1

_OURS = re.compile(
    r"\s*limit\s+(?P<count>\d+)(?:\s+(?P<unit>(?!per\b)[a-z-]+))?\s+per\s+(?:(?P<times>\d+)\s+)?(?P<window>[a-z]+)"
    r"(?:\s+when\s+(?P<when>.+?))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_OURS_STEPS = (
    r"\s*limit\b",
    r"\s+\d+",
    r"(?:\s+(?!per\b)[a-z-]+)?\s+per\b",
    r"(?:\s+\d+)?\s+[a-z]+",
    r"(?:\s+when\b)?",
)
_CHOOSES = re.compile(
    r"\s*from\s+RequestStream\s+select\s+(?P<names>(?:\w+\s*,\s*)*)\((?P<when>.+?)\)\s*as\s+isEligible\s*,\s*"
    r"(?P<key>.+?)\s+as\s+throttleKey\s+insert\s+into\s+EligibilityStream\s*;",
    re.IGNORECASE | re.DOTALL,
)
_COUNTS = re.compile(
    r"\s*from\s+EligibilityStream\s*\[\s*isEligible\s*==\s*true\s*\]\s*#throttler:timeBatch\s*\(\s*(?P<times>\d+)\s+"
    r"(?P<window>[a-z]+)\s*(?:,\s*0\s*)?\)\s*select\s+throttleKey\s*,\s*\(\s*count\s*\(\s*\w*\s*\)\s*(?P<sign>>=|>)\s*"
    r"(?P<count>\d+)\s*\)\s*as\s+isThrottled\s*,\s*expiryTimeStamp\s+group\s+by\s+throttleKey\s+insert\s+all\s+events\s+"
    r"into\s+ResultStream\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CONCAT = re.compile(r"str:concat\s*\((?P<parts>.*)\)", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"\s*(?:'(?P<text>[^']*)'|\"(?P<quoted>[^\"]*)\"|(?P<name>[A-Za-z]\w*))\s*(?P<end>,|$)")
_WORDS = re.compile(r"'[^']*'|\"[^\"]*\"|\b(?:and|or|not)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\b(?:or|not|true|false)\b|\|\||!|\?", re.IGNORECASE)
_EQUALITY = re.compile(r"\b(?P<name>[A-Za-z]\w*)\s*==\s*(?:'(?P<text>[^']*)'|\"(?P<quoted>[^\"]*)\")")
_OPERATORS = {"and": "&&", "or": "||", "not": "!"}


@dataclass(frozen=True, slots=True)
class Counting:
    """What a query says: how much, and of which calls ("" is all)."""

    limit: Rate
    when: str


def counting_of(query: str, key_template: str, expressions: Expressions) -> Counting:
    """What the query says, checked. Raises Invalid with line and column, counted from 1."""
    if query.lstrip()[:4].lower() == "from":
        return _siddhi(query, key_template, expressions)
    match = _OURS.fullmatch(query)
    if match is None:
        raise _problem(
            query, _end_of(query), "expected: limit <count> [<unit>] per [<n>] <unit of time> [when <condition>]"
        )
    unit = (match["unit"] or Unit.REQUESTS).lower()
    if unit not in set(Unit):
        raise _problem(query, match.start("unit"), f"'{unit}' is not counted; use {', '.join(Unit)}")
    when = match["when"] or ""
    _check(query, when, match.start("when"), expressions)
    return Counting(_rate(query, match, int(match["count"]), Unit(unit)), when)


def _siddhi(query: str, key_template: str, expressions: Expressions) -> Counting:
    chooses = _CHOOSES.match(query)
    if chooses is None:
        problem = (
            "expected: FROM RequestStream SELECT …, (<condition>) AS isEligible, <key> AS throttleKey INSERT INTO …"
        )
        raise _problem(query, len(query) - len(query.lstrip()), problem)
    counts = _COUNTS.fullmatch(query, chooses.end())
    if counts is None:
        blank = len(query[chooses.end() :]) - len(query[chooses.end() :].lstrip())
        problem = "expected: FROM EligibilityStream[isEligible==true]#throttler:timeBatch(…) SELECT throttleKey, (count(…) >= …)"
        raise _problem(query, chooses.end() + blank, problem)
    condition = chooses["when"].strip()
    _check_key(query, chooses, condition, key_template)
    start = chooses.start("when") + len(chooses["when"]) - len(chooses["when"].lstrip())
    if "\\" in condition:
        problem = "a backslash means itself in Siddhi and not in CEL; write the rule in one line: limit … when …"
        raise _problem(query, start + condition.index("\\"), problem)
    when = _WORDS.sub(_translated, condition)
    # As long as what it was made of, so that what is wrong is found where it stands in the query.
    _check(query, _WORDS.sub(lambda word: _translated(word).ljust(len(word[0])), condition), start, expressions)
    count = int(counts["count"]) + (counts["sign"] == ">")
    return Counting(_rate(query, counts, count, Unit.REQUESTS), "" if when == "true" else when)


def _check_key(query: str, chooses: re.Match[str], condition: str, key_template: str) -> None:
    """The query's key must be the template's: calls are counted by the template.

    Where the condition says what an attribute is, the query may write that down in place of the attribute.
    """
    filled = _key_of(query, chooses)
    known = _constants(condition)
    if _with_constants(filled, known) == _with_constants(key_template, known):
        return
    problem = f"the key '{filled}' is not that of the key template, '{key_template}'"
    raise _problem(query, chooses.start("key"), problem)


def _key_of(query: str, chooses: re.Match[str]) -> str:
    """The query's key in the form of a template: attributes and texts, joined by `str:concat`. Raises Invalid."""
    concat = _CONCAT.fullmatch(chooses["key"])
    key, start = (concat["parts"], concat.start("parts")) if concat else (chooses["key"], 0)
    filled, at, end = "", 0, ","
    while end == ",":
        part = _PART.match(key, at)
        if part is None or (part["end"] and not concat):
            problem = "expected: an attribute or a text in quotation marks, or str:concat(…) of them"
            at += len(key[at:]) - len(key[at:].lstrip())
            raise _problem(query, chooses.start("key") + start + at, problem)
        filled += f"${part['name']}" if part["name"] else (part["text"] or part["quoted"] or "")
        at, end = part.end(), part["end"]
    return filled


def _constants(condition: str) -> dict[str, str]:
    """What a condition says attributes are. One with alternatives says nothing for certain."""
    outside = _WORDS.sub(lambda word: word[0] if word[0].lower() in _OPERATORS else "", condition)
    if _ALTERNATIVES.search(outside):
        return {}
    return {found["name"]: found["text"] or found["quoted"] or "" for found in _EQUALITY.finditer(condition)}


def _translated(word: re.Match[str]) -> str:
    """An operator as CEL spells it; a text stays as it is."""
    return _OPERATORS.get(word[0].lower(), word[0])


def _with_constants(key: str, known: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: known.get(found[3] or "", found[0]), key)


def _rate(query: str, match: re.Match[str], count: int, unit: Unit) -> Rate:
    if not 1 <= count <= COUNT_MAX:
        raise _problem(query, match.start("count"), f"the number must be from 1 to {COUNT_MAX}")
    times = int(match["times"] or 1)
    try:
        seconds = window_seconds(match["window"], times, path=PATH)
    except Invalid:
        problem = f"'{match['window']}' is no unit of time; use sec, min, hour, day, month or year"
        raise _problem(query, match.start("window"), problem) from None
    if not 1 <= seconds <= WINDOW_SECONDS_MAX:
        raise _problem(query, match.start("window"), "the window must be from a second to 10 years long")
    return Rate(count=count, seconds=seconds, unit=unit)


def _check(query: str, when: str, start: int, expressions: Expressions) -> None:
    if not when:
        return
    found = expressions.compile(when)
    if isinstance(found, ExpressionProblem):
        lines = when.split("\n")
        offset = sum(len(line) + 1 for line in lines[: found.line - 1]) + found.column - 1
        raise _problem(query, start + offset, found.problem)


def _end_of(query: str) -> int:
    """How far a query of our language was understood."""
    end = 0
    for step in _OURS_STEPS:
        match = re.compile(step, re.IGNORECASE).match(query, end)
        if match is None:
            break
        end = match.end()
    return min(len(query), end + len(query[end:]) - len(query[end:].lstrip()))


def _problem(query: str, offset: int, problem: str) -> Invalid:
    line = query.count("\n", 0, offset) + 1
    column = offset - (query.rfind("\n", 0, offset) + 1) + 1
    return Invalid.field(PATH, f"line {line}, column {column}: {problem}")
