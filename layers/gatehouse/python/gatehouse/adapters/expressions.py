"""Expressions in CEL, by an evaluator written in Rust: some microseconds each, and no pattern takes more than linear time.

What this product has no use for is refused before it runs: loops over lists, because their work multiplies, and every name
that is no attribute of a call, because a misspelt one would silently never hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

from gatehouse.domain.throttling.custom_rule import ATTRIBUTES, CUSTOM_PROPERTY
from gatehouse.mediation import patterns
from gatehouse.ports.throttling.expressions import ExpressionProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.ports.throttling.expressions import Program

CHARACTERS_MAX = 2_000
VALUE_DEPTH_MAX = 8
"""How deep lists and maps of a claim may be nested; deeper ones are not handed to the evaluator."""

_FUNCTIONS = frozenset({"bool", "double", "has", "int", "size", "string", "uint"})
_METHODS = frozenset({"contains", "endsWith", "matches", "size", "startsWith"})
_WORDS = frozenset({"false", "in", "null", "true"})

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<string>[rRbB]{0,2}(?:"{3}(?s:\\.|.)*?"{3}|'{3}(?s:\\.|.)*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<number>\d[\w.]*)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>.)""",
    re.VERBOSE | re.ASCII,
)
_SYNTAX = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_EXPECTATION = re.compile(r" expecting .*")


class CelExpressions:
    """Implements `ports.throttling.expressions.Expressions`."""

    def compile(self, text: str) -> Program | ExpressionProblem:
        """A program for this text, or what is wrong with it."""
        if len(text) > CHARACTERS_MAX:
            return _problem(f"is longer than {CHARACTERS_MAX} characters", text, CHARACTERS_MAX)
        try:
            compiled = _engine().compile(text)
        except ValueError as error:
            return _syntax(str(error))
        return _unknown(text) or _pointless(compiled) or _Program(compiled, _named(text))


@dataclass(frozen=True, slots=True)
class _Program:
    """`attributes` are those that it names: the evaluator converts whatever it is handed."""

    compiled: Any
    attributes: tuple[str, ...]

    def __call__(self, attributes: Mapping[str, Any]) -> bool | None:
        """Implements `ports.throttling.expressions.Program`."""
        try:
            answer = self.compiled.execute({name: _plain(attributes[name]) for name in self.attributes})
        except Exception:  # noqa: BLE001 -- claims are whatever an issuer wrote; no answer is an answer here
            return None
        return answer if isinstance(answer, bool) else None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    found = (_Token(str(one.lastgroup), one.group(), one.start()) for one in _TOKEN.finditer(text))
    return [token for token in found if token.kind != "blank"]


def _named(text: str) -> tuple[str, ...]:
    names = {token.text for token in _tokens(text) if token.kind == "name"}
    return tuple(names & {*ATTRIBUTES, CUSTOM_PROPERTY})


def _unknown(text: str) -> ExpressionProblem | None:
    """The first name that means nothing here."""
    end = _Token("end", "", len(text))
    tokens = [end, *_tokens(text), end, end]
    for before, token, after, later in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if token.kind == "name" and (problem := _misused(before.text, token.text, after.text, later)):
            return _problem(problem, text, token.at)
    return None


def _misused(before: str, name: str, after: str, later: _Token) -> str | None:
    if before == ".":
        if after != "(":
            return None
        if name not in _METHODS:
            return f"'{name}' cannot be called here; use {', '.join(sorted(_METHODS))}"
        return _pattern_problem(later) if name == "matches" else None
    if after == "(":
        return None if name in _FUNCTIONS | _WORDS else f"'{name}' is no function; use {', '.join(sorted(_FUNCTIONS))}"
    if name in _WORDS or name in ATTRIBUTES or name == CUSTOM_PROPERTY:
        return None
    return f"'{name}' is no attribute of a call; use {', '.join(sorted(ATTRIBUTES))} or {CUSTOM_PROPERTY}"


def _pattern_problem(argument: _Token) -> str | None:
    """What is matched against must stand in the expression: a caller may not bring the pattern."""
    if argument.kind != "string":
        return "matches() takes a pattern in quotation marks"
    problem = patterns.problem(str(_engine().evaluate(argument.text)))
    return f"the pattern {problem}" if problem else None


def _pointless(compiled: Any) -> ExpressionProblem | None:
    """Tried on a call without attributes: what is wrong with it whatever the attributes are."""
    try:
        answer = compiled.execute(dict.fromkeys(ATTRIBUTES, "") | {CUSTOM_PROPERTY: {}})
    except TypeError:
        return _problem("compares or joins what is not alike; attributes are text, use int(...) for numbers", "", 0)
    except Exception:  # noqa: BLE001 -- it may hold of other calls
        return None
    return None if isinstance(answer, bool) else _problem("is neither true nor false", "", 0)


def _problem(problem: str, text: str, at: int) -> ExpressionProblem:
    return ExpressionProblem(
        problem=problem, line=text.count("\n", 0, at) + 1, column=at - (text.rfind("\n", 0, at) + 1) + 1
    )


def _syntax(message: str) -> ExpressionProblem:
    found = _SYNTAX.search(message)
    if found is None:
        return _problem("is no expression", "", 0)
    return ExpressionProblem(problem=_EXPECTATION.sub("", found[3]), line=int(found[1]), column=int(found[2]))


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as the evaluator may have it; what is nested too deep is absent."""
    if isinstance(value, dict) and depth < VALUE_DEPTH_MAX:
        return dict(_members(value.items(), depth))
    if isinstance(value, list | tuple) and depth < VALUE_DEPTH_MAX:
        return [_plain(member, depth + 1) for member in value]
    return value if isinstance(value, str | int | float | bool) else None


def _members(items: Any, depth: int) -> Iterator[tuple[str, Any]]:
    return ((str(name), _plain(value, depth + 1)) for name, value in items)


@cache
def _engine() -> Any:
    """The compiled module of package `cel` by itself: the package's own import loads a command line, for 0.3 s."""
    package = find_spec("cel")
    folders = package.submodule_search_locations if package else None
    module = FileFinder(folders[0], (ExtensionFileLoader, EXTENSION_SUFFIXES)).find_spec("cel") if folders else None
    if module is None or module.loader is None:
        message = "package common-expression-language is not installed"
        raise ImportError(message)
    engine = module_from_spec(module)
    module.loader.exec_module(engine)
    return engine
