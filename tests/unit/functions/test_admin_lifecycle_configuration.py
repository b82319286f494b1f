"""What a tenant's configuration may say about the lives of its APIs."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.publishing.tenant_rules import REVISIONS_MAX, TenantRules
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import MACHINE, TRANSITIONS
from tests.worlds.admin import AdminWorld

PATH = "/tenant-config"
CREATED = {"State": "Created", "CheckItems": [], "Transitions": [{"Event": "Ask", "Target": "In Review"}]}
REVIEW = {"State": "In Review", "CheckItems": [], "Transitions": []}


def test_what_is_saved_says_nothing_unless_it_is_changed() -> None:
    world = AdminWorld()
    world.call("PUT", PATH, world.call("GET", PATH).json)
    rules = TenantRules(world.configurations)
    assert (rules.machine(SUPER_TENANT), rules.custom_properties(SUPER_TENANT)) == (MACHINE, [])
    assert rules.revisions_max(SUPER_TENANT) == REVISIONS_MAX


def test_200_states_of_its_own_are_kept() -> None:
    world = AdminWorld()
    states = [CREATED, REVIEW]
    kept = world.call("PUT", PATH, {"LifeCycle": {"States": states}, "ApiMaxRevisionCount": 7})
    assert (kept.status, kept.json["LifeCycle"]["States"], kept.json["ApiMaxRevisionCount"]) == (200, states, 7)
    machine = TenantRules(world.configurations).machine(SUPER_TENANT)
    assert {state: dict(steps) for state, steps in machine.transitions.items()} == {
        "CREATED": {"Ask": "IN REVIEW"},
        "IN REVIEW": {},
    }


def test_wso2_s_own_machine_can_be_written_down() -> None:
    states = [
        {
            "State": state.display_name,
            "Transitions": [{"Event": event, "Target": target.display_name} for event, target in steps.items()],
        }
        for state, steps in TRANSITIONS.items()
    ]
    world = AdminWorld()
    assert world.call("PUT", PATH, {"LifeCycle": {"States": states}}).status == 200
    assert TenantRules(world.configurations).machine(SUPER_TENANT).transitions == TRANSITIONS


@pytest.mark.parametrize(
    ("sections", "blamed"),
    [
        ({"LifeCycle": {"States": [REVIEW]}}, "LifeCycle"),
        ({"LifeCycle": {"States": [CREATED]}}, "LifeCycle"),
        ({"LifeCycle": {"States": [CREATED, REVIEW, REVIEW]}}, "LifeCycle"),
        ({"LifeCycle": {"States": [{**CREATED, "Transitions": CREATED["Transitions"] * 2}, REVIEW]}}, "LifeCycle"),
        ({"LifeCycle": {"States": [{"State": "Crème"}]}}, "LifeCycle.States.0.State"),
        ({"LifeCycle": {"States": [{**CREATED, "CheckItems": ["Tea"]}, REVIEW]}}, "LifeCycle.States.0.CheckItems.0"),
        ({"CustomProperties": [{"Required": True}]}, "CustomProperties.0.Name"),
        ({"ApiMaxRevisionCount": 0}, "ApiMaxRevisionCount"),
    ],
)
def test_400_what_has_no_meaning_is_named(sections: dict[str, Any], blamed: str) -> None:
    world = AdminWorld()
    reply = world.call("PUT", PATH, sections)
    assert (reply.status, reply.json["error"][0]["code"]) == (400, f"400_{blamed}")
    assert world.configurations.get(SUPER_TENANT) == {}
