"""How much of an API's calls the gateway writes into its log, beyond the line that every call leaves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = ""
"""What stands for the whole API where levels are kept by operation (`GET /menu`)."""


class LogLevel(StrEnum):
    """`OFF` and `BASIC` leave it at the line, `STANDARD` adds headers, `FULL` bodies too. Credentials are never written."""

    OFF = "OFF"
    BASIC = "BASIC"
    STANDARD = "STANDARD"
    FULL = "FULL"


def level_of(levels: Mapping[str, str], verb: str, target: str) -> LogLevel:
    """The level of one operation: its own, else that of the API, else OFF."""
    return LogLevel(levels.get(f"{verb} {target}") or levels.get(WHOLE) or LogLevel.OFF)
