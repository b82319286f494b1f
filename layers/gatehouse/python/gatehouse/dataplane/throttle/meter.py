"""A meter is one limit; an entity is everything that is counted together, in one item of the store.

Windows are fixed and aligned to the epoch: window `floor(t / seconds)`. The number is part of the counter's name, so a
new window is a new counter and nothing is ever reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gatehouse.domain.throttling import counter
from gatehouse.domain.throttling.limit import Unit

if TYPE_CHECKING:
    from gatehouse.dataplane.throttle.claims import Claim

Costs = Mapping[Unit, int]
"""What a call takes of each unit. What is not named costs nothing."""

ONE_REQUEST: Costs = {Unit.REQUESTS: 1}


@dataclass(frozen=True, slots=True)
class Meter:
    """So many tokens per window; a token is one of `unit`.

    `name` is what the client reads (`subscription`), `kind` is of `throttling.counter` (`r` for a quota of requests, `b` for a
    burst), `code` is the refusal when it is exhausted. A `soft` meter counts and tells that it is over, and never denies.
    `id` is unique within an entity: kind and window length, such as `r60`.
    """

    name: str
    kind: str
    seconds: int
    limit: int
    code: str
    unit: Unit = Unit.REQUESTS
    soft: bool = False
    id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", counter.meter_id(self.kind, self.seconds))

    def counter(self, window: int) -> str:
        """The attribute that counts the tokens leased in a window."""
        return counter.counter(self.id, window)

    def lessees(self, window: int) -> str:
        """The attribute that counts the environments that leased in a window."""
        return counter.lessees(self.id, window)


@dataclass(frozen=True, slots=True)
class Entity:
    """What is counted in one item: its key and its meters. Meters differ in kind or window length."""

    key: str
    meters: tuple[Meter, ...]


class Standing(NamedTuple):
    """Where a client stands with one meter: what is left of `limit`, for `reset` more seconds (whole, at least 1)."""

    name: str
    limit: int
    remaining: int
    reset: int
    window: int
    unit: Unit = Unit.REQUESTS


@dataclass(frozen=True, slots=True)
class Admitted:
    """Counted: every meter gave what the call costs. `over` are the soft meters that had nothing left to give.

    `claims` and `at` (epoch seconds) say what was taken and when: `Throttle.settle` corrects it, once.
    """

    entities: tuple[Entity, ...]
    standings: tuple[Standing, ...]
    over: tuple[Meter, ...] = ()
    claims: list[Claim] = field(default_factory=list, repr=False, compare=False)
    at: float = field(default=0.0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """Not counted: `violated` meters, in evaluation order, have too little left. No meter gave anything.

    `retry_after` is in seconds; `next_access` is the second, since the epoch, in which a call may succeed.
    """

    violated: tuple[Meter, ...]
    standings: tuple[Standing, ...]
    retry_after: int
    next_access: int


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The store does not answer and this environment holds no tokens: hard quotas fail closed."""


Verdict = Admitted | Denied | Uncounted
