"""The definitions that the store gives to callers, through its surface."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.environments import kept_environment
from tests.worlds.external_keys import ExternalKeysWorld
from tests.worlds.store import GATEWAY, MANAGEMENT, StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def flows(definition: Any) -> Any:
    return definition["components"]["securitySchemes"]["default"]["flows"]


def test_200_the_definition_says_what_opens_the_deployed_api(world: StoreWorld) -> None:
    api = world.api(deployed=True, securityScheme=["oauth2", "api_key", "basic_auth"], apiKeyHeader="X-Key")
    found = world.call("GET", f"/apis/{api.id}/swagger", by=None).json
    assert flows(found)["clientCredentials"]["tokenUrl"] == f"{MANAGEMENT}/oauth2/token"
    assert flows(found)["authorizationCode"]["authorizationUrl"] == f"{MANAGEMENT}/oauth2/authorize"
    assert found["components"]["securitySchemes"]["ApiKeyAuth"]["name"] == "X-Key"
    assert found["paths"]["/menu"]["get"]["security"] == [{"default": []}, {"ApiKeyAuth": []}, {"BasicAuth": []}]


def test_200_the_default_version_is_served_without_its_number_too(world: StoreWorld) -> None:
    api = world.api(deployed=True, isDefaultVersion=True)
    found = world.call("GET", f"/apis/{api.id}/swagger", by=None).json
    assert [server["url"] for server in found["servers"]] == [f"{GATEWAY}/pizza/1.0.0", f"{GATEWAY}/pizza"]
    (urls,) = world.call("GET", f"/apis/{api.id}", by=None).json["endpointURLs"]
    assert urls["defaultVersionURLs"]["https"] == f"{GATEWAY}/pizza"


@pytest.mark.parametrize("name", ["environmentName", "labelName"])
def test_200_a_definition_per_environment(world: StoreWorld, name: str) -> None:
    world.settings.add(kept_environment("Europe", "eu.example"), taken=AssertionError())
    api = world.api(deployed=True)
    world.deploy(api, title="Elsewhere", environment="Europe")
    for environment, title in (("Default", "Deployed"), ("Europe", "Elsewhere")):
        found = world.call("GET", f"/apis/{api.id}/swagger", by=None, query={name: environment})
        assert found.json["info"]["title"] == title
    assert world.call("GET", f"/apis/{api.id}/swagger", by=None, query={name: "Moon"}).status == 404


@pytest.mark.parametrize("asked", [{"query": "kmId={id}"}, {"query": "kmId:{id}"}, {"kmId": "{id}"}])
def test_200_the_definition_for_tokens_of_an_external_key_manager(asked: dict[str, str]) -> None:
    world = ExternalKeysWorld()
    api = world.api(deployed=True)
    world.configure(authorizeEndpoint="https://keys.example/authorize")
    known = world.theirs
    query = {name: value.format(id=known.id) for name, value in asked.items()}
    found = world.call("GET", f"/apis/{api.id}/swagger", by=None, query=query).json
    assert flows(found)["clientCredentials"]["tokenUrl"] == known.document["tokenEndpoint"]
    assert flows(found)["authorizationCode"]["authorizationUrl"] == "https://keys.example/authorize"


def test_400_no_such_key_manager(world: StoreWorld) -> None:
    api = world.api(deployed=True)
    refused = world.call("GET", f"/apis/{api.id}/swagger", by=None, query={"query": "kmId=nobody"})
    assert refused.status == 400
    assert refused.json["error"][0]["code"] == "400_kmId"


def test_304_for_who_has_the_definition_already(world: StoreWorld) -> None:
    api = world.api(deployed=True)
    path = f"/apis/{api.id}/swagger"
    first = world.call("GET", path, by=None)
    tag = first.headers["ETag"]
    again = world.call("GET", path, by=None, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    world.deploy(api, title="Newer")
    assert world.call("GET", path, by=None, headers={"If-None-Match": tag}).json["info"]["title"] == "Newer"


def test_200_a_postman_collection(world: StoreWorld) -> None:
    api = world.api(deployed=True, tenant=OTHER_TENANT)
    there = {"X-WSO2-Tenant-Q": OTHER_TENANT}
    found = world.call("GET", f"/apis/{api.id}/postman-collection", by=None, query=there)
    assert "Pizza-1.0.0.postman_collection.json" in found.headers["Content-Disposition"]
    assert [item["name"] for item in found.json["item"]] == ["GET /menu"]
    assert found.json["variable"][0] == {"key": "baseUrl", "value": f"{GATEWAY}/t/{OTHER_TENANT}/pizza/1.0.0"}
    assert f"{MANAGEMENT}/t/{OTHER_TENANT}/oauth2/token" in json.dumps(found.json["auth"])
    assert (
        world.call("GET", f"/apis/{api.id}/postman-collection", headers={"X-WSO2-Tenant": SUPER_TENANT}).status == 404
    )
