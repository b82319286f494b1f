"""Paths of rulesets: the JSONPath of JavaScript's linters, translated for python-jsonpath.

Theirs has names without quotes in brackets, `~` for the key and `^` for the parent of what was found, and filters that are
JavaScript. Of that what filters are made of is understood: comparisons, `&&`, `||`, `!`, `@property`, `.length`,
`.match(/…/)`, `/…/.test(…)`, `.includes(…)`, `.startsWith(…)`, `.endsWith(…)`. Everything else is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonpath import JSONPathEnvironment, JSONPathMatch, NodeList
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import UNDEFINED
from jsonpath.segments import JSONPathRecursiveDescentSegment

from gatehouse.adapters.linting import patterns
from gatehouse.adapters.linting.filters import translated
from gatehouse.adapters.linting.scanning import PathUnusable, closing, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.adapters.linting.resolving import Path

KEY, PARENT = "~", "^"
CHARACTERS_MAX = 2_000
_ENDS = ".[^~"
_ORDERS = frozenset({"<", ">", "<=", ">="})


Tick = Callable[[], None]
_TICK = "tick"


def _unwatched() -> None:
    """Nobody minds how long it takes."""


class Target:
    """A part of a document: where it is, and what it is."""

    __slots__ = ("path", "value")

    def __init__(self, path: Path, value: Any) -> None:
        self.path = path
        self.value = value


class Selection:
    """A compiled path. Raises PathUnusable for one that cannot be understood."""

    def __init__(self, expression: str) -> None:
        self._steps = [step if step in {KEY, PARENT} else _compiled(step) for step in _steps(expression)]

    def of(self, document: Any, tick: Tick = _unwatched) -> Iterator[Target]:
        """What the path finds, in the order of the document; nothing twice.

        `tick` is called for each part on the way; what it raises goes through. Raises PatternTooSlow.
        """
        found = [Target((), document)]
        for step in self._steps:
            if step == KEY:
                found = [Target(one.path, one.path[-1]) for one in found if one.path]
            elif step == PARENT:
                parents = {one.path[:-1]: None for one in found if one.path}
                found = [Target(path, _at(document, path)) for path in parents]
            else:
                found = [
                    Target((*one.path, *match.parts), match.obj) for one in found for match in _matches(step, one, tick)
                ]
        seen: set[Path] = set()
        for one in found:
            if one.path not in seen:
                seen.add(one.path)
                yield one


class _Match(JSONPathMatch):
    """A part on the way. Its path in text is left out: it would be made for each, and nobody reads it."""

    def new_child(self, obj: object, key: int | str) -> JSONPathMatch:
        context = self.filter_context()
        context[_TICK]()
        return _Match(filter_context=context, obj=obj, parent=self, parts=(*self.parts, key), path="", root=self.root)


class _Environment(JSONPathEnvironment):
    """python-jsonpath with the functions that filters are translated to, and with JavaScript's idea of truth."""

    match_class = _Match

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions.update(
            length_of=_length, found_in=_found_in, holds=_holds, begins=_begins, ends=_ends_with
        )

    def is_truthy(self, obj: object) -> bool:
        plain = _plain(obj)
        return isinstance(plain, dict | list) or bool(plain)

    def compare(self, left: object, operator: str, right: object) -> bool:
        # JavaScript orders a text and a number as numbers: keys are texts, as `200` is.
        if operator in _ORDERS:
            left, right = _ordered(left, right), _ordered(right, left)
        return super().compare(left, operator, right)


def _ordered(value: object, beside: object) -> object:
    plain = _plain(value)
    if isinstance(plain, str) and isinstance(_plain(beside), int | float):
        try:
            return float(plain)
        except ValueError:
            return UNDEFINED
    return value


def _length(value: object) -> object:
    plain = _plain(value)
    return len(plain) if isinstance(plain, str | list | dict) else UNDEFINED


def _found_in(value: object, pattern: object) -> bool:
    plain = _plain(value)
    return isinstance(plain, str | int) and patterns.found(str(pattern), str(plain))


def _holds(value: object, part: object) -> bool:
    plain, wanted = _plain(value), _plain(part)
    if isinstance(plain, str):
        return isinstance(wanted, str) and wanted in plain
    return isinstance(plain, list) and wanted in plain


def _begins(value: object, part: object) -> bool:
    plain = _plain(value)
    return isinstance(plain, str) and plain.startswith(str(_plain(part)))


def _ends_with(value: object, part: object) -> bool:
    plain = _plain(value)
    return isinstance(plain, str) and plain.endswith(str(_plain(part)))


def _plain(value: object) -> Any:
    """A value as JavaScript has it: of what a path found the first, None for nothing; containers are true, empty or not."""
    if isinstance(value, NodeList):
        value = value[0].obj if value else None
    if value is UNDEFINED:
        return None
    return value


_ENVIRONMENT = _Environment(well_typed=False)


def _matches(step: Any, one: Target, tick: Tick) -> Iterable[JSONPathMatch]:
    if not isinstance(one.value, dict | list):
        return ()
    # As the library does it, but with matches that tick.
    context = {_TICK: tick}
    root = _Match(filter_context=context, obj=one.value, parent=None, path="", parts=(), root=one.value)
    found: Iterable[JSONPathMatch] = [root]
    for segment in step.segments:
        if isinstance(segment, JSONPathRecursiveDescentSegment):
            found = _descended(found, segment.selectors)
        else:
            found = segment.resolve(found)
    return found


def _descended(nodes: Iterable[JSONPathMatch], selectors: Iterable[Any]) -> Iterator[JSONPathMatch]:
    """What these select in all that is below these nodes. The library's own visits each text as well."""
    for node in nodes:
        for below in _below(node):
            for selector in selectors:
                yield from selector.resolve(below)


def _below(node: JSONPathMatch) -> Iterator[JSONPathMatch]:
    yield node
    parts: Any = ()
    if isinstance(node.obj, dict):
        parts = node.obj.items()
    elif isinstance(node.obj, list):
        parts = enumerate(node.obj)
    for key, part in parts:
        if isinstance(part, dict | list):
            yield from _below(node.new_child(part, key))


def _compiled(path: str) -> Any:
    try:
        return _ENVIRONMENT.compile(path)
    except (JSONPathError, RecursionError) as error:
        problem = str(error).partition("\n")[0]
        raise PathUnusable(f"cannot be understood: {problem}") from error


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _steps(expression: str) -> list[str]:
    """JSONPaths that each start at what the step before found, and the operators between them."""
    if len(expression) > CHARACTERS_MAX:
        raise PathUnusable(f"is longer than {CHARACTERS_MAX} characters")
    if not expression.startswith("$"):
        raise PathUnusable("must start with $")
    steps, current, at = [], "$", 1
    while at < len(expression):
        letter = expression[at]
        if letter in {KEY, PARENT}:
            steps += [current, letter] if current != "$" else [letter]
            current, at = "$", at + 1
        elif letter == "[":
            end = closing(expression, at)
            current += _bracket(expression[at + 1 : end])
            at = end + 1
        elif letter == ".":
            part, at = _dotted(expression, at)
            current += part
        else:
            raise PathUnusable(f"has '{letter}' at character {at + 1}, where a part must begin with . or [")
    return [*steps, current] if current != "$" or not steps else steps


def _dotted(expression: str, at: int) -> tuple[str, int]:
    """A part that begins with a dot, and where it ends."""
    dots = ".." if expression.startswith("..", at) else "."
    start = at + len(dots)
    if dots == ".." and expression.startswith("[", start):
        end = closing(expression, start)
        return ".." + _bracket(expression[start + 1 : end]), end + 1
    end = start
    while end < len(expression) and expression[end] not in _ENDS:
        end += 1
    name = expression[start:end].strip()
    if "@" in name and name.endswith("()"):
        raise PathUnusable(f"selects by type ('{name}'), which is not supported")
    if not name:
        if dots == "..":
            return "..[*]", end
        raise PathUnusable(f"has nothing after the dot at character {at + 1}")
    part = "[*]" if name == "*" else f"[{names_in(name)}]"
    return (f"..{part}" if dots == ".." else part), end


def _bracket(inside: str) -> str:
    text = inside.strip()
    if text.startswith("?"):
        return f"[?{translated(text[1:])}]"
    if text.startswith("("):
        raise PathUnusable("holds a script in brackets, which is not run")
    return f"[{names_in(text, several=True)}]"
