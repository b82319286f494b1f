"""Gateway environments through the admin interface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.artifact import environment_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.environment import ENVIRONMENTS_MAX
from gatehouse.domain.publishing.revision import Deployment, Revision
from tests.callers import OTHER_TENANT, Reply
from tests.unit.functions.test_admin_vocabulary import api_with
from tests.worlds.admin import AdminWorld

EUROPE: dict[str, Any] = {"name": "eu", "vhosts": [{"host": "eu.example"}]}


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def add(world: AdminWorld, **changes: Any) -> Reply:
    return world.call("POST", "/environments", {**EUROPE, **changes})


def made(world: AdminWorld, **changes: Any) -> Any:
    answer = add(world, **changes)
    assert answer.status == 201, answer.text
    return answer.json


def deploy(world: AdminWorld, environment: str, vhost: str = "eu.example") -> None:
    category = world.call("POST", "/api-categories", {"name": "Food"}).json
    api = api_with(world, "/api-categories", category)
    revision = Revision(
        tenant=api.tenant, api_id=api.id, id="r1", number=1, description="", created_at=1, document={}, definition=""
    )
    world.apis.add_revision(revision)
    deployment = Deployment(
        tenant=api.tenant,
        api_id=api.id,
        environment=environment,
        vhost=vhost,
        revision_id="r1",
        revision_number=1,
        displayed=True,
        deployed_at=1,
    )
    world.apis.deploy(api, [deployment], [])


def test_200_the_stage_s_own_is_listed_first_and_is_read_only(world: AdminWorld) -> None:
    made(world, name="asia", vhosts=[{"host": "asia.example"}])
    made(world)
    listed = world.call("GET", "/environments").json
    assert (listed["count"], [one["name"] for one in listed["list"]]) == (3, ["Default", "asia", "eu"])
    own = listed["list"][0]
    assert own["vhosts"] == [{"host": "gateway.example", "httpContext": "", "httpsPort": 8243}]
    assert (own["id"], own["isReadOnly"], own["provider"], own["type"]) == ("Default", True, "wso2", "hybrid")
    for method, body in (("PUT", {**EUROPE, "name": "Default"}), ("DELETE", None)):
        assert world.call(method, "/environments/Default", body).json["code"] == 900508


def test_201_an_environment_reads_as_it_was_answered(world: AdminWorld) -> None:
    answer = add(
        world,
        displayName="Europe",
        type="production",
        vhosts=[{"host": "EU.example", "httpContext": "/eu", "httpsPort": 8443, "wsPort": 9099}],
        permissions={"permissionType": "ALLOW", "roles": ["kitchen"]},
        additionalProperties=[{"key": "Organization", "value": "Pizzeria"}],
    )
    assert answer.status == 201
    assert answer.headers["Location"] == f"/api/am/admin/v4/environments/{answer.json['id']}"
    assert world.call("GET", f"/environments/{answer.json['id']}").json == answer.json
    assert answer.json["vhosts"] == [{"host": "EU.example", "httpContext": "/eu", "httpsPort": 8443, "wsPort": 9099}]
    assert (answer.json["isReadOnly"], answer.json["mode"], answer.json["displayName"]) == (
        False,
        "WRITE_ONLY",
        "Europe",
    )


def test_the_gateway_learns_the_hosts_in_the_same_write(world: AdminWorld) -> None:
    environment = made(world, vhosts=[{"host": "EU.example"}, {"host": "gateway.example"}])
    key = environment_key(SUPER_TENANT, "eu")
    assert world.artifacts.get([key]) == [
        {"hosts": ["eu.example", "gateway.example"], "own_hosts": ["gateway.example"]}
    ]
    world.call("PUT", f"/environments/{environment['id']}", EUROPE)
    assert world.artifacts.get([key]) == [{"hosts": ["eu.example"], "own_hosts": []}]
    assert world.call("DELETE", f"/environments/{environment['id']}").status == 200
    assert world.artifacts.get([key]) == [None]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "default"}, 400, 900507),
        ({"name": "EU"}, 400, 900507),
        ({"name": "no blanks"}, 400, 400),
        ({"name": "us", "vhosts": []}, 400, 900511),
        ({"name": "us", "vhosts": [{"host": "not a host"}]}, 400, 900512),
        ({"name": "us", "vhosts": [{"host": "us.example"}, {"host": "US.example"}]}, 400, 900509),
        ({"name": "us", "provider": "kong"}, 400, 400),
        ({"name": "us", "gatewayType": "APK"}, 400, 400),
        ({"name": "us", "type": "lunar"}, 400, 400),
        ({"name": "us", "permissions": {"permissionType": "DENY"}}, 400, 400),
    ],
)
def test_4xx_says_what_cannot_be_an_environment(
    world: AdminWorld, changes: dict[str, Any], status: int, code: int
) -> None:
    made(world)
    before = world.writes
    refused = add(world, **changes)
    assert (refused.status, refused.json["code"]) == (status, code)
    assert world.writes == before


def test_400_a_name_stays_because_deployments_refer_to_it(world: AdminWorld) -> None:
    environment = made(world)
    refused = world.call("PUT", f"/environments/{environment['id']}", {**EUROPE, "name": "europe"})
    assert (refused.status, refused.json["code"]) == (400, 900510)


def test_409_an_environment_is_kept_while_something_is_deployed_there(world: AdminWorld) -> None:
    environment = made(world)
    deploy(world, "eu")
    refused = world.call("DELETE", f"/environments/{environment['id']}")
    assert (refused.status, refused.json["code"]) == (409, 900516)
    assert world.call("GET", f"/environments/{environment['id']}").status == 200


def test_400_a_host_stays_while_an_api_is_served_at_it(world: AdminWorld) -> None:
    environment = made(world, vhosts=[{"host": "eu.example"}, {"host": "old.example"}])
    deploy(world, "eu")
    path = f"/environments/{environment['id']}"
    assert world.call("PUT", path, EUROPE).status == 200
    refused = world.call("PUT", path, {**EUROPE, "vhosts": [{"host": "new.example"}]})
    assert (refused.status, refused.json["code"]) == (400, 900512)


def test_400_a_tenant_has_a_bounded_number_of_them(world: AdminWorld) -> None:
    for number in range(ENVIRONMENTS_MAX):
        made(world, name=f"eu{number}")
    assert "at most" in add(world).json["description"]


def test_200_one_function_is_the_gateway_of_an_environment(world: AdminWorld) -> None:
    environment = made(world)
    found = world.call("GET", f"/environments/{environment['id']}/gateways").json
    assert found == {"count": 1, "list": [{"gatewayId": "eu_test", "status": "ACTIVE"}]}


def test_404_an_environment_of_another_tenant_is_one_that_is_not_there(world: AdminWorld) -> None:
    environment = made(world)
    stranger = f"admin@{OTHER_TENANT}"
    absent = world.call("GET", "/environments/nowhere", by=stranger)
    for method, body in (("GET", None), ("PUT", EUROPE), ("DELETE", None)):
        answer = world.call(method, f"/environments/{environment['id']}", body, by=stranger)
        assert (answer.status, answer.json["code"]) == (404, 900506)
        assert replace(answer, headers={}, text="", json={**answer.json, "description": ""}) == replace(
            absent, headers={}, text="", json={**absent.json, "description": ""}
        )
    assert world.call("GET", f"/environments/{environment['id']}/gateways", by=stranger).status == 404
    assert [one["name"] for one in world.call("GET", "/environments", by=stranger).json["list"]] == ["Default"]
