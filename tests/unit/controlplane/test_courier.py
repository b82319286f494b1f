"""Who is told of what waits and of what was decided, when their tenant wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.controlplane.workflows.courier import Courier
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.workflow import Workflow, WorkflowKind, WorkflowStatus, WorkflowTurn
from tests.callers import USERS, KnownUsers, user
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.recovery import LetterBox

WAITING = Workflow(
    tenant=SUPER_TENANT,
    id="r1",
    kind=WorkflowKind.APPLICATION_CREATION,
    subject="a1",
    by="mary",
    description="Approve the creation of application [Kiosk]\nof mary",
    created_at=1,
    updated_at=1,
)
REJECTED = replace(WAITING, status=WorkflowStatus.REJECTED, answer={"description": "Too many kiosks"})
APPROVERS = ["boss@example.com", "deputy@example.com"]


class Post:
    def __init__(self, **wanted: Any) -> None:
        self.box = LetterBox()
        self.configurations = InMemoryTenantConfigurations()
        self.configurations.save(SUPER_TENANT, {"Workflows": {"Notifications": wanted}})
        users = KnownUsers(USERS)
        users.know(replace(user("mary"), profile={"emails": [{"value": "mary@example.com"}]}))
        self.courier = Courier(
            configurations=self.configurations, users=users, mail=self.box, management_url="https://house.example"
        )

    def tell(self, turn: WorkflowTurn, workflow: Workflow) -> list[str]:
        self.courier.tell(turn, workflow)
        return [letter.to for letter in self.box.letters]


def test_approvers_learn_what_waits_and_where_and_nobody_else_does() -> None:
    post = Post(approvers=APPROVERS, requester=True)
    assert post.tell(WorkflowTurn.OPENED, WAITING) == APPROVERS
    letter = post.box.letters[0]
    assert letter.subject == "To be decided: the creation of application [Kiosk] of mary"
    assert "https://house.example/api/am/admin/v4/workflows/r1" in letter.text


def test_who_asked_learns_of_the_decision_and_its_reason() -> None:
    post = Post(approvers=APPROVERS, requester=True)
    assert post.tell(WorkflowTurn.DECIDED, REJECTED) == ["mary@example.com"]
    letter = post.box.letters[0]
    assert letter.subject == "Rejected: the creation of application [Kiosk] of mary"
    assert "Too many kiosks" in letter.text


def test_who_is_forgotten_with_the_decision_is_written_to_where_they_asked_from() -> None:
    gone = replace(REJECTED, by="eve", details={"mail": "eve@example.com"})
    assert Post(requester=True).tell(WorkflowTurn.DECIDED, gone) == ["eve@example.com"]


@pytest.mark.parametrize("wanted", [{}, {"requester": False, "approvers": []}, {"requester": "yes"}])
def test_nobody_is_written_to_unless_the_tenant_wants_it(wanted: dict[str, Any]) -> None:
    post = Post(**wanted)
    for turn in WorkflowTurn:
        assert post.tell(turn, REJECTED) == []


def test_nobody_is_written_to_who_is_unknown_or_has_no_address_or_gave_up() -> None:
    post = Post(requester=True)
    for name in ("john", "unheard-of"):
        assert post.tell(WorkflowTurn.DECIDED, replace(REJECTED, by=name)) == []
    assert post.tell(WorkflowTurn.WITHDRAWN, WAITING) == []


def test_a_letter_that_does_not_go_out_keeps_no_other_from_it() -> None:
    post = Post(approvers=APPROVERS)
    post.box.broken = True
    assert post.tell(WorkflowTurn.OPENED, WAITING) == []
    post.box.broken = False
    assert post.tell(WorkflowTurn.OPENED, WAITING) == APPROVERS
