"""Attributes that a tenant wants of applications: demanded, defaulted, or hidden from developers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

COST_CENTRE = {"Attribute": "Cost Centre", "Description": "Who pays", "Required": True}
REGION = {"Attribute": "Region", "Default": "EU", "Tooltip": "Where it runs"}
RISK = {"Attribute": "Risk", "Hidden": True, "Default": "unknown"}


@pytest.fixture
def world() -> StoreWorld:
    world = StoreWorld()
    section = {"Attributes": [COST_CENTRE, REGION, RISK]}
    world.configurations.save(SUPER_TENANT, {"ApplicationConfiguration": section})
    return world


def create(world: StoreWorld, **attributes: str) -> Reply:
    body = {"name": "Kiosk", "throttlingPolicy": "Unlimited", "attributes": attributes}
    return world.call("POST", "/applications", body)


def kept(world: StoreWorld, application_id: str) -> dict[str, Any]:
    found = world.store.applications.applications.get(SUPER_TENANT, application_id)
    assert found is not None
    return dict(found.attributes)


def test_200_portals_learn_what_to_ask_for(world: StoreWorld) -> None:
    listed = world.call("GET", "/settings/application-attributes").json
    assert listed["count"] == 3
    assert listed["list"][0] == {
        "attribute": "Cost Centre",
        "description": "Who pays",
        "tooltip": "",
        "type": "text",
        "required": "true",
        "hidden": "false",
    }
    assert [one["hidden"] for one in listed["list"]] == ["false", "false", "true"]


def test_200_where_the_tenant_wants_nothing_nothing_is_asked() -> None:
    assert StoreWorld().call("GET", "/settings/application-attributes").json == {"count": 0, "list": []}


@pytest.mark.parametrize("given", [{}, {"Cost Centre": "  "}, {"Region": "US"}])
def test_400_what_is_required_is_missing(world: StoreWorld, given: dict[str, str]) -> None:
    answer = create(world, **given)
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_attributes.Cost Centre"
    assert [one["name"] for one in world.call("GET", "/applications").json["list"]] == ["DefaultApplication"]


def test_201_what_is_left_out_has_its_default_and_what_is_hidden_is_not_shown(world: StoreWorld) -> None:
    made = create(world, **{"Cost Centre": "4711", "Risk": "low", "Colour": "blue"})
    assert made.status == 201
    shown = {"Cost Centre": "4711", "Region": "EU", "Colour": "blue"}
    assert made.json["attributes"] == shown
    application_id = made.json["applicationId"]
    assert kept(world, application_id) == {**shown, "Risk": "unknown"}
    for path in (f"/applications/{application_id}", "/applications"):
        found = world.call("GET", path, query={"query": "Kiosk"}).json
        assert (found.get("list") or [found])[0]["attributes"] == shown
    api = world.api()
    subscription = world.subscribe(application_id, api)
    told = world.call("GET", f"/subscriptions/{subscription}").json
    assert told["applicationInfo"]["attributes"] == shown


def test_200_a_change_keeps_what_is_hidden_and_demands_what_is_required(world: StoreWorld) -> None:
    application_id = create(world, **{"Cost Centre": "4711"}).json["applicationId"]
    world.configurations.save(
        SUPER_TENANT,
        {"ApplicationConfiguration": {"Attributes": [COST_CENTRE, {**RISK, "Default": "high"}]}},
    )
    body = {"name": "Kiosk", "throttlingPolicy": "Unlimited", "attributes": {"Cost Centre": "42", "Risk": "none"}}
    assert world.call("PUT", f"/applications/{application_id}", body).status == 200
    assert kept(world, application_id) == {"Cost Centre": "42", "Risk": "unknown"}
    refused = world.call("PUT", f"/applications/{application_id}", {**body, "attributes": {}})
    assert refused.status == 400
    assert kept(world, application_id)["Cost Centre"] == "42"


def test_200_nobody_is_kept_out_by_what_is_required_of_new_applications(world: StoreWorld) -> None:
    [default] = world.call("GET", "/applications").json["list"]
    assert default["name"] == "DefaultApplication"
    assert world.call("GET", f"/applications/{default['applicationId']}").status == 200
