"""Limits as policies carry them: the interface's `ThrottleLimit` in, the rates that the gateway counts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.limit import WINDOW_SECONDS_MAX, Rate, Unit, window_seconds
from gatehouse.domain.throttling.policy import (
    AI_QUOTA,
    BANDWIDTH,
    EVENT_COUNT,
    REQUEST_COUNT,
    PolicyKind,
    UnsupportedLimit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Document = dict[str, Any]

MEMBERS = {
    REQUEST_COUNT: "requestCount",
    BANDWIDTH: "bandwidth",
    EVENT_COUNT: "eventCount",
    AI_QUOTA: "aiApiQuota",
}
"""Which property of a limit belongs to its type."""

_SUPPORTED = {
    PolicyKind.SUBSCRIPTION: tuple(MEMBERS),
    PolicyKind.APPLICATION: (REQUEST_COUNT, BANDWIDTH),
    PolicyKind.ADVANCED: (REQUEST_COUNT, BANDWIDTH),
}
_COUNTS = {
    REQUEST_COUNT: (("requestCount", Unit.REQUESTS),),
    EVENT_COUNT: (("eventCount", Unit.EVENTS),),
    AI_QUOTA: (
        ("requestCount", Unit.REQUESTS),
        ("totalTokenCount", Unit.TOTAL_TOKENS),
        ("promptTokenCount", Unit.PROMPT_TOKENS),
        ("completionTokenCount", Unit.COMPLETION_TOKENS),
    ),
}
_BYTES = {"KB": 2**10, "MB": 2**20, "GB": 2**30}


def canonical_limit(kind: PolicyKind, limit: Mapping[str, Any], path: str) -> Document:
    """The limit as it is kept. Raises Invalid for what does not belong to its type, UnsupportedLimit for the type."""
    wanted = limit["type"]
    supported = _SUPPORTED[kind]
    if wanted not in supported:
        problem = f"'{wanted}' is no limit of {kind} policies; use {' or '.join(supported)}"
        raise UnsupportedLimit.field(f"{path}.type", problem)
    member = MEMBERS[wanted]
    for name, value in limit.items():
        if name not in {"type", member} and value is not None:
            raise Invalid.field(f"{path}.{name}", f"does not belong to a limit of type {wanted}")
    if limit.get(member) is None:
        raise Invalid.field(f"{path}.{member}", f"is required for a limit of type {wanted}")
    kept = {"type": wanted, member: {name: value for name, value in limit[member].items() if value is not None}}
    tuple(rates_of(kept, path))
    return kept


def rates_of(limit: Mapping[str, Any], path: str) -> Iterator[Rate]:
    """What is counted for a limit: one rate for each number in it. Raises Invalid."""
    wanted = limit["type"]
    member = f"{path}.{MEMBERS[wanted]}"
    fields = limit[MEMBERS[wanted]]
    seconds = window_seconds(fields["timeUnit"], fields["unitTime"], path=f"{member}.timeUnit")
    if seconds > WINDOW_SECONDS_MAX:
        raise Invalid.field(f"{member}.unitTime", "the window may be at most 10 years long")
    if wanted == BANDWIDTH:
        size = _BYTES.get(str(fields["dataUnit"]).upper())
        if size is None:
            raise Invalid.field(f"{member}.dataUnit", f"must be {', '.join(_BYTES)}")
        yield Rate(count=fields["dataAmount"] * size, seconds=seconds, unit=Unit.BYTES)
        return
    for name, unit in _COUNTS[wanted]:
        if fields.get(name):
            yield Rate(count=fields[name], seconds=seconds, unit=unit)
