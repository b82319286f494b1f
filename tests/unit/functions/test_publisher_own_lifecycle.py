"""What a tenant's configuration says of the lives of its APIs: states of its own, properties, how many revisions."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.publisher import PublisherWorld, blamed

DEPRECATE = "Deprecate old versions after publishing the API"
STATES = [
    {
        "State": "Created",
        "Transitions": [{"Event": "Promote", "Target": "Promoted"}],
    },
    {
        "State": "Promoted",
        "CheckItems": [DEPRECATE],
        "Transitions": [{"Event": "Publish", "Target": "Published"}, {"Event": "Reject", "Target": "Created"}],
    },
    {"State": "Published", "Transitions": [{"Event": "Retire", "Target": "Retired"}]},
    {"State": "Retired"},
]


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def configured(world: PublisherWorld, **sections: Any) -> None:
    world.configurations.save(SUPER_TENANT, sections)


def test_an_api_lives_by_the_tenant_s_own_states(world: PublisherWorld) -> None:
    configured(world, LifeCycle={"States": STATES})
    api_id = world.design()["id"]
    refused = world.change(api_id, "Publish")
    assert (refused.status, refused.json["code"]) == (400, 903234)
    assert "Promote" in refused.json["description"]
    promoted = world.change(api_id, "Promote").json["lifecycleState"]
    assert promoted["state"] == "Promoted"
    assert [item["name"] for item in promoted["checkItems"]][:1] == [DEPRECATE]
    assert promoted["availableTransitions"] == [
        {"event": "Publish", "targetState": "Published"},
        {"event": "Reject", "targetState": "Created"},
    ]
    assert world.made("GET", f"/apis/{api_id}")["lifeCycleStatus"] == "PROMOTED"
    assert [one["id"] for one in world.made("GET", "/apis", query={"query": "status:promoted"})["list"]] == [api_id]
    for event, state in (("Publish", "Published"), ("Retire", "Retired")):
        assert world.change(api_id, event).json["lifecycleState"]["state"] == state
    history = world.made("GET", f"/apis/{api_id}/lifecycle-history")["list"]
    assert [one["postState"] for one in history] == ["Created", "Promoted", "Published", "Retired"]


def test_states_are_spelled_as_the_tenant_spells_them(world: PublisherWorld) -> None:
    states = [
        {"State": "Created", "Transitions": [{"Event": "Submit", "Target": "in review"}]},
        {"State": "In Review", "Transitions": []},
    ]
    configured(world, LifeCycle={"States": states})
    api_id = world.design()["id"]
    before = world.made("GET", f"/apis/{api_id}/lifecycle-state")
    assert before["availableTransitions"] == [{"event": "Submit", "targetState": "In Review"}]
    assert world.change(api_id, "Submit").json["lifecycleState"]["state"] == "In Review"
    history = world.made("GET", f"/apis/{api_id}/lifecycle-history")["list"]
    assert [one["postState"] for one in history] == ["Created", "In Review"]


def test_a_state_that_the_machine_no_longer_has_leads_nowhere(world: PublisherWorld) -> None:
    configured(world, LifeCycle={"States": STATES})
    api_id = world.design()["id"]
    world.change(api_id, "Promote")
    configured(world)
    state = world.made("GET", f"/apis/{api_id}/lifecycle-state")
    assert (state["state"], state["availableTransitions"]) == ("Promoted", [])
    assert world.change(api_id, "Publish").status == 400


def test_an_api_is_published_only_with_the_properties_that_the_tenant_demands(world: PublisherWorld) -> None:
    configured(
        world,
        CustomProperties=[
            {"Name": "Department", "Description": "Whose it is", "Required": True},
            {"Name": "Cost", "Required": False},
        ],
    )
    shown = world.made("GET", "/settings")["customProperties"]
    assert shown == [
        {"name": "Department", "description": "Whose it is", "required": True},
        {"name": "Cost", "description": "", "required": False},
    ]
    api_id = world.design(additionalProperties=[{"name": "Department", "value": "", "display": False}])["id"]
    refused = world.change(api_id, "Publish")
    assert (blamed(refused), refused.json["code"]) == (["additionalProperties"], 903015)
    assert world.change(api_id, "Deploy as a Prototype").status == 200
    kept = world.made("GET", f"/apis/{api_id}")
    properties = [{"name": "Department", "value": "Kitchen", "display": False}]
    world.made("PUT", f"/apis/{api_id}", {**kept, "additionalProperties": properties})
    assert world.change(api_id, "Publish").status == 200


def test_an_api_has_as_many_revisions_as_the_tenant_allows(world: PublisherWorld) -> None:
    configured(world, ApiMaxRevisionCount=2)
    api_id = world.design()["id"]
    for _ in range(2):
        world.revision(api_id)
    refused = world.call("POST", f"/apis/{api_id}/revisions", {"description": ""})
    assert (refused.status, refused.json["code"]) == (400, 900351)
    assert "at most 2 revisions" in refused.json["description"]


def test_an_api_that_is_served_elsewhere_needs_neither_plan_nor_endpoint_to_be_published(world: PublisherWorld) -> None:
    elsewhere = {"advertised": True, "apiExternalProductionEndpoint": "https://elsewhere.example", "vendor": "AWS"}
    api_id = world.design(policies=[], endpointConfig=None, advertiseInfo=elsewhere)["id"]
    assert world.change(api_id, "Publish").status == 200
    other = world.design("Other", policies=[])["id"]
    assert blamed(world.change(other, "Publish")) == ["policies"]
