"""Applications that several people use: those of a group, and those of an organization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.store.applications import Draft
from gatehouse.domain.applications.sharing import NotTheOwner
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

GROUP = "gold-partners"  # what gold is, and mary is not
MARY = Principal(tenant=SUPER_TENANT, user="mary", roles=frozenset({"Internal/subscriber"}), scopes=frozenset())
PEER = replace(MARY, user="peer", organization="org-1")


@pytest.fixture
def world() -> StoreWorld:
    world = StoreWorld()
    world.configurations.save(SUPER_TENANT, {"EnableApplicationSharing": True})
    return world


def register(world: StoreWorld, *, by: str = "gold", **more: Any) -> Reply:
    return world.call("POST", "/applications", {"name": "Kiosk", "throttlingPolicy": "Unlimited", **more}, by=by)


def shared(world: StoreWorld) -> str:
    """An application of mary's that the group of gold uses with her."""
    own = world.application("Kiosk")
    applications = world.store.applications.applications
    found = applications.get(SUPER_TENANT, own)
    assert found is not None
    applications.save(replace(found, groups=(GROUP,)))
    return own


def names(world: StoreWorld, by: str) -> list[str]:
    return [one["name"] for one in world.call("GET", "/applications", by=by).json["list"]]


def test_200_a_member_of_the_group_sees_and_uses_it(world: StoreWorld) -> None:
    application_id, api = shared(world), world.api()
    assert "Kiosk" in names(world, "gold")
    told = world.call("GET", f"/applications/{application_id}", by="gold").json
    assert (told["owner"], told["groups"], told["visibility"]) == ("mary", [GROUP], "PRIVATE")
    subscription_id = world.subscribe(application_id, api, by="gold", plan="Unlimited")
    key = world.generate(application_id, by="gold")
    assert world.grant(key["consumerKey"])["owner"].startswith("mary")
    for by in ("mary", "gold"):
        listed = world.call("GET", "/subscriptions", by=by, query={"apiId": api.id}).json["list"]
        assert [one["subscriptionId"] for one in listed] == [subscription_id]
        assert world.call("GET", f"/applications/{application_id}/oauth-keys", by=by).json["count"] == 1
    assert world.call("DELETE", f"/subscriptions/{subscription_id}", by="gold").status == 200


def test_404_nobody_else_learns_that_it_exists(world: StoreWorld) -> None:
    application_id = shared(world)
    assert "Kiosk" not in names(world, "john")
    hidden = world.call("GET", f"/applications/{application_id}", by="john")
    absent = world.call("GET", "/applications/unheard", by="john")
    assert (hidden.status, hidden.text.replace(application_id, "unheard")) == (404, absent.text)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_403_only_the_owner_changes_and_deletes_it(world: StoreWorld, method: str) -> None:
    application_id, body = shared(world), {"name": "Mine", "throttlingPolicy": "Unlimited"}
    refused = world.call(method, f"/applications/{application_id}", body if method == "PUT" else None, by="gold")
    assert (refused.status, refused.json["message"]) == (403, NotTheOwner.message)
    assert world.call(method, f"/applications/{application_id}", body if method == "PUT" else None).status == 200


def test_200_an_owner_shares_it_with_a_group_of_their_own_and_takes_that_back(world: StoreWorld) -> None:
    made = register(world, groups=[GROUP, GROUP.upper()])
    assert (made.status, made.json["groups"]) == (201, [GROUP])
    address, body = f"/applications/{made.json['applicationId']}", {"name": "Kiosk", "throttlingPolicy": "Unlimited"}
    assert world.call("PUT", address, body, by="gold").json["groups"] == [GROUP], "what is not said stays"
    assert world.call("PUT", address, {**body, "groups": []}, by="gold").json["groups"] == []


def test_400_nobody_shares_with_a_group_they_are_not_in(world: StoreWorld) -> None:
    refused = register(world, by="mary", groups=[GROUP])
    assert refused.status == 400
    assert refused.json["error"][0]["code"] == "400_groups.0"
    assert "Kiosk" not in names(world, "mary")


def test_400_more_groups_than_one_change_can_take(world: StoreWorld) -> None:
    assert register(world, groups=[f"group-{number}" for number in range(21)]).status == 400


def test_400_who_belongs_to_no_organization_has_none_to_share_with(world: StoreWorld) -> None:
    refused = register(world, visibility="SHARED_WITH_ORG")
    assert (refused.status, refused.json["error"][0]["code"]) == (400, "400_visibility")


def test_people_of_the_owners_organization_use_it_and_no_others(world: StoreWorld) -> None:
    owner, applications = replace(MARY, organization="org-1"), world.store.applications
    made = applications.create(owner, Draft(name="Kiosk", policy="Unlimited", with_organization=True))
    assert applications.find(PEER, made.id) == made
    assert made in applications.all(PEER)
    for stranger in (replace(PEER, organization="org-2"), replace(PEER, organization="")):
        assert applications.find(stranger, made.id) is None
        assert made not in applications.all(stranger)


def test_what_was_shared_is_its_owners_alone_where_the_tenant_wants_that(world: StoreWorld) -> None:
    application_id = shared(world)
    world.configurations.save(SUPER_TENANT, {})
    assert "Kiosk" not in names(world, "gold")
    assert world.call("GET", f"/applications/{application_id}", by="gold").status == 404
    assert world.call("GET", f"/applications/{application_id}").status == 200
    assert register(world, groups=[GROUP]).status == 400


def test_200_portals_learn_whether_applications_can_be_shared(world: StoreWorld) -> None:
    assert world.call("GET", "/settings").json["applicationSharingEnabled"] is True
    assert StoreWorld().call("GET", "/settings").json["applicationSharingEnabled"] is False
