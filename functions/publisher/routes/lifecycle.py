"""The life cycle of APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views
from functions.publisher.routes import scopes as s
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.edge.http import Request

TAG = "API Lifecycle"


def routes(lifecycles: Lifecycles, design: Design) -> tuple[Operation, ...]:
    """Change the state, see it, see its history."""

    def change(request: Request) -> Answer:
        checklist = _checklist(request.query.get("lifecycleChecklist", ""))
        api_id, action = request.required("apiId"), request.required("action")
        return Answer(body=views.workflow(lifecycles.change(request.principal, api_id, action, checklist).state))

    def state(request: Request) -> Answer:
        return Answer(body=views.lifecycle_state(design.get(request.principal, request.path["apiId"]).state))

    def history(request: Request) -> Answer:
        steps = lifecycles.history(request.principal, request.path["apiId"])
        return Answer(body={"count": len(steps), "list": [views.transition(step) for step in steps]})

    return (
        Operation(
            method="POST",
            path="/apis/change-lifecycle",
            id="changeAPILifecycle",
            route=change,
            summary="Move an API to the next state of its life",
            tag=TAG,
            scopes=(s.EXPORT, s.MANAGE, s.PUBLISH),
            query=("action", "apiId", "lifecycleChecklist"),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/lifecycle-state",
            id="getAPILifecycleState",
            route=state,
            summary="An API's state and where it may go from there",
            tag=TAG,
            scopes=(s.CREATE, s.MANAGE, s.PUBLISH, s.VIEW),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/lifecycle-history",
            id="getAPILifecycleHistory",
            route=history,
            summary="An API's life so far",
            tag=TAG,
            scopes=(s.MANAGE, s.PUBLISH, s.VIEW),
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
