"""What a tenant's configuration may say about approvals."""

from __future__ import annotations

from typing import Any

import pytest

from functions.admin.wire.workflows import WorkflowSection
from gatehouse.controlplane.workflows.courier import NOTIFICATIONS
from gatehouse.controlplane.workflows.rules import ELEMENTS
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
