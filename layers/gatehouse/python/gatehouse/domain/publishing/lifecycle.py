"""The life cycle of an API: its states, the events that lead from one to the next, and what each event demands.

The states are upper case in an API's document (`PUBLISHED`) and title case in life-cycle answers (`Published`). A tenant
may have a machine of its own, with further states, in place of `MACHINE`; life-cycle answers spell those as the tenant does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STATE = re.compile(r"[A-Z][A-Z0-9 _-]{0,29}")
"""What a state may be called, in upper case."""


class LifecycleState(StrEnum):
    """Where an API is in its life. Those named here have a meaning; a tenant's own are made as they are first read.

    Equal states are one object, whoever made them, so that they can be compared with `is`.
    """

    CREATED = "CREATED"
    PROTOTYPED = "PROTOTYPED"
    PUBLISHED = "PUBLISHED"
    BLOCKED = "BLOCKED"
    DEPRECATED = "DEPRECATED"
    RETIRED = "RETIRED"

    @classmethod
    def _missing_(cls, value: object) -> LifecycleState | None:
        if not isinstance(value, str) or not STATE.fullmatch(value):
            return None
        own = str.__new__(cls, value)
        own._name_ = own._value_ = value
        known: dict[object, LifecycleState] = cls._value2member_map_  # type: ignore[assignment]
        return known.setdefault(value, own)

    @property
    def display_name(self) -> str:
        """As life-cycle answers spell it where no machine says otherwise (`Machine.shown`)."""
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

CHECKED = frozenset({_S.CREATED, _S.PROTOTYPED})
"""States in which the items of the checklist can be ticked."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Which events lead from which state to which, and in which states the checklist is shown.

    `names` are those of states that are not spelled as `display_name` has it.
    """

    transitions: Mapping[LifecycleState, Mapping[str, LifecycleState]]
    checked: frozenset[LifecycleState]
    names: Mapping[LifecycleState, str] = field(default_factory=dict)

    def shown(self, state: LifecycleState) -> str:
        """The state as life-cycle answers spell it."""
        return self.names.get(state, state.display_name)

    def next(self, state: LifecycleState, event: str) -> LifecycleState:
        """Where this event leads. Raises TransitionNotAllowed that names the events the state knows."""
        known = self.transitions.get(state, {})
        if event not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise TransitionNotAllowed(f"Action '{event}' is not allowed. Allowed actions are: {allowed}")
        return known[event]


MACHINE = Machine(TRANSITIONS, CHECKED)
"""What tenants have that say nothing else."""


def machine_of(states: Iterable[Mapping[str, Any]]) -> Machine:
    """A tenant's own: `[{State, CheckItems: [...], Transitions: [{Event, Target}]}]`, as WSO2's `LifeCycle.States` has it.

    It was checked when it was saved.
    """
    transitions, checked, names = {}, set(), {}
    for entry in states:
        state = LifecycleState(str(entry["State"]).upper())
        names[state] = str(entry["State"])
        steps = entry.get("Transitions") or ()
        transitions[state] = {str(step["Event"]): LifecycleState(str(step["Target"]).upper()) for step in steps}
        if entry.get("CheckItems"):
            checked.add(state)
    return Machine(transitions, frozenset(checked), names)


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
