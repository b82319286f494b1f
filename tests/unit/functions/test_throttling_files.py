"""Policies as files, found, exported and imported as `apictl` does it; and how long a change takes to hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.edge.openapi import document
from tests.worlds.admin import POLICIES, AdminWorld

CUSTOM = f"{POLICIES}/custom"
DENY = "/throttling/deny-policies"
LIMIT = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 5}}
IP = {"type": "IPCONDITION", "ipCondition": {"ipConditionType": "IPSPECIFIC", "specificIP": "203.0.113.7"}}
CAP = {"policyName": "Cap", "defaultLimit": LIMIT, "conditionalGroups": [{"conditions": [IP], "limit": LIMIT}]}
RULE = {"policyName": "Rule", "keyTemplate": "$userId", "siddhiQuery": "limit 5 per min"}


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def problem(answer: Any) -> str:
    assert answer.status == 400, answer.json
    return str(answer.json["error"][0]["code"]).removeprefix("400_")


def upload(world: AdminWorld, content: object, **query: str) -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    body = f'--b\r\nContent-Disposition: form-data; name="file"; filename="p"\r\n\r\n{text}\r\n--b--\r\n'.encode()
    headers = {"content-type": "multipart/form-data; boundary=b"}
    return world.call("POST", f"{POLICIES}/import", body, query=query, headers=headers)


def test_policies_of_all_kinds_leave_and_come_back_as_files(world: AdminWorld) -> None:
    world.call("POST", CUSTOM, RULE)
    world.call("POST", f"{POLICIES}/advanced", CAP)
    for short, kind, name in [
        ("global", "custom", "Rule"),
        ("api", "advanced", "Cap"),
        ("sub", "subscription", "AIGold"),
        ("app", "application", "10PerMin"),
    ]:
        exported = world.call("GET", f"{POLICIES}/export", query={"name": name, "type": short})
        assert exported.status == 200, exported.json
        assert exported.json["type"] == "throttling policy"
        # `apictl` calls the file after the second property, whatever it is.
        assert list(exported.json["data"].items())[1] == ("policyName", name)
        refused = upload(world, exported.json)
        assert refused.status == 409
        again = upload(world, exported.json, overwrite="true")
        assert (again.status, again.json) == (200, exported.json["data"])
        renamed = {**exported.json, "data": {**exported.json["data"], "policyName": f"{name}2"}}
        assert upload(world, renamed).json["policyName"] == f"{name}2"
        assert world.id_of(kind, f"{name}2")


def test_a_file_in_yaml_is_taken_and_given_too(world: AdminWorld) -> None:
    exported = world.call("GET", f"{POLICIES}/export", query={"name": "Gold", "type": "sub", "format": "YAML"})
    assert exported.text.startswith("type: throttling policy\nsubtype: subscription policy\n")
    assert upload(world, exported.text, overwrite="true").status == 200


def test_what_apictl_would_delete_is_what_was_named(world: AdminWorld) -> None:
    for kind, names in {"advanced": ("ACap", "Cap"), "subscription": ("AGold", "Gold")}.items():
        short = {"advanced": "api", "subscription": "sub"}[kind]
        world.call("POST", f"{POLICIES}/{kind}", {"policyName": names[0], "defaultLimit": LIMIT})
        world.call("POST", f"{POLICIES}/{kind}", {"policyName": names[1], "defaultLimit": LIMIT})
        found = world.call("GET", f"{POLICIES}/search", query={"query": f"name:{names[1]} type:{short}"}).json
        assert (found["count"], found["list"][0]["uuid"]) == (1, world.id_of(kind, names[1]))


def test_every_operation_that_changes_something_declares_until_when_it_holds(world: AdminWorld) -> None:
    ours = [one for one in world.interface.operations if one.path.startswith("/throttling")]
    changes = [one for one in ours if one.method != "GET" and one.id != "decideCall"]
    assert len(changes) == 16
    assert all(set(one.headers) == {"Effective-Within"} for one in changes)
    described = document(world.interface)["paths"]
    for one in changes:
        answers = described[one.path][one.method.lower()]["responses"]
        assert all("Effective-Within" in answers[str(status)]["headers"] for status in one.answers)
    made = world.call("POST", CUSTOM, RULE)
    path = f"{CUSTOM}/{made.json['policyId']}"
    exported = world.call("GET", f"{POLICIES}/export", query={"name": "Rule"}).json
    denied = world.call("POST", DENY, {"conditionType": "IP", "conditionValue": {"fixedIp": "203.0.113.7"}})
    denial = f"/throttling/deny-policy/{denied.json['conditionId']}"
    for answer in (
        made,
        denied,
        world.call("PUT", path, made.json),
        world.call("PATCH", denial, {"conditionStatus": False}),
        world.call("DELETE", denial),
        world.call("DELETE", path),
        upload(world, exported),
    ):
        assert answer.status < 300
        assert answer.headers["Effective-Within"] == "5"


@pytest.mark.parametrize(
    ("content", "path"),
    [({"type": "api"}, "type"), ({"type": "throttling policy", "subtype": "plan"}, "subtype")],
)
def test_400_a_file_of_something_else(world: AdminWorld, content: dict[str, Any], path: str) -> None:
    assert problem(upload(world, content)) == path


def test_400_a_wrong_field_in_a_file_is_named_with_its_place(world: AdminWorld) -> None:
    data = {"policyName": "New", "defaultLimit": {"type": "WISHFUL"}}
    content = {"type": "throttling policy", "subtype": "application policy", "data": data}
    assert problem(upload(world, content)) == "data.defaultLimit.type"


def test_a_file_may_call_itself_as_the_interface_s_description_does(world: AdminWorld) -> None:
    exported = world.call("GET", f"{POLICIES}/export", query={"policyId": world.id_of("application", "10PerMin")}).json
    assert exported["data"]["policyName"] == "10PerMin"
    described = {**exported, "type": "rate-limiting policy", "subtype": "application"}
    assert upload(world, described, overwrite="true").json == exported["data"]


def test_404_nothing_of_this_name_to_export(world: AdminWorld) -> None:
    assert world.call("GET", f"{POLICIES}/export", query={"name": "None"}).status == 404
    assert world.call("GET", f"{POLICIES}/export", query={"policyId": "none"}).status == 404
    assert problem(world.call("GET", f"{POLICIES}/export")) == "name"
