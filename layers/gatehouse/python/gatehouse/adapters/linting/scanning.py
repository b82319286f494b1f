"""Scanning the text of paths: where brackets close, and names that need quotes."""

from __future__ import annotations

import json
import re

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_PLAIN = re.compile(r"\*|-?\d+|-?\d*:-?\d*(?::-?\d*)?")
PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
"""A regular expression as JavaScript has it."""

_BEFORE_PATTERN = "(,=!&|?:["


class PathUnusable(Exception):
    """The path is none, or says what is not understood."""


def closing(text: str, at: int) -> int:
    """Where the bracket that opens here closes. Raises PathUnusable."""
    pairs, open_ = {"[": "]", "(": ")"}, []
    before = ""
    while at < len(text):
        letter = text[at]
        skipped = _QUOTED.match(text, at)
        if skipped is None and letter == "/" and before in _BEFORE_PATTERN:
            skipped = PATTERN.match(text, at)
        if skipped is not None and skipped.end() > at:
            at, before = skipped.end(), "'"
            continue
        if letter in pairs:
            open_.append(pairs[letter])
        elif open_ and letter == open_[-1]:
            open_.pop()
            if not open_:
                return at
        if not letter.isspace():
            before = letter
        at += 1
    raise PathUnusable("has a bracket that does not close")


def names_in(text: str, *, several: bool = False) -> str:
    """Names, numbers, slices and `*` as RFC 9535 writes them: names in quotes."""
    parts = _split(text) if several else [text]
    if not all(parts):
        raise PathUnusable("has empty brackets")
    return ",".join(part if _is_plain(part, several=several) else json.dumps(part) for part in parts)


def _is_plain(part: str, *, several: bool) -> bool:
    if not several:
        return False
    return bool(_QUOTED.fullmatch(part) or _PLAIN.fullmatch(part))


def _split(text: str) -> list[str]:
    parts, at, start = [], 0, 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        if text[at] == ",":
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, text[start:].strip()]
