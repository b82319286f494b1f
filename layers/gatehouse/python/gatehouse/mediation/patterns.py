"""Patterns: the regular expressions of API providers, matched against what callers send.

They run on RE2, whose time is linear in the text: no pattern, however unlucky, lets a caller keep the gateway busy. What RE2
cannot do in linear time (look-around, back references) is refused when the policy is saved.
"""

from __future__ import annotations

from functools import cache
from typing import Any

TEXT_CHARACTERS_MAX = 1_000_000
"""How much of a text is matched at most; callers of these functions decide what longer texts mean."""

PATTERN_CHARACTERS_MAX = 4_000

PROGRAM_SIZE_MAX = 2_000
"""How many steps RE2 may need for one character in the worst case; `.{500}` has 4,000. Half a second for a megabyte."""


def problem(pattern: str, *, program_size_max: int = PROGRAM_SIZE_MAX) -> str | None:
    """What is wrong with a pattern, None when it can be used. Who matches shorter texts may allow larger programs."""
    if len(pattern) > PATTERN_CHARACTERS_MAX:
        return f"is longer than {PATTERN_CHARACTERS_MAX} characters"
    compiled = _compiled(pattern, ignore_case=False)
    if compiled is None:
        return "is no regular expression of RE2 (look-around and back references are not supported)"
    return "repeats too much" if compiled.programsize > program_size_max else None


def found(pattern: str, text: str, *, ignore_case: bool = False) -> bool | None:
    """Whether the pattern occurs in the text; None when the pattern cannot be used."""
    compiled = _compiled(pattern, ignore_case=ignore_case)
    return None if compiled is None else compiled.search(_encoded(text)) is not None


def matches(pattern: str, text: str) -> bool | None:
    """Whether the pattern matches the whole of the text; None when the pattern cannot be used."""
    compiled = _compiled(pattern, ignore_case=False)
    return None if compiled is None else compiled.fullmatch(_encoded(text)) is not None


def _encoded(text: str) -> bytes:
    return text[:TEXT_CHARACTERS_MAX].encode("utf-8", "replace")


@cache
def _compiled(pattern: str, *, ignore_case: bool) -> Any:  # noqa: ANN401 -- RE2 ships no types
    import re2  # type: ignore[import-untyped] # noqa: PLC0415 -- only who matches pays for it

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        return re2.compile(pattern.encode("utf-8", "replace"), options)
    except re2.error:
        return None
