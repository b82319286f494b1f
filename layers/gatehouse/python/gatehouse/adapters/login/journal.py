"""The audit lines of log-ins: one structured line each into the function's log, never with a password."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIGITS = 12


class LogJournal:
    """Implements `ports.people.lockouts.LoginJournal` on a log that takes lines."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def __call__(self, event: str, facts: Mapping[str, object]) -> None:
        """One entry."""
        self._write(json.dumps({"message": "audit", "audit": event, **facts}, ensure_ascii=False))


def write_line(line: str) -> None:
    """One line into the function's log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pseudonym(name: str) -> str:
    """What stands in the log for a name that is nobody's: it may be a password, typed into the wrong field."""
    digest = hashlib.sha256(name.lower().encode("utf-8", "replace")).hexdigest()
    return f"sha256:{digest[:_DIGITS]}"
