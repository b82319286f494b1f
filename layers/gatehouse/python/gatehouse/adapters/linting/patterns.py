"""Patterns of rulesets: JavaScript's regular expressions, with look-around, under a time limit."""

from __future__ import annotations

from functools import lru_cache

import regex  # type: ignore[import-untyped] # its types are a package of their own

CHARACTERS_MAX = 4_000
SECONDS = 0.1
"""How long one pattern may look at one text: an unlucky pair takes for ever otherwise."""

_DELIMITED = regex.compile(r"/(?P<body>.+)/(?P<flags>[a-z]*)", regex.DOTALL)
_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL, "u": regex.UNICODE}


class PatternTooSlow(Exception):
    """A pattern did not come to an end in time."""


def problem(pattern: str) -> str:
    """What is wrong with a pattern; "" when it can be used."""
    if len(pattern) > CHARACTERS_MAX:
        return f"is longer than {CHARACTERS_MAX} characters"
    try:
        _compiled(pattern)
    except regex.error as error:
        return f"is no regular expression: {error}"
    return ""


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text; it may be written `/…/flags`. Raises PatternTooSlow."""
    try:
        return _compiled(pattern).search(text, timeout=SECONDS) is not None
    except TimeoutError as error:
        raise PatternTooSlow(pattern) from error


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches the whole of the text. Raises PatternTooSlow."""
    try:
        return _compiled(pattern).fullmatch(text, timeout=SECONDS) is not None
    except TimeoutError as error:
        raise PatternTooSlow(pattern) from error


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> regex.Pattern[str]:
    body, flags = pattern, regex.ASCII
    if delimited := _DELIMITED.fullmatch(pattern):
        body = delimited["body"]
        for letter in delimited["flags"]:
            flags |= _FLAGS.get(letter, 0)
    if flags & regex.UNICODE:
        flags &= ~regex.ASCII
    # At the end of JavaScript's texts, `$` is the end, and no line break before it.
    return regex.compile(_with_plain_ends(body) if not flags & regex.MULTILINE else body, flags)


def _with_plain_ends(pattern: str) -> str:
    r"""The pattern with `\Z` for each `$` that means the end."""
    out, escaped, in_class = [], False, False
    for letter in pattern:
        if not escaped and not in_class and letter == "$":
            out.append(r"\Z")
        else:
            out.append(letter)
        if not escaped and letter == "[":
            in_class = True
        elif not escaped and letter == "]":
            in_class = False
        escaped = not escaped and letter == "\\"
    return "".join(out)
