"""The life cycle of APIs and API products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views
from functions.publisher.routes import scopes as s
from gatehouse.domain.errors import Invalid
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from functions.publisher.routes.sorts import Sort
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.edge.http import Request


def routes(lifecycles: Lifecycles, designs: Designs, sort: Sort) -> tuple[Operation, ...]:
    """Change the state, see it, see its history."""
    tag, noun = f"{sort.tag} Lifecycle", sort.noun

    def change(request: Request) -> Answer:
        checklist = _checklist(request.query.get("lifecycleChecklist", ""))
        api_id, action = request.required(sort.parameter), request.required("action")
        changed = lifecycles.change(request.principal, api_id, action, checklist, wanted_versions(request))
        shown = Answer(body=views.workflow(changed, lifecycles.machine(changed.tenant)))
        return versioned(shown, changed.stored_version)

    def state(request: Request) -> Answer:
        found = designs.get(request.principal, request.path[sort.parameter])
        shown = Answer(body=views.lifecycle_state(found, lifecycles.machine(found.tenant)))
        return versioned(shown, found.stored_version)

    def history(request: Request) -> Answer:
        steps = lifecycles.history(request.principal, request.path[sort.parameter])
        machine = lifecycles.machine(request.principal.tenant)
        return Answer(body={"count": len(steps), "list": [views.transition(step, machine) for step in steps]})

    def forget_pending(request: Request) -> Answer:
        lifecycles.give_up(request.principal, request.path[sort.parameter])
        return Answer()

    return (
        Operation(
            method="POST",
            path=f"{sort.collection}/change-lifecycle",
            id=f"change{noun}Lifecycle",
            route=change,
            summary="Move an API to the next state of its life",
            tag=tag,
            scopes=(s.MANAGE, s.PUBLISH, sort.export),
            query=("action", sort.parameter, "lifecycleChecklist"),
        ),
        Operation(
            method="GET",
            path=f"{sort.path}/lifecycle-state",
            id=f"get{noun}LifecycleState",
            route=state,
            summary="An API's state and where it may go from there",
            tag=tag,
            scopes=(s.CREATE, *sort.see_life),
        ),
        Operation(
            method="GET",
            path=f"{sort.path}/lifecycle-history",
            id=f"get{noun}LifecycleHistory",
            route=history,
            summary="An API's life so far",
            tag=tag,
            scopes=sort.see_life,
        ),
        Operation(
            method="DELETE",
            path=f"{sort.path}/lifecycle-state/pending-tasks",
            id=f"delete{noun}LifecycleStatePendingTasks",
            route=forget_pending,
            summary="Give up changes of state that wait for an approval",
            tag=tag,
            scopes=(s.MANAGE, s.PUBLISH),
        ),
    )


def _checklist(text: str) -> dict[str, bool]:
    """`item:true,item:false` → {item: …}. Raises Invalid."""
    checked: dict[str, bool] = {}
    for part in filter(None, text.split(",")):
        item, _, value = part.rpartition(":")
        if value.strip().lower() not in {"true", "false"}:
            raise Invalid.field("lifecycleChecklist", f"'{part}' is not of the form item:true or item:false")
        checked[item.strip()] = value.strip().lower() == "true"
    return checked
