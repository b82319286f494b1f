"""Casing: how names are spelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.mediation import patterns

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPELLINGS = {
    "flat": "[a-z][a-z{d}]*",
    "camel": "[a-z][a-z{d}]*(?:[A-Z{d}](?:[a-z{d}]+|$))*",
    "pascal": "[A-Z][a-z{d}]*(?:[A-Z{d}](?:[a-z{d}]+|$))*",
    "kebab": "[a-z][a-z{d}]*(?:-[a-z{d}]+)*",
    "cobol": "[A-Z][A-Z{d}]*(?:-[A-Z{d}]+)*",
    "snake": "[a-z][a-z{d}]*(?:_[a-z{d}]+)*",
    "macro": "[A-Z][A-Z{d}]*(?:_[A-Z{d}]+)*",
}


def casing(text: str, options: Mapping[str, Any]) -> str:
    """What is wrong with the spelling; "" when nothing is."""
    kind = options["type"]
    spelling = _SPELLINGS[kind].replace("{d}", "" if options.get("disallowDigits") else "0-9")
    separator = options.get("separator")
    if separator:
        char = re.escape(separator["char"])
        leading = f"{char}?" if separator.get("allowLeading") else ""
        if text == separator["char"] and separator.get("allowLeading"):
            return ""
        spelling = f"{leading}(?:{spelling})(?:{char}(?:{spelling}))*"
    return "" if patterns.matches(spelling, text) else f"'{text[:80]}' must be spelled in {kind} case"


def casing_problem(options: Mapping[str, Any]) -> str:
    """What is wrong with how the function is set up; "" when nothing is."""
    if options.get("type") not in _SPELLINGS:
        return f"type: must be one of {', '.join(_SPELLINGS)}"
    separator = options.get("separator")
    if separator is not None and not (
        isinstance(separator, dict) and isinstance(separator.get("char"), str) and len(separator["char"]) == 1
    ):
        return "separator: must be an object with char: one character"
    return ""
