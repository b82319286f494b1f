"""Who uses a key manager, through the admin function's surface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.apis.api import Api
from gatehouse.domain.applications.application import Application, ApplicationKey, KeyMode
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.callers import OTHER_TENANT
from tests.worlds.admin import AdminWorld
from tests.worlds.key_managers import ALL, ELSEWHERE, body, made


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def keyed(world: AdminWorld, key_manager_id: str, name: str = "Kiosk", **changes: Any) -> ApplicationKey:
    """An application with a key at the key manager; "" is the resident one."""
    tenant = changes.get("tenant", SUPER_TENANT)
    application = Application(tenant=tenant, id=f"id of {name}", name=name, owner="mary", policy="Unlimited")
    kept = world.applications.add(application)
    values: dict[str, Any] = {
        "tenant": tenant,
        "application_id": kept.id,
        "id": f"key of {name}",
        "key_type": KeyType.PRODUCTION,
        "client_id": f"client of {name}",
        "key_manager": "Theirs",
        "key_manager_id": key_manager_id,
        "mode": KeyMode.MAPPED,
    }
    return world.key_uses.add(ApplicationKey(**{**values, **changes}), kept)


def naming(world: AdminWorld, name: str, *key_managers: str, tenant: str = SUPER_TENANT) -> None:
    """An API whose tokens may be of these key managers."""
    api = Api(
        tenant=tenant,
        id=f"id of {name}",
        name=name,
        version="1.0.0",
        context=f"/{name.lower()}",
        provider="admin",
        state=LifecycleState.PUBLISHED,
        document={"keyManagers": list(key_managers), "type": "HTTP", "description": "Cheese"},
        definition="",
        created_at=1,
        updated_at=1,
        updated_by="admin",
    )
    world.apis.add(api, [])


def test_412_while_applications_have_keys_there(world: AdminWorld) -> None:
    key_manager = made(world)
    mapped = keyed(world, key_manager["id"])
    answer = world.call("DELETE", f"{ALL}/{key_manager['id']}")
    assert (answer.status, answer.json["code"]) == (412, 902015)
    world.key_uses.remove(mapped)
    assert world.call("DELETE", f"{ALL}/{key_manager['id']}").status == 200


def test_412_while_an_api_names_it_and_not_while_apis_take_all_or_another_tenant_s_name_it(world: AdminWorld) -> None:
    key_manager = made(world)
    naming(world, "Open", "all")
    naming(world, "Elsewhere", "Theirs", tenant=OTHER_TENANT)
    assert world.call("DELETE", f"{ALL}/{key_manager['id']}").status == 200
    key_manager = made(world)
    naming(world, "Bound", "theirs")
    answer = world.call("DELETE", f"{ALL}/{key_manager['id']}")
    assert (answer.status, answer.json["code"]) == (412, 902015)


def test_200_the_apis_that_name_it_by_pages(world: AdminWorld) -> None:
    key_manager = made(world)
    for name in ("Soup", "Bread", "Fish"):
        naming(world, name, "Theirs", "Resident Key Manager")
    naming(world, "Open", "all")
    path = f"{ALL}/{key_manager['id']}/api-usages"
    assert [api["name"] for api in world.call("GET", path).json["apis"]] == ["Bread", "Fish", "Soup"]
    page = world.call("GET", path, query={"limit": "1", "offset": "1"}).json
    assert page == {
        "apiCount": 3,
        "apis": [
            {
                "id": "id of Fish",
                "type": "API",
                "name": "Fish",
                "transportType": "HTTP",
                "description": "Cheese",
                "context": "/fish",
                "version": "1.0.0",
                "provider": "admin",
            }
        ],
    }
    resident = world.call("GET", ALL).json["list"][0]["id"]
    assert world.call("GET", f"{ALL}/{resident}/api-usages").json["apiCount"] == 3


def test_200_the_applications_that_have_keys_there_by_pages_and_each_once(world: AdminWorld) -> None:
    key_manager = made(world)
    for name in ("One", "Two"):
        keyed(world, key_manager["id"], name)
    keyed(world, "", "Third", key_manager="Resident Key Manager")
    application = world.shelf.applications[SUPER_TENANT, "id of One"]
    (production,) = world.key_uses.of_application(SUPER_TENANT, "id of One")
    sandbox = replace(production, id="s", key_type=KeyType.SANDBOX, client_id="another")
    world.key_uses.add(sandbox, application)
    path = f"{ALL}/{key_manager['id']}/app-usages"
    answer = world.call("GET", path).json
    assert answer["applicationCount"] == 2
    assert answer["applications"][0] == {
        "name": "One",
        "uuid": "id of One",
        "organizationId": None,
        "owner": "mary",
        "organization": SUPER_TENANT,
    }
    page = world.call("GET", path, query={"limit": "1", "offset": "1"}).json
    assert (page["applicationCount"], [one["name"] for one in page["applications"]]) == (2, ["Two"])
    resident = world.call("GET", ALL).json["list"][0]
    assert resident["isUsed"] is True
    (third,) = world.call("GET", f"{ALL}/{resident['id']}/app-usages").json["applications"]
    assert third["name"] == "Third"


def test_200_of_everybody_s_a_tenant_sees_its_own_applications_alone(world: AdminWorld) -> None:
    answer = world.call("POST", "/global-key-managers", body())
    shared = {"everybodys": True}
    keyed(world, answer.json["id"], "One", **shared)
    keyed(world, answer.json["id"], "Two", tenant=OTHER_TENANT, **shared)
    path = f"{ALL}/{answer.json['id']}/app-usages"
    theirs = world.call("GET", path, by=ELSEWHERE).json["applications"]
    assert [one["name"] for one in theirs] == ["Two"]
    assert world.call("GET", path).json["applicationCount"] == 2


@pytest.mark.parametrize("usages", ["api-usages", "app-usages"])
def test_404_usages_of_another_tenant_s_as_of_none(world: AdminWorld, usages: str) -> None:
    key_manager = made(world)
    other = world.call("GET", f"{ALL}/{key_manager['id']}/{usages}", by=ELSEWHERE)
    assert (other.status, other.text) == (404, world.call("GET", f"{ALL}/nothing/{usages}").text)
