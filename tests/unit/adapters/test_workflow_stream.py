"""What the stream of table `workflows` tells."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.adapters.dynamo.table import bind
from gatehouse.adapters.dynamo.workflows import WorkflowRow, turn_of
from gatehouse.domain.body import to_body
from gatehouse.domain.publishing.workflow import Workflow, WorkflowKind, WorkflowTurn

WORKFLOW = Workflow(
    tenant="carbon.super",
    id="r1",
    kind=WorkflowKind.API_STATE,
    subject="a1",
    by="mary",
    description="",
    details={"roles": ["one"]},
    created_at=1,
    updated_at=1,
)


def record(event: str, partition: str) -> dict[str, Any]:
    """As a stream has it: a row's attributes in DynamoDB's own notation."""
    row = bind(WorkflowRow, "t")(f"carbon.super#{partition}", "r1", body=to_body(WORKFLOW))
    image = row.serialize()
    images = {"INSERT": {"NewImage": image}, "REMOVE": {"OldImage": image}}
    keys = {name: image[name] for name in ("pk", "sk")}
    return {"eventName": event, "dynamodb": {"Keys": keys, **images.get(event, {})}}


@pytest.mark.parametrize(
    ("event", "partition", "turn"),
    [
        ("INSERT", "PENDING", WorkflowTurn.OPENED),
        ("INSERT", "DECIDED", WorkflowTurn.DECIDED),
        ("REMOVE", "PENDING", WorkflowTurn.WITHDRAWN),
    ],
)
def test_a_change_is_news_with_its_workflow(event: str, partition: str, turn: WorkflowTurn) -> None:
    assert turn_of(record(event, partition)) == (turn, WORKFLOW)


@pytest.mark.parametrize(("event", "partition"), [("REMOVE", "DECIDED"), ("MODIFY", "PENDING")])
def test_a_decision_that_expires_or_is_written_again_is_no_news(event: str, partition: str) -> None:
    assert turn_of(record(event, partition)) is None
