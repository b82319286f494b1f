"""Applications of a whole tenant, through the admin's surface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.applications.application import Application, ApplicationKey
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.admin import AdminWorld
from tests.worlds.publisher import blamed


@pytest.fixture
def world() -> AdminWorld:
    world = AdminWorld()
    for owner, name in (("mary", "Kiosk"), ("mary", "Till"), ("john", "kiosk two")):
        world.applications.add(application(owner, name))
    world.applications.add(application("mary", "Elsewhere", OTHER_TENANT))
    return world


def application(owner: str, name: str, tenant: str = SUPER_TENANT) -> Application:
    ident = f"id-{owner}-{name}".replace(" ", "-")
    return Application(tenant=tenant, id=ident, name=name, owner=owner, policy="Unlimited", created_at=1_700_000_000)


def names(world: AdminWorld, **query: Any) -> list[str]:
    reply = world.call("GET", "/applications", query=query)
    assert reply.status == 200, reply.text
    assert reply.json["count"] == len(reply.json["list"])
    return [one["name"] for one in reply.json["list"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Kiosk", "kiosk two", "Till"]),
        ({"user": "mary"}, ["Kiosk", "Till"]),
        ({"user": "MARY@carbon.super"}, ["Kiosk", "Till"]),
        ({"user": "mar"}, []),
        ({"name": "KIOSK"}, ["Kiosk", "kiosk two"]),
        ({"user": "john", "name": "till"}, []),
        ({"sortBy": "owner"}, ["kiosk two", "Kiosk", "Till"]),
        ({"sortOrder": "desc"}, ["Till", "kiosk two", "Kiosk"]),
        ({"limit": "1", "offset": "1"}, ["kiosk two"]),
    ],
)
def test_200_applications_of_everybody_are_found(world: AdminWorld, query: dict[str, str], found: list[str]) -> None:
    assert names(world, **query) == found


def test_200_a_line_says_whose_it_is(world: AdminWorld) -> None:
    (line,) = world.call("GET", "/applications", query={"user": "john"}).json["list"]
    assert (line["applicationId"], line["owner"], line["status"]) == ("id-john-kiosk-two", "john", "APPROVED")
    whole = world.call("GET", "/applications/id-john-kiosk-two").json
    assert (whole["throttlingPolicy"], whole["owner"], whole["subscriptionCount"]) == ("Unlimited", "john", 0)


@pytest.mark.parametrize("query", [{"sortBy": "age"}, {"sortOrder": "random"}])
def test_400_there_are_two_orders(world: AdminWorld, query: dict[str, str]) -> None:
    assert blamed(world.call("GET", "/applications", query=query)) == list(query)


def test_403_other_tenants_are_nobodys_business(world: AdminWorld) -> None:
    assert world.call("GET", "/applications", query={"tenantDomain": OTHER_TENANT}).status == 403


def test_200_a_deleted_application_is_gone_with_its_clients(world: AdminWorld) -> None:
    client = world.key_manager.create_client(
        tenant=SUPER_TENANT, owner="mary", name="k", grant_types=["client_credentials"]
    )
    kept = world.applications.get(SUPER_TENANT, "id-mary-Kiosk")
    assert kept is not None
    key = ApplicationKey(
        tenant=SUPER_TENANT,
        application_id=kept.id,
        id="key",
        key_type=KeyType.PRODUCTION,
        client_id=client.client_id,
    )
    world.key_uses.add(key, kept)
    assert world.call("DELETE", "/applications/id-mary-Kiosk").status == 200
    assert world.call("GET", "/applications/id-mary-Kiosk").status == 404
    assert world.key_manager.clients == {}
    assert names(world) == ["kiosk two", "Till"]


def test_404_an_application_of_another_tenant_is_none(world: AdminWorld) -> None:
    for method in ("GET", "DELETE"):
        absent, foreign = (world.call(method, f"/applications/{one}") for one in ("id-nobody-x", "id-mary-Elsewhere"))
        assert (absent.status, foreign.status) == (404, 404)


def test_401_developers_administer_nothing(world: AdminWorld) -> None:
    assert world.call("GET", "/applications", by="mary").status == 401
