"""Header lines: several headers in one text, as HTTP writes them: `Name: value`, one a line."""

from __future__ import annotations

import re

from gatehouse.mediation.headers import NAME_PATTERN

_LINE = re.compile(rf"\s*({NAME_PATTERN})\s*:(.*)")


def header_lines(text: str) -> list[tuple[str, str]]:
    """The headers, in their order; lines that are none are left out."""
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return [(match[1], match[2].strip()) for match in found if match]


def header_lines_problem(text: str) -> str | None:
    """What is wrong with a text of header lines, None when nothing is."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not _LINE.fullmatch(line):
            return f"has a line {number} that is not 'Name: value'"
    return None
