"""Organizations through the admin interface."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callers import OTHER_TENANT
from tests.unit.functions.test_admin_vocabulary import api_with
from tests.worlds.admin import AdminWorld

ACME: dict[str, Any] = {"externalOrganizationId": "acme", "displayName": "Acme", "description": "Buys anvils"}


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def made(world: AdminWorld, **changes: Any) -> Any:
    answer = world.call("POST", "/organizations", {**ACME, **changes})
    assert answer.status == 201, answer.text
    return answer.json


def test_201_an_organization_reads_as_it_was_answered(world: AdminWorld) -> None:
    answer = world.call("POST", "/organizations", ACME)
    assert answer.headers["Location"] == f"/api/am/admin/v4/organizations/{answer.json['organizationId']}"
    assert {name: answer.json[name] for name in ACME} == ACME
    assert world.call("GET", f"/organizations/{answer.json['organizationId']}").json == answer.json
    made(world, externalOrganizationId="zenith", displayName="A firm")
    listed = world.call("GET", "/organizations").json
    assert (listed["count"], [one["displayName"] for one in listed["list"]]) == (2, ["A firm", "Acme"])


def test_409_an_external_id_is_one_organization_s(world: AdminWorld) -> None:
    made(world)
    assert world.call("POST", "/organizations", ACME).status == 409


def test_200_what_it_is_called_changes_and_what_users_are_told_apart_by_does_not(world: AdminWorld) -> None:
    path = f"/organizations/{made(world)['organizationId']}"
    changed = world.call("PUT", path, {**ACME, "displayName": "Acme Inc."})
    assert changed.json["displayName"] == "Acme Inc."
    refused = world.call("PUT", path, {**ACME, "externalOrganizationId": "other"})
    assert refused.json["error"][0]["code"] == "400_externalOrganizationId"


def test_409_an_organization_is_kept_while_apis_are_shown_to_it_by_name(world: AdminWorld) -> None:
    organization = made(world)
    category = world.call("POST", "/api-categories", {"name": "Food"}).json
    api_with(world, "/api-categories", category, visibleOrganizations=[organization["organizationId"]])
    assert world.call("DELETE", f"/organizations/{organization['organizationId']}").status == 409
    other = made(world, externalOrganizationId="zenith")
    assert world.call("DELETE", f"/organizations/{other['organizationId']}").status == 200
    assert world.call("GET", f"/organizations/{other['organizationId']}").json["code"] == 901301


def test_404_an_organization_of_another_tenant_is_one_that_is_not_there(world: AdminWorld) -> None:
    path = f"/organizations/{made(world)['organizationId']}"
    stranger = f"admin@{OTHER_TENANT}"
    for method, body in (("GET", None), ("PUT", ACME), ("DELETE", None)):
        assert world.call(method, path, body, by=stranger).status == 404
    assert world.call("GET", "/organizations", by=stranger).json == {"count": 0, "list": []}


def test_200_who_belongs_to_no_organization_belongs_to_the_tenant(world: AdminWorld) -> None:
    own = world.call("GET", "/me/organization-information").json
    assert own == {"organizationId": "carbon.super", "name": "carbon.super"}
