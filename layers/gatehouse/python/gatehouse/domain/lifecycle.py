"""The life cycle of an API: its states, the events that lead from one to the next, and what each event demands.

The states are upper case in an API's document (`PUBLISHED`) and title case in life-cycle answers (`Published`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatehouse.domain.errors import Invalid


class LifecycleState(StrEnum):
    """Where an API is in its life."""

    CREATED = "CREATED"
    PROTOTYPED = "PROTOTYPED"
    PUBLISHED = "PUBLISHED"
    BLOCKED = "BLOCKED"
    DEPRECATED = "DEPRECATED"
    RETIRED = "RETIRED"

    @property
    def display_name(self) -> str:
        """As life-cycle answers spell it."""
        return self.capitalize()


PUBLISH, REPUBLISH, PROTOTYPE = "Publish", "Re-Publish", "Deploy as a Prototype"
BLOCK, DEPRECATE, RETIRE, DEMOTE = "Block", "Deprecate", "Retire", "Demote to Created"

DEPRECATE_OLD_VERSIONS = "Deprecate old versions after publishing the API"
REQUIRE_RESUBSCRIPTION = "Requires re-subscription when publishing the API"

_S = LifecycleState
TRANSITIONS: dict[LifecycleState, dict[str, LifecycleState]] = {
    _S.CREATED: {PUBLISH: _S.PUBLISHED, PROTOTYPE: _S.PROTOTYPED},
    _S.PROTOTYPED: {PUBLISH: _S.PUBLISHED, DEMOTE: _S.CREATED, PROTOTYPE: _S.PROTOTYPED},
    _S.PUBLISHED: {
        BLOCK: _S.BLOCKED,
        PROTOTYPE: _S.PROTOTYPED,
        DEMOTE: _S.CREATED,
        DEPRECATE: _S.DEPRECATED,
        PUBLISH: _S.PUBLISHED,
    },
    _S.BLOCKED: {DEPRECATE: _S.DEPRECATED, REPUBLISH: _S.PUBLISHED},
    _S.DEPRECATED: {RETIRE: _S.RETIRED},
    _S.RETIRED: {},
}

VISIBLE_IN_STORE = frozenset({_S.PUBLISHED, _S.PROTOTYPED, _S.BLOCKED})
"""Listed for developers. A deprecated API is no longer listed, though those who use it still find it."""

SUBSCRIBABLE = frozenset({_S.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an API's life, for its history. `previous` is None for its creation."""

    previous: LifecycleState | None
    next: LifecycleState
    user: str
    at: int


class TransitionNotAllowed(Invalid):
    """The state does not know this event."""

    code = 903234
    message = "Lifecycle action not allowed"


def next_state(state: LifecycleState, event: str) -> LifecycleState:
    """Where this event leads. Raises TransitionNotAllowed that names the events the state knows."""
    known = TRANSITIONS[state]
    if event not in known:
        allowed = ", ".join(sorted(known)) or "none"
        raise TransitionNotAllowed(f"Action '{event}' is not allowed. Allowed actions are: {allowed}")
    return known[event]
