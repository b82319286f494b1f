"""Filters of paths: JavaScript's expressions, translated to what python-jsonpath understands."""

from __future__ import annotations

import json
import re

from gatehouse.adapters.linting import patterns
from gatehouse.adapters.linting.scanning import PATTERN, PathUnusable, closing

_METHODS = {"match": "found_in", "includes": "holds", "startsWith": "begins", "endsWith": "ends"}
_WORDS = {"true", "false", "null", "undefined"}
_SPACE = re.compile(r"\s+")
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_OPERATOR = re.compile(r"===|!==|==|!=|<=|>=|&&|\|\||<|>|!")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_ROOT = re.compile(r"@property\b|@root\b|@|\$")
_NAME = re.compile(r"\.([A-Za-z_$][\w$-]*)")
_CALL = re.compile(r"\.([A-Za-z]+)\s*\(")


def translated(text: str) -> str:
    """The filter without its question mark. Raises PathUnusable that names what is not understood."""
    return _Translation(text.strip()).whole()


class _Translation:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> str:
        out = []
        while self._at < len(self._text):
            out.append(self._next())
        return "".join(out)

    def _next(self) -> str:
        if space := self._take(_SPACE):
            return " " if space else ""
        if operator := self._take(_OPERATOR):
            return {"===": "==", "!==": "!="}.get(operator, operator)
        if self._text[self._at] in "()":
            self._at += 1
            return self._text[self._at - 1]
        return self._operand()

    def _operand(self) -> str:
        if pattern := self._take(PATTERN):
            return self._tested(pattern)
        for kind in (_TEXT, _NUMBER):
            if constant := self._take(kind):
                return constant
        if root := self._take(_ROOT):
            return self._called(self._path(root))
        if word := self._take(_WORD):
            if word not in _WORDS:
                raise PathUnusable(f"uses '{word}' in a filter, which is not understood")
            return word
        raise PathUnusable(f"has '{self._text[self._at]}' in a filter, which is not understood")

    def _path(self, root: str) -> str:
        path = {"@property": "#", "@root": "$"}.get(root, root)
        while self._at < len(self._text):
            name = _NAME.match(self._text, self._at)
            if self._text[self._at] == "[":
                end = closing(self._text, self._at)
                path += self._text[self._at : end + 1]
                self._at = end + 1
            elif name and not _CALL.match(self._text, self._at):
                self._at = name.end()
                if name[1] == "length":
                    return f"length_of({path})"
                path += f"[{json.dumps(name[1])}]"
            else:
                break
        if path.startswith("@") and root == "@" and self._text[self._at : self._at + 1].isalpha():
            word = self._take(_WORD) or ""
            raise PathUnusable(f"uses '@{word}' in a filter, which is not understood")
        return path

    def _called(self, path: str) -> str:
        """Calls of methods, as calls of functions."""
        while call := _CALL.match(self._text, self._at):
            if call[1] not in _METHODS:
                raise PathUnusable(f"calls '{call[1]}' in a filter, which is not understood")
            end = closing(self._text, call.end() - 1)
            argument = self._text[call.end() : end].strip()
            self._at = end + 1
            written = _pattern(argument) if PATTERN.fullmatch(argument) else translated(argument)
            path = f"{_METHODS[call[1]]}({path}, {written})"
        return path

    def _tested(self, pattern: str) -> str:
        call = _CALL.match(self._text, self._at)
        if not call or call[1] != "test":
            raise PathUnusable("has a regular expression in a filter that nothing is tested with")
        end = closing(self._text, call.end() - 1)
        argument = self._text[call.end() : end]
        self._at = end + 1
        return f"found_in({translated(argument)}, {_pattern(pattern)})"

    def _take(self, kind: re.Pattern[str]) -> str:
        found = kind.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found[0] if found else ""


def _pattern(written: str) -> str:
    if problem := patterns.problem(written):
        raise PathUnusable(f"has a pattern in a filter that {problem}")
    return json.dumps(written)
