"""What is logged of calls, through the devops interface."""

from __future__ import annotations

from typing import Any

import pytest

from functions.admin.routes.devops import devops_interface
from gatehouse.controlplane.call_logs import CallLogs
from gatehouse.domain.artifact import log_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT, Reply, client
from tests.unit.functions.test_admin_vocabulary import api_with
from tests.worlds.admin import AdminWorld

LOGS = f"/tenant-logs/{SUPER_TENANT}/apis"


class DevOpsWorld:
    def __init__(self) -> None:
        self.admin = AdminWorld()
        logs = CallLogs(records=self.admin.records, apis=self.admin.apis, clock=self.admin.clock)
        self.call = client(devops_interface(logs))
        category = self.admin.call("POST", "/api-categories", {"name": "Food"}).json
        operations = [{"verb": "GET", "target": "/menu"}]
        self.api = api_with(self.admin, "/api-categories", category, operations=operations)

    def set(self, level: str, **more: str) -> Reply:
        return self.call("PUT", f"{LOGS}/{self.api.id}", {"logLevel": level, **more})

    def told(self) -> Any:
        """What the gateway finds."""
        return self.admin.artifacts.get([log_key(SUPER_TENANT, self.api.id)])[0]


@pytest.fixture
def world() -> DevOpsWorld:
    return DevOpsWorld()


def test_200_nothing_is_logged_besides_the_line_until_somebody_says_so(world: DevOpsWorld) -> None:
    entry = {"context": "/pizza", "logLevel": "OFF", "apiId": world.api.id}
    assert world.call("GET", LOGS).json == {"apis": [entry]}
    assert world.set("FULL").json == {"apis": [{**entry, "logLevel": "FULL"}]}
    assert world.told() == {"levels": {"": "FULL"}}
    assert world.call("GET", f"{LOGS}/", query={"log-level": "FULL"}).json["apis"][0]["logLevel"] == "FULL"
    assert world.call("GET", LOGS, query={"log-level": "BASIC"}).json == {"apis": []}
    world.set("OFF")
    assert world.told() is None


def test_200_a_resource_has_a_level_of_its_own(world: DevOpsWorld) -> None:
    world.set("BASIC")
    answer = world.set("STANDARD", resourceMethod="get", resourcePath="/menu")
    assert [(one["logLevel"], one.get("resourcePath")) for one in answer.json["apis"]] == [
        ("BASIC", None),
        ("STANDARD", "/menu"),
    ]
    assert world.told() == {"levels": {"": "BASIC", "GET /menu": "STANDARD"}}
    assert world.call("GET", f"{LOGS}/{world.api.id}").json == answer.json


def test_400_names_what_cannot_be_logged(world: DevOpsWorld) -> None:
    assert world.set("LOUD").json["error"][0]["code"] == "400_logLevel"
    assert world.set("FULL", resourceMethod="GET", resourcePath="/x").json["error"][0]["code"] == "400_resourcePath"
    assert world.call("GET", LOGS, query={"log-level": "LOUD"}).json["error"][0]["code"] == "400_log-level"


@pytest.mark.parametrize(
    ("by", "tenant", "status"),
    [
        ("admin", SUPER_TENANT, 200),
        ("admin", OTHER_TENANT, 200),
        (f"admin@{OTHER_TENANT}", OTHER_TENANT, 200),
        (f"admin@{OTHER_TENANT}", SUPER_TENANT, 404),
        ("carol", SUPER_TENANT, 401),
        (None, SUPER_TENANT, 401),
    ],
)
def test_administrators_ask_about_their_tenant_and_the_super_tenant_s_about_all(
    world: DevOpsWorld, by: str | None, tenant: str, status: int
) -> None:
    assert world.call("GET", f"/tenant-logs/{tenant}/apis", by=by).status == status
    assert world.call("GET", f"/tenant-logs/{tenant}/apis/nothing", by=by).status == (status if status != 200 else 404)


def test_correlation_ids_are_written_always_and_that_cannot_be_changed(world: DevOpsWorld) -> None:
    shown = world.call("GET", "/config/correlation").json
    assert [(one["name"], one["enabled"]) for one in shown["components"]] == [("http", "true")]
    assert world.call("PUT", "/config/correlation", shown).json == shown
    for name, enabled in (("http", "false"), ("jdbc", "true")):
        refused = world.call("PUT", "/config/correlation", {"components": [{"name": name, "enabled": enabled}]})
        assert refused.json["error"][0]["code"] == "400_components.0.enabled"
