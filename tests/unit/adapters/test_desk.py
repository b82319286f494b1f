"""A desk in another function: what is decided, and what goes wrong there, comes back as if it were here."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from gatehouse.adapters.invoking.desk import LambdaDesk, carry_out
from gatehouse.domain.applications.application import PlanFull
from gatehouse.domain.errors import Invalid, Unavailable
from gatehouse.domain.publishing.workflow import Workflow, WorkflowKind, WorkflowNotFound, WorkflowStatus
from tests.fakes.workflows import InMemoryWorkflows

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKFLOW = Workflow(
    tenant="a.example",
    id="w",
    kind=WorkflowKind.SUBSCRIPTION_CREATION,
    subject="s",
    by="mary",
    description="Ünïcode",
    created_at=1,
    updated_at=1,
    details={"plan": {"places": 1}},
)


class Desk:
    """Says what it was told, or raises."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.told: list[tuple[object, ...]] = []

    def decide(self, workflow: Workflow, answer: Mapping[str, Any], *, approved: bool, by: str) -> Workflow:
        if self.failure:
            raise self.failure
        self.told.append((workflow, dict(answer), approved, by))
        return replace(workflow, status=WorkflowStatus.APPROVED, decided_by=by, answer=answer)


class Lambda:
    """`invoke`, answered in this process; what goes over the wire really becomes JSON."""

    def __init__(self, desk: Desk, *known: Workflow) -> None:
        self._desk = desk
        self._workflows = InMemoryWorkflows()
        for workflow in known:
            self._workflows.write(self._workflows.opening(workflow))

    def invoke(self, **request: Any) -> dict[str, Any]:
        assert (request["FunctionName"], request["InvocationType"]) == ("store", "RequestResponse")
        answer = carry_out(json.loads(request["Payload"]), self._desk, self._workflows)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def test_a_decision_comes_back_whole() -> None:
    desk = Desk()
    decided = LambdaDesk(Lambda(desk, WORKFLOW), "store").decide(WORKFLOW, {"why": "ü"}, approved=True, by="boss")
    assert decided == replace(WORKFLOW, status=WorkflowStatus.APPROVED, decided_by="boss", answer={"why": "ü"})
    assert desk.told == [(WORKFLOW, {"why": "ü"}, True, "boss")]


@pytest.mark.parametrize("failure", [PlanFull("no room"), Invalid.field("endpointConfig", "is needed")])
def test_what_goes_wrong_there_goes_wrong_here(failure: Invalid | PlanFull) -> None:
    with pytest.raises(type(failure)) as caught:
        LambdaDesk(Lambda(Desk(failure), WORKFLOW), "store").decide(WORKFLOW, {}, approved=True, by="boss")
    assert (caught.value.description, caught.value.fields) == (failure.description, failure.fields)


def test_an_error_that_is_unknown_here_is_the_nearest_one_that_is_known() -> None:
    class Odd(Invalid):
        """Of the other function alone."""

    failure = Odd("odd")
    function = Lambda(Desk(failure), WORKFLOW)
    Odd.__name__ = "SomethingElse"
    with pytest.raises(Invalid, match="odd"):
        LambdaDesk(function, "store").decide(WORKFLOW, {}, approved=True, by="boss")


def test_what_is_gone_by_then_is_not_found() -> None:
    with pytest.raises(WorkflowNotFound):
        LambdaDesk(Lambda(Desk()), "store").decide(WORKFLOW, {}, approved=True, by="boss")


class Broken:
    def __init__(self, answer: dict[str, Any] | None) -> None:
        self._answer = answer

    def invoke(self, **_: Any) -> dict[str, Any]:
        if self._answer is None:
            raise ConnectTimeoutError(endpoint_url="")
        return self._answer


@pytest.mark.parametrize(
    "answer", [None, {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}, {"Payload": io.BytesIO(b"null")}]
)
def test_a_function_that_fails_is_unavailable(answer: dict[str, Any] | None) -> None:
    with pytest.raises(Unavailable):
        LambdaDesk(Broken(answer), "store").decide(WORKFLOW, {}, approved=True, by="boss")
