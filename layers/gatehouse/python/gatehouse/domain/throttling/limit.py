"""A rate is a limit: so much of a unit in every window of so many seconds.

Windows are fixed and aligned to the epoch. A month counts 30 days and a year 365: a counter's window must be the same
number everywhere, and calendars are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatehouse.domain.errors import Invalid

WINDOW_SECONDS_MAX = 10 * 365 * 86_400

_SECONDS = {
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}


class Unit(StrEnum):
    """What is counted of a call.

    `REQUESTS` is one per call. `BYTES` are those of the request's body. `EVENTS` are what an event API hands over: one per
    call of an HTTP API. Tokens are those of a language model, known only when it has answered.
    """

    REQUESTS = "requests"
    BYTES = "bytes"
    EVENTS = "events"
    PROMPT_TOKENS = "prompt-tokens"
    COMPLETION_TOKENS = "completion-tokens"
    TOTAL_TOKENS = "total-tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So much of a unit in so many seconds."""

    count: int
    seconds: int
    unit: Unit = Unit.REQUESTS


def window_seconds(unit: str, unit_time: int, *, path: str) -> int:
    """The length of a window. Units are WSO2's: `sec`, `min`, `hour(s)`, `day(s)`, `month(s)`, `year(s)`. Raises Invalid."""
    seconds = _SECONDS.get(unit.lower().removesuffix("s") if len(unit) > len("sec") else unit.lower())
    if seconds is None:
        raise Invalid.field(path, f"'{unit}' is no time unit; use sec, min, hour, day, month or year")
    return seconds * unit_time
