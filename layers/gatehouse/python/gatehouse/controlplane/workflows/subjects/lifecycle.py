"""Changes of state that wait for an approval: of APIs and of API products."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.workflows.approvals import Question
from gatehouse.domain.people.identity import Principal
from gatehouse.domain.publishing.workflow import WorkflowDecided, WorkflowKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.workflows.deciding import Effect
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.lifecycle import Machine
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.workflows import Along


def kind_of(api: Api) -> WorkflowKind:
    """What changes of its state wait for."""
    return WorkflowKind.API_PRODUCT_STATE if api.is_product else WorkflowKind.API_STATE


def question(principal: Principal, api: Api, event: str, machine: Machine, ticked: Collection[str]) -> Question:
    """Asks for a step of an API's life that the machine knows. `ticked` are items of the checklist."""
    noun = "API product" if api.is_product else "API"
    current, next_ = machine.shown(api.state), machine.shown(machine.next(api.state, event))
    return Question(
        kind=kind_of(api),
        tenant=api.tenant,
        by=principal.user,
        subject=api.id,
        api_id=api.id,
        description=f"Approve [{event}] of {noun} [{api.name} - {api.version}] of {api.provider}, which is "
        f"{current} and will be {next_}",
        properties={
            "action": event,
            "currentState": current,
            "apiName": api.name,
            "apiVersion": api.version,
            "apiProvider": api.provider,
        },
        details={"event": event, "ticked": list(ticked), "roles": sorted(principal.roles)},
    )


def asking(workflow: Workflow) -> Principal:
    """Who asked, with the roles that they had then and no scopes: for rules that depend on who does something."""
    return Principal(
        tenant=workflow.tenant,
        user=workflow.by,
        roles=frozenset(workflow.details["roles"]),
        scopes=frozenset(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEffects:
    """What decisions about changes of state do; `lifecycles` are those of APIs, `products` those of API products."""

    apis: Apis
    lifecycles: Lifecycles
    products: Lifecycles

    def all(self) -> dict[WorkflowKind, Effect]:
        """The effect of each kind."""
        return {WorkflowKind.API_STATE: self, WorkflowKind.API_PRODUCT_STATE: self}

    def approve(self, workflow: Workflow, along: Along) -> None:
        """Take the step. Raises TransitionNotAllowed, NotPublishable, NotCompliant when it cannot be taken any more."""
        api, told = self._waiting(workflow), workflow.details
        lives = self.products if api.is_product else self.lifecycles
        lives.carry_out(asking(workflow), api, told["event"], told["ticked"], along)

    def reject(self, workflow: Workflow, along: Along) -> None:
        """Leave the API in its state."""
        self.apis.save(replace(self._waiting(workflow), workflow=""), [], along=[along])

    def _waiting(self, workflow: Workflow) -> Api:
        found = self.apis.some(workflow.tenant, [workflow.subject]).get(workflow.subject)
        if found is None or found.workflow != workflow.id:
            raise WorkflowDecided(f"Nothing waits for workflow '{workflow.id}' any more")
        return found
