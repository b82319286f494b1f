"""Traces: where a call stands in its caller's trace (W3C Trace Context), and what is told of it when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a call. Seconds are counted from the call's beginning; one step of a call may lead `onward`."""

    name: str
    begun_seconds: float
    ended_seconds: float
    onward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to be told of a call that has ended. It `failed` when the fault was not the caller's."""

    name: str
    attributes: Mapping[str, str | int | bool]
    failed: bool
    seconds: float
    steps: Sequence[Step]


class Trace(Protocol):
    """One call's part of a trace."""

    @property
    def id(self) -> str:
        """The trace's name, 32 hexadecimal digits."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether anything is told of it: most traces of a busy gateway are left out."""
        ...

    @property
    def onward(self) -> Mapping[str, str]:
        """The headers by which whoever is called next goes on with the trace, as children of the step that leads there."""
        ...

    def end(self, told: Told) -> None:
        """Tell of the call, within a bounded time. Whether that succeeds is not the call's business: nothing is raised."""
        ...


class Traces(Protocol):
    """Where traces are collected."""

    def begin(self, headers: Mapping[str, str]) -> Trace:
        """Go on with the trace that a call's headers (names in lower case) name, or begin one when they name none."""
        ...
