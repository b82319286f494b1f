"""A meter is one limit; an entity is everything that is counted together, in one item of the store.

Windows are fixed and aligned to the epoch: window `floor(t / seconds)`. The number is part of the counter's name, so a
new window is a new counter and nothing is ever reset.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meter:
    """So many tokens per window.

    `name` is what the client reads (`subscription`), `kind` is `r` for a quota and `b` for a burst, `code` is the
    refusal when it is exhausted.
    """

    name: str
    kind: str
    seconds: int
    limit: int
    code: str

    @property
    def id(self) -> str:
        """Unique within an entity: kind and window length, such as `r60`."""
        return f"{self.kind}{self.seconds}"

    def counter(self, window: int) -> str:
        """The attribute that counts the tokens leased in a window."""
        return f"{self.kind}{self.seconds}.{window}"

    def lessees(self, window: int) -> str:
        """The attribute that counts the environments that leased in a window."""
        return f"m{self.kind}{self.seconds}.{window}"


@dataclass(frozen=True, slots=True)
class Entity:
    """What is counted in one item: its key and its meters. Meters differ in kind or window length."""

    key: str
    meters: tuple[Meter, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client stands with one meter: what is left of `limit`, for `reset` more seconds (whole, at least 1)."""

    name: str
    limit: int
    remaining: int
    reset: int
    window: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """Counted: every meter gave its tokens."""

    entities: tuple[Entity, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """Not counted: `violated` meters, in evaluation order, have nothing left. No meter gave anything.

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
