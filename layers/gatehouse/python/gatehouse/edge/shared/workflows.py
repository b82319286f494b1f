"""The operations that administrators and providers both have for what waits for an approval."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.publishing.workflow import DecisionMissing, DecisionUnknown, WorkflowKind, WorkflowStatus
from gatehouse.edge.http import JSON, Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import Wire, parse

if TYPE_CHECKING:
    from gatehouse.controlplane.workflows.office import Office
    from gatehouse.domain.publishing.workflow import Workflow
    from gatehouse.edge.http import Request

PATH = "/workflows"
_DECISIONS = (WorkflowStatus.APPROVED, WorkflowStatus.REJECTED)
_ONE, _ALL = "Workflows (Individual)", "Workflow (Collection)"


_Text = Annotated[str, Field(max_length=1_000)]


class Decision(Wire):
    """What somebody has decided, with what they want to be kept of why."""

    status: Literal["APPROVED", "REJECTED"]
    attributes: Annotated[dict[_Text, _Text], Field(max_length=50)] | None = None
    description: _Text | None = None


def workflow_routes(office: Office, *, view: tuple[str, ...], decide: tuple[str, ...]) -> tuple[Operation, ...]:
    """List, get, decide; `view` and `decide` are their scopes."""
    routes = _Workflows(office)
    return (
        Operation(
            method="GET",
            path=PATH,
            id="getAllPendingWorkflows",
            route=routes.all,
            summary="What waits for a decision, oldest first",
            tag=_ALL,
            scopes=view,
            query=("limit", "offset", "workflowType"),
        ),
        Operation(
            method="GET",
            path=f"{PATH}/{{externalWorkflowRef}}",
            id="getWorkflow",
            route=routes.get,
            summary="What waits for one decision",
            tag=_ONE,
            scopes=view,
        ),
        Operation(
            method="POST",
            path=f"{PATH}/update-workflow-status",
            id="updateWorkflowStatus",
            route=routes.decide,
            summary="Approve or reject; what follows has happened when the answer is out",
            tag=_ONE,
            scopes=decide,
            query=("workflowReferenceId",),
            accepts=(JSON,),
        ),
    )


class _Workflows:
    def __init__(self, office: Office) -> None:
        self._office = office

    def all(self, request: Request) -> Answer:
        found = self._office.pending(request.principal, _kinds(request.query.get("workflowType", "")))
        body = envelope(page_of(found, request.slice()), _info, resource=PATH, query=request.query)
        pagination = body["pagination"]
        # The definition has the two addresses beside the list, others look for them where all lists have them.
        return Answer(body={**body, "next": pagination["next"], "previous": pagination["previous"]})

    def get(self, request: Request) -> Answer:
        return Answer(body=_info(self._office.get(request.principal, request.path["externalWorkflowRef"])))

    def decide(self, request: Request) -> Answer:
        reference, decision = request.required("workflowReferenceId"), _decision(request)
        answer = {"attributes": decision.attributes or {}, "description": decision.description or ""}
        approved = decision.status == WorkflowStatus.APPROVED
        decided = self._office.decide(request.principal, reference, answer, approved=approved)
        return Answer(body={"status": decided.status, **answer})


def _decision(request: Request) -> Decision:
    """Raises DecisionMissing, DecisionUnknown, Invalid."""
    document = request.json() if request.body else None
    if document in (None, {}):
        raise DecisionMissing
    if isinstance(document, dict) and document.get("status") not in _DECISIONS:
        raise DecisionUnknown.field("status", f"must be one of {', '.join(_DECISIONS)}")
    return parse(Decision, document)


def _kinds(name: str) -> frozenset[WorkflowKind]:
    """The kinds of this name, with or without `AM_`; all for "". Raises Invalid."""
    if not name:
        return frozenset(WorkflowKind)
    found = frozenset(kind for kind in WorkflowKind if name in {kind, kind.short})
    if not found:
        raise Invalid.field("workflowType", f"must be one of {', '.join(WorkflowKind)}")
    return found


def _info(workflow: Workflow) -> dict[str, Any]:
    return {
        "workflowType": workflow.kind.short,
        "workflowStatus": workflow.status,
        "createdTime": _time(workflow.created_at),
        "updatedTime": _time(workflow.updated_at),
        "referenceId": workflow.id,
        "properties": dict(workflow.properties),
        "description": workflow.description,
    }


def _time(milliseconds: int) -> str:
    """`2020-02-10 10:10:19.704`, in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03d}"
