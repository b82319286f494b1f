"""Who is told of what waits and of what was decided, when their tenant wants it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.controlplane.workflows.courier import Courier
from gatehouse.controlplane.workflows.hooks import Hooks
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.workflow import Workflow, WorkflowKind, WorkflowStatus, WorkflowTurn
from tests.callers import OTHER_TENANT, USERS, KnownUsers, user
from tests.fakes.clock import StoppedClock
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.recovery import LetterBox
from tests.fakes.webhooks import InMemoryWebhooks
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.approvals import some_seal

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
ENGINE, SECRET = "https://engine.example/decide", "a secret of more than 24 bytes"
APPROVERS = ["boss@example.com", "deputy@example.com"]


class Post:
    def __init__(self, **wanted: Any) -> None:
        self.box = LetterBox()
        self.configurations = InMemoryTenantConfigurations()
        self.configurations.save(SUPER_TENANT, {"Workflows": {"Notifications": wanted}})
        self.users = users = KnownUsers(USERS)
        users.know(replace(user("mary"), profile={"emails": [{"value": "mary@example.com"}]}))
        self.workflows, self.webhooks = InMemoryWorkflows(), InMemoryWebhooks()
        self.hooks = Hooks(seal=some_seal(), plain_http_allowed=False)
        self.courier = Courier(
            configurations=self.configurations,
            workflows=self.workflows,
            users=users,
            mail=self.box,
            hooks=self.hooks,
            webhooks=self.webhooks,
            clock=StoppedClock(),
            management_url="https://house.example",
        )

    def hook(self) -> None:
        """From now on another system decides about applications."""
        security = {"type": "signature", "secret": SECRET}
        section = {"ApplicationCreation": {"executor": "webhook", "url": ENGINE, "security": security}}
        self.configurations.save(SUPER_TENANT, self.hooks.kept(SUPER_TENANT, {"Workflows": section}, {}))

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


def test_a_guest_is_named_with_their_tenant_and_written_to_there() -> None:
    post = Post(approvers=APPROVERS, requester=True)
    post.users.know(replace(user("bob", tenant=OTHER_TENANT), profile={"emails": [{"value": "bob@home.example"}]}))
    asked = replace(WAITING, by="bob", home=OTHER_TENANT)
    post.tell(WorkflowTurn.OPENED, asked)
    assert f"bob@{OTHER_TENANT} has asked for it" in post.box.letters[0].text
    decided = replace(asked, status=WorkflowStatus.APPROVED)
    assert post.tell(WorkflowTurn.DECIDED, decided)[-1] == "bob@home.example"


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


def test_another_system_is_asked_with_the_reference_and_where_to_decide() -> None:
    post = Post()
    post.hook()
    post.tell(WorkflowTurn.OPENED, WAITING)
    [(hook, message)] = post.webhooks.posted
    assert (hook.url, hook.secret, message.id) == (ENGINE, SECRET, "r1.opened")
    body = json.loads(message.body)
    assert body["type"] == "workflow.opened"
    decide = "/api/am/admin/v4/workflows/update-workflow-status?workflowReferenceId=r1"
    assert body["data"] == {
        "workflowReferenceId": "r1",
        "workflowType": "AM_APPLICATION_CREATION",
        "tenantDomain": SUPER_TENANT,
        "userName": "mary",
        "description": WAITING.description,
        "properties": {},
        "status": "CREATED",
        "callbackUrl": f"https://house.example{decide}",
    }


def test_another_system_learns_that_it_need_not_decide_any_more() -> None:
    post = Post()
    post.hook()
    post.tell(WorkflowTurn.DECIDED, REJECTED)
    post.workflows.write(post.workflows.opening(WAITING), post.workflows.deciding(REJECTED))
    post.tell(WorkflowTurn.WITHDRAWN, WAITING)
    post.tell(WorkflowTurn.WITHDRAWN, replace(WAITING, id="r2"))
    told = [json.loads(message.body) for _, message in post.webhooks.posted]
    assert [(one["type"], one["data"]["status"]) for one in told] == [
        ("workflow.decided", "REJECTED"),
        ("workflow.withdrawn", "WITHDRAWN"),
    ]


def test_a_system_is_asked_about_the_kinds_that_name_it_only() -> None:
    post = Post()
    post.hook()
    post.tell(WorkflowTurn.OPENED, replace(WAITING, kind=WorkflowKind.USER_SIGNUP))
    assert post.webhooks.posted == []
