"""What people of an organization find in the store, and on which plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.people.identity import SUBSCRIBER, SUPER_TENANT, User
from gatehouse.domain.portal.organization import ENTERPRISE, organization_id
from tests.callers import PASSWORD, client
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

ACME, ZENITH = (organization_id(SUPER_TENANT, name) for name in ("acme", "zenith"))
EVERYBODY = ("mary", "anna", "zoe", None)
"""One of the tenant itself, one of each organization, a stranger."""


def employee(name: str, organization: str) -> User:
    profile = {ENTERPRISE: {"organizationId": organization}}
    return User(
        tenant=SUPER_TENANT,
        name=name,
        roles=frozenset({SUBSCRIBER}),
        password_hash=f"plain:{PASSWORD}",
        profile=profile,
    )


@pytest.fixture
def world() -> StoreWorld:
    world = StoreWorld()
    world._call = client(world.interface, employee("anna", "acme"), employee("zoe", "zenith"))
    return world


def seen_by(world: StoreWorld, api: Api) -> list[str | None]:
    finders = []
    for who in EVERYBODY:
        listed = [one["id"] for one in world.call("GET", "/apis", by=who).json["list"]]
        found = world.call("GET", f"/apis/{api.id}", by=who).status == 200
        assert found is (api.id in listed)
        finders += [who] if found else []
    return finders


@pytest.mark.parametrize(
    ("visible", "finders"),
    [
        ([], ["mary", "anna", "zoe", None]),
        (["all"], ["mary", "anna", "zoe", None]),
        (["none"], ["mary", None]),
        ([ACME], ["mary", "anna", None]),
        ([ACME, ZENITH], ["mary", "anna", "zoe", None]),
    ],
)
def test_people_of_an_organization_find_what_is_open_to_it(
    world: StoreWorld, visible: list[str], finders: list[str | None]
) -> None:
    assert seen_by(world, world.api(visibleOrganizations=visible)) == finders


def test_an_organization_opens_nothing_that_is_closed_otherwise(world: StoreWorld) -> None:
    api = world.api(visibleOrganizations=[ACME], visibility="RESTRICTED", visibleRoles=["gold-partners"])
    assert seen_by(world, api) == []


def test_an_organization_chooses_among_its_own_plans(world: StoreWorld) -> None:
    api = world.api(organizationPolicies=[{"organizationID": ACME, "policies": ["Bronze"]}])
    plans: dict[Any, list[str]] = {}
    for who in ("mary", "anna", "zoe"):
        plans[who] = [one["name"] for one in world.call("GET", f"/apis/{api.id}/subscription-policies", by=who).json]
        shown = world.call("GET", f"/apis/{api.id}", by=who).json
        assert [tier["tierName"] for tier in shown["tiers"]] == shown["throttlingPolicies"] == plans[who]
        (line,) = world.call("GET", "/apis", by=who).json["list"]
        assert line["throttlingPolicies"] == plans[who]
    assert plans == {"mary": ["Gold", "Unlimited"], "anna": ["Bronze"], "zoe": ["Gold", "Unlimited"]}
    application = world.application(by="anna")
    wanted = {"applicationId": application, "apiId": api.id, "throttlingPolicy": "Gold"}
    refused = world.call("POST", "/subscriptions", wanted, by="anna")
    assert (refused.status, "it offers Bronze" in refused.json["description"]) == (403, True)
    made = world.call("POST", "/subscriptions", {**wanted, "throttlingPolicy": "Bronze"}, by="anna")
    assert (made.status, made.json["apiInfo"]["throttlingPolicies"]) == (201, ["Bronze"])
