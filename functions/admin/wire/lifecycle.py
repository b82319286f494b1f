"""What a tenant's configuration may say about the lives of its APIs: their states, their properties, how many revisions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from gatehouse.domain.publishing.lifecycle import STATE, LifecycleState
from gatehouse.edge.wire import Wire

REVISIONS_MAX = 100
"""How many revisions of an API a tenant may allow: each is a row, and they are read together."""
STATES_MAX = 30
PROPERTIES_MAX = 50


def _state(name: str) -> str:
    """Raises ValueError for what cannot be a state."""
    if not STATE.fullmatch(name.upper()):
        message = "must be a word or a few, of letters, digits, - and _, at most 30 characters long"
        raise ValueError(message)
    return name


StateName = Annotated[str, AfterValidator(_state)]
CheckItem = Literal[
    "Deprecate old versions after publishing the API", "Requires re-subscription when publishing the API"
]


class Transition(Wire):
    """Where an event leads."""

    Event: Annotated[str, Field(min_length=1, max_length=60)]
    Target: StateName


class StateEntry(Wire):
    """A state, what can be ticked in it, and where it leads."""

    State: StateName
    CheckItems: Annotated[list[CheckItem], Field(default_factory=list, max_length=2)]
    Transitions: Annotated[list[Transition], Field(default_factory=list, max_length=STATES_MAX)]


class LifeCycleSection(Wire):
    """The states of the tenant's APIs in place of those that everybody has; none leaves those."""

    States: Annotated[list[StateEntry], Field(default_factory=list, max_length=STATES_MAX)]

    @model_validator(mode="after")
    def whole(self) -> LifeCycleSection:
        """Raises ValueError for states that lead nowhere, come twice, or leave out the first."""
        names = [state.State.upper() for state in self.States]
        events = {state.State: [step.Event for step in state.Transitions] for state in self.States}
        targets = {step.Target.upper() for state in self.States for step in state.Transitions}
        if len(set(names)) != len(names):
            problem = "a state is named twice"
        elif names and LifecycleState.CREATED not in names:
            problem = "APIs begin as Created, so there must be such a state"
        elif unknown := sorted(targets - set(names)):
            problem = f"a transition leads to {', '.join(unknown)}, which is no state"
        elif twice := [state for state, told in events.items() if len(set(told)) != len(told)]:
            problem = f"an event of {twice[0]} is named twice"
        else:
            return self
        raise ValueError(problem)


class CustomProperty(Wire):
    """A property that the tenant's APIs have of their own."""

    Name: Annotated[str, Field(min_length=1, max_length=80)]
    Description: Annotated[str, Field(max_length=500)] = ""
    Required: bool = False
