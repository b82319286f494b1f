"""Shared scopes through the publisher interface, and what the token endpoint is told of them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from gatehouse.domain.artifact import scope_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, api, blamed

SCOPE = {"name": "cook", "displayName": "Cook", "description": "May cook", "bindings": ["kitchen"]}
USING = {
    "scopes": [{"scope": {"name": "cook", "bindings": ["kitchen"]}, "shared": True}],
    "operations": [{"verb": "GET", "target": "/menu", "scopes": ["cook"]}, {"verb": "GET", "target": "/other"}],
}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def granted(world: PublisherWorld, name: str = "cook") -> Any:
    return world.artifact(scope_key(SUPER_TENANT, name))


def named(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_scope_is_added_read_changed_and_deleted_and_tokens_follow(world: PublisherWorld) -> None:
    added = world.call("POST", "/scopes", SCOPE)
    assert (added.status, added.headers["Location"]) == (201, f"/api/am/publisher/v4/scopes/{added.json['id']}")
    assert added.json == {**SCOPE, "id": added.json["id"], "usageCount": 0}
    one = f"/scopes/{added.json['id']}"
    assert (world.made("GET", one), granted(world)) == (added.json, {"roles": ["kitchen"]})
    changed = world.made("PUT", one, {**SCOPE, "bindings": ["kitchen", "bakery"]})
    assert (changed["bindings"], granted(world)) == (["kitchen", "bakery"], {"roles": ["kitchen", "bakery"]})
    assert world.made("GET", "/scopes")["list"] == [changed]
    assert world.call("DELETE", one).status == 200
    assert (world.call("GET", one).json["code"], granted(world)) == (900981, None)


def test_409_a_name_that_a_scope_has(world: PublisherWorld) -> None:
    world.design(scopes=[{"scope": {"name": "own"}}])
    world.made("POST", "/scopes", SCOPE)
    for name in ("own", "cook"):
        refused = world.call("POST", "/scopes", {**SCOPE, "name": name})
        assert (refused.status, refused.json["code"]) == (409, 900984)
    assert world.call("POST", "/apis", api("Other", scopes=[{"scope": {"name": "cook"}}])).json["code"] == 903204
    assert world.call("POST", "/scopes", SCOPE, by=f"admin@{OTHER_TENANT}").status == 201


def test_400_names_of_management_scopes_and_new_names(world: PublisherWorld) -> None:
    assert blamed(world.call("POST", "/scopes", {**SCOPE, "name": "apim:api_view"})) == ["name"]
    made = world.made("POST", "/scopes", SCOPE)
    assert blamed(world.call("PUT", f"/scopes/{made['id']}", {**SCOPE, "name": "bake"})) == ["name"]


def test_a_name_can_be_asked_for(world: PublisherWorld) -> None:
    world.design(scopes=[{"scope": {"name": "own"}}])
    world.made("POST", "/scopes", {**SCOPE, "name": "çook/it"})
    for name, status in {"own": 200, "çook/it": 200, "apim:api_view": 200, "other": 404}.items():
        assert world.call("HEAD", f"/scopes/{named(name)}").status == status
    assert world.call("HEAD", "/scopes/%FF!").status == 400


def test_a_scope_says_who_uses_it_and_stays_while_somebody_does(world: PublisherWorld) -> None:
    made = world.made("POST", "/scopes", SCOPE)
    one = f"/scopes/{made['id']}"
    world.design(**USING)
    world.design("Secret", accessControl="RESTRICTED", accessControlRoles=["kitchen"], **USING)
    usage = world.made("GET", f"{one}/usage")
    assert (usage["id"], usage["name"]) == (made["id"], "cook")
    assert [(use["name"], use["usedResourceList"]) for use in usage["usages"]] == [
        ("Pizza", [{"target": "/menu", "verb": "GET"}]),
        ("Secret", [{"target": "/menu", "verb": "GET"}]),
    ]
    assert [use["name"] for use in world.made("GET", f"{one}/usage", by="baker")["usedApiList"]] == ["Pizza"]
    assert [world.made("GET", path)["usageCount"] for path in (one,)] == [2]
    assert world.made("GET", "/scopes")["list"][0]["usageCount"] == 2
    refused = world.call("DELETE", one)
    assert (refused.status, refused.json["code"], granted(world)) == (409, 900985, {"roles": ["kitchen"]})
