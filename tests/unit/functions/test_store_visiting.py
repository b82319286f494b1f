"""Who may look around in a tenant's store, and which versions and states stand there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT, Tenant
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

S = LifecycleState


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def versions(world: StoreWorld, query: str = "", **more: Any) -> list[str]:
    answer = world.call("GET", "/apis", query={"query": query}, **more)
    assert answer.status == 200, answer.text
    return [f"{api['name']} {api['version']}" for api in answer.json["list"]]


def test_200_the_newest_version_of_each_name_stands_there(world: StoreWorld) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        world.api("Pizza", version=version, tags=["hot"])
    world.api("Pasta", version="0.1.0")
    assert versions(world) == ["Pasta 0.1.0", "Pizza 1.10.0"]
    assert world.call("GET", "/tags").json["list"] == [{"value": "hot", "count": 1}]


def test_200_all_versions_stand_there_where_the_tenant_has_said_so(world: StoreWorld) -> None:
    for version in ("1.0.0", "2.0.0"):
        world.api("Pizza", version=version)
    world.configurations.save(SUPER_TENANT, {"DisplayMultipleVersions": True})
    assert versions(world) == ["Pizza 1.0.0", "Pizza 2.0.0"]


def test_200_who_asks_for_an_older_version_finds_it(world: StoreWorld) -> None:
    older = world.api("Pizza", version="1.0.0", tags=["old"])
    world.api("Pizza", version="2.0.0")
    assert versions(world, 'name:"Pizza" version:"1.0.0"') == ["Pizza 1.0.0"]
    assert versions(world, "tag:old") == []
    assert world.call("GET", f"/apis/{older.id}").status == 200


def test_200_a_newer_version_that_is_hidden_does_not_hide_the_older_one(world: StoreWorld) -> None:
    world.api("Pizza", version="1.0.0")
    world.api("Pizza", version="2.0.0", visibility="RESTRICTED", visibleRoles=["gold-partners"])
    world.api("Pizza", S.CREATED, version="3.0.0")
    world.api("Pizza", S.PROTOTYPED, version="4.0.0")
    assert versions(world, by="mary") == ["Pizza 1.0.0", "Pizza 4.0.0"]
    assert versions(world, by="gold") == ["Pizza 2.0.0", "Pizza 4.0.0"]


def test_200_deprecated_apis_stand_there_where_the_tenant_has_said_so(world: StoreWorld) -> None:
    old = world.api("Old", S.DEPRECATED)
    assert versions(world) == []
    assert world.call("GET", f"/apis/{old.id}").status == 404
    world.configurations.save(SUPER_TENANT, {"DisplayDeprecatedAPIs": True})
    assert versions(world) == ["Old 1.0.0"]
    assert world.call("GET", f"/apis/{old.id}").json["isSubscriptionAvailable"] is False


@pytest.mark.parametrize("path", ["/apis", "/apis/{id}", "/tags", "/throttling-policies/application"])
def test_401_for_strangers_where_the_tenant_wants_none(world: StoreWorld, path: str) -> None:
    address = path.format(id=world.api(tenant=OTHER_TENANT).id)
    there = {"X-WSO2-Tenant": OTHER_TENANT}
    assert world.call("GET", address, by=None, headers=there).status == 200
    world.configurations.save(OTHER_TENANT, {"EnableAnonymousMode": False})
    refused = world.call("GET", address, by=None, headers=there)
    assert refused.status == 401
    assert "WWW-Authenticate" in refused.headers
    assert world.call("GET", address, by="mary", headers=there).status == 200


def test_200_the_settings_say_whether_strangers_may_look(world: StoreWorld) -> None:
    world.configurations.save(OTHER_TENANT, {"EnableAnonymousMode": False})
    there = {"X-WSO2-Tenant": OTHER_TENANT}
    assert world.call("GET", "/settings", by=None).json["IsAnonymousModeEnabled"] is True
    assert world.call("GET", "/settings", by=None, headers=there).json["IsAnonymousModeEnabled"] is False


@pytest.mark.parametrize("by", [None, "mary"])
def test_400_a_tenant_that_is_not_there_and_one_that_is_closed_are_alike(world: StoreWorld, by: str | None) -> None:
    found = world.tenants.get(OTHER_TENANT)
    assert found
    world.tenants.save(replace(found, active=False))
    world.tenants.add(Tenant(domain="leaving.example", leaving=True))
    answers = [
        world.call("GET", "/apis", by=by, headers={"X-WSO2-Tenant": tenant})
        for tenant in ("no.example", OTHER_TENANT, "leaving.example")
    ]
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(400, 901300)}


def test_200_the_tenant_may_be_named_in_the_address(world: StoreWorld) -> None:
    world.api("Theirs", tenant=OTHER_TENANT)
    answer = world.call("GET", "/apis", by=None, query={"X-WSO2-Tenant-Q": OTHER_TENANT.upper()})
    assert [api["name"] for api in answer.json["list"]] == ["Theirs"]


def test_200_a_private_api_is_shown_to_the_tenants_that_it_names(world: StoreWorld) -> None:
    api = world.api("Shared", visibility="PRIVATE", visibleTenants=[OTHER_TENANT.upper()])
    home = {"X-WSO2-Tenant": SUPER_TENANT}
    guest = f"mary@{OTHER_TENANT}"
    assert versions(world, by=guest, headers=home) == ["Shared 1.0.0"]
    assert world.call("GET", f"/apis/{api.id}", by=guest, headers=home).status == 200
    assert versions(world, by=None, headers=home) == []


def test_200_a_provider_sees_their_own_api_whatever_roles_it_is_for(world: StoreWorld) -> None:
    api = replace(world.api("Gilded", visibility="RESTRICTED", visibleRoles=["gold-partners"]), provider="carol")
    world.apis.save(api, [])
    assert versions(world, by="carol") == ["Gilded 1.0.0"]
    assert versions(world, by="paul") == []


def test_200_every_user_of_the_tenant_has_the_role_everyone(world: StoreWorld) -> None:
    world.api("Ours", visibility="RESTRICTED", visibleRoles=["Internal/everyone"])
    assert versions(world, by="nobody") == ["Ours 1.0.0"]
    assert versions(world, by=None) == []
    assert versions(world, by=f"mary@{OTHER_TENANT}", headers={"X-WSO2-Tenant": SUPER_TENANT}) == []
