"""What a tenant's configuration may say about approvals."""

from __future__ import annotations

from typing import Any

import pytest

from functions.admin.wire.workflows import WorkflowSection
from gatehouse.controlplane.workflows.courier import NOTIFICATIONS
from gatehouse.controlplane.workflows.rules import ELEMENTS
from gatehouse.domain.publishing.workflow import WorkflowKind
from tests.worlds.admin import AdminWorld

PATH = "/tenant-config"


def test_each_kind_has_its_element_and_waits_only_when_it_says_so() -> None:
    assert set(WorkflowSection.model_fields) == {*ELEMENTS.values(), NOTIFICATIONS}
    workflows = AdminWorld().call("GET", PATH).json["Workflows"]
    assert workflows.pop(NOTIFICATIONS) == {"requester": False, "approvers": []}
    assert {element["executor"] for element in workflows.values()} == {"simple"}


def test_200_an_element_is_kept() -> None:
    world = AdminWorld()
    steps = {"executor": "approval", "stateList": "Created:Publish, Published:Block"}
    kept = world.call("PUT", PATH, {"Workflows": {"APIStateChange": steps}}).json["Workflows"]
    assert (kept["APIStateChange"], kept["UserSignUp"]) == (steps, {"executor": "simple"})


@pytest.mark.parametrize(
    ("section", "blamed"),
    [
        ({"TeaCreation": {"executor": "approval"}}, "Workflows.TeaCreation"),
        ({"UserSignUp": {"executor": "maybe"}}, "Workflows.UserSignUp.executor"),
        ({"UserSignUp": {"executor": "approval", "stateList": "A:B"}}, "Workflows.UserSignUp.stateList"),
        ({"Notifications": {"approvers": ["boss"]}}, "Workflows.Notifications.approvers.0"),
        ({"APIStateChange": {"executor": "approval", "stateList": "Created"}}, "Workflows.APIStateChange.stateList"),
    ],
)
def test_400_what_has_no_meaning_is_named(section: dict[str, Any], blamed: str) -> None:
    world = AdminWorld()
    reply = world.call("PUT", PATH, {"Workflows": section})
    assert (reply.status, reply.json["error"][0]["code"]) == (400, f"400_{blamed}")
    assert world.configurations.get("carbon.super") == {}


ENGINE = "https://engine.example/decide"
SIGNED = {"type": "signature", "secret": "a secret of more than 24 bytes"}


def webhook(url: str = ENGINE, **security: str) -> dict[str, Any]:
    return {"UserSignUp": {"executor": "webhook", "url": url, "security": security}}


class TestWebhooks:
    def test_a_secret_is_sealed_and_never_shown_and_stays_when_it_is_sent_as_it_is_shown(self) -> None:
        world = AdminWorld()
        shown = world.call("PUT", PATH, {"Workflows": webhook(**SIGNED)}).json
        assert shown["Workflows"]["UserSignUp"]["security"]["secret"] == "********"
        kept = world.configurations.get("carbon.super")
        assert SIGNED["secret"] not in str(kept)
        again = world.call("PUT", PATH, shown)
        assert again.json == shown
        hook = world.hooks.of("carbon.super", WorkflowKind.USER_SIGNUP, world.configurations.get("carbon.super"))
        assert hook is not None
        assert (hook.url, hook.secret) == (ENGINE, SIGNED["secret"])

    def test_400_a_hidden_secret_goes_nowhere_but_where_it_was_given_for(self) -> None:
        world = AdminWorld()
        hidden = {**SIGNED, "secret": "********"}
        for before in (None, webhook(**SIGNED)):
            if before:
                world.call("PUT", PATH, {"Workflows": before})
            reply = world.call("PUT", PATH, {"Workflows": webhook("https://other.example/", **hidden)})
            assert (reply.status, reply.json["error"][0]["code"]) == (400, "400_Workflows.UserSignUp.security.secret")

    @pytest.mark.parametrize(
        ("element", "blamed", "said"),
        [
            ({"executor": "webhook"}, "", "needs a url"),
            ({"executor": "approval", "url": ENGINE}, "", "only a webhook"),
            ({"executor": "webhook", "url": "http://engine.example/"}, ".url", "must be an https address"),
            ({"executor": "webhook", "url": "https://u:p@engine.example/"}, ".url", "without a name"),
            (webhook(type="basic", secret="s")["UserSignUp"], ".security", "needs a username"),
            (webhook(type="none", secret="s")["UserSignUp"], ".security", "has no secret"),
            (webhook(type="signature", secret="short")["UserSignUp"], ".security", "24 bytes"),
            (
                {"executor": "org.wso2.carbon.apimgt.impl.workflow.UserSignUpWSWorkflowExecutor"},
                ".executor",
                "'webhook'",
            ),
            ({"executor": "a.UserSignUpApprovalWorkflowExecutor"}, ".executor", "write 'approval'"),
        ],
    )
    def test_400_what_nobody_could_be_asked_by_is_named(self, element: Any, blamed: str, said: str) -> None:
        reply = AdminWorld().call("PUT", PATH, {"Workflows": {"UserSignUp": element}})
        (problem,) = reply.json["error"]
        assert (reply.status, problem["code"]) == (400, f"400_Workflows.UserSignUp{blamed}")
        assert said in problem["message"] + problem.get("description", "")
