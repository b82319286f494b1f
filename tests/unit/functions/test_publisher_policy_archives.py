"""The product's operation policies leave as archives, by themselves and with the APIs that use them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds.archives import data_of, enveloped, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, blamed

STEM = "addHeader_v1"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def take(world: PublisherWorld, files: dict[str, Any]) -> Any:
    body, headers = multipart({"file": zipped(files)})
    return world.call("POST", "/operation-policies/import", body, headers=headers)


def specification(name: str, kind: str = "operation_policy_specification") -> dict[str, Any]:
    return {
        f"{name}_v1/{name}_v1.yaml": enveloped(kind, {"name": name, "version": "v1"}),
        f"{name}_v1/{name}_v1.j2": "x",
    }


@pytest.mark.parametrize("notation", ["YAML", "JSON"])
def test_200_a_policy_leaves_as_its_specification(world: PublisherWorld, notation: str) -> None:
    query = {"name": "addHeader", "version": "v1", "format": notation}
    files = exported(world.call("GET", "/operation-policies/export", query=query))
    data = data_of(files[f"{STEM}/{STEM}.{notation.lower()}"])
    assert (data["name"], data["version"], data["applicableFlows"][0]) == ("addHeader", "v1", "request")
    assert {one["name"] for one in data["policyAttributes"]} == {"headerName", "headerValue"}


@pytest.mark.parametrize("query", [{"name": "fly"}, {"name": "addHeader", "version": "v9"}])
def test_404_what_is_not_there_is_not_exported(world: PublisherWorld, query: dict[str, str]) -> None:
    assert world.call("GET", "/operation-policies/export", query=query).status == 404


def test_409_a_policy_that_is_there_comes_in_as_no_other(world: PublisherWorld) -> None:
    query = {"name": "addHeader", "version": "v1"}
    files = exported(world.call("GET", "/operation-policies/export", query=query))
    assert take(world, dict(files)).status == 409


def test_400_what_is_no_policy_is_named(world: PublisherWorld) -> None:
    assert blamed(take(world, {"readme.txt": "x"})) == ["file"]
    assert blamed(take(world, specification("fly", "api"))) == ["fly_v1.yaml"]


def test_an_api_takes_the_specifications_of_its_policies_along(world: PublisherWorld) -> None:
    parameters = {"headerName": "x-menu", "headerValue": "1"}
    policies = {"request": [{"policyName": "addHeader", "policyVersion": "v1", "parameters": parameters}]}
    world.design(operations=[{"verb": "GET", "target": "/menu", "operationPolicies": policies}])
    query = {"name": "Pizza", "version": "1.0.0"}
    files, other = exported(world.call("GET", "/apis/export", query=query)), PublisherWorld()
    assert data_of(files[f"Pizza-1.0.0/Policies/{STEM}.yaml"])["name"] == "addHeader"
    body, headers = multipart({"file": zipped(dict(files))})
    assert other.call("POST", "/apis/import", body, headers=headers).status == 200
    again = exported(other.call("GET", "/apis/export", query=query))
    operations = [data_of(one["Pizza-1.0.0/api.yaml"])["operations"] for one in (files, again)]
    assert operations[0] == operations[1]
