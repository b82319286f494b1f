"""Deploying to several gateway environments, and what an API is like in each."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import revision_key, route_key, state_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi
from tests.worlds.environments import kept_environment
from tests.worlds.publisher import PublisherWorld, blamed, member

EU = {"name": "eu", "vhost": "eu.example"}
SEPARATE = {
    "endpoint_type": "http",
    "production_endpoints": {"url": "https://backend.example", "config": {"retryTimeOut": "2"}},
}


@pytest.fixture
def world() -> PublisherWorld:
    world = PublisherWorld()
    environment(world, "eu", "eu.example", "eu2.example")
    return world


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of an API."""
    return str(world.design(endpointConfig=SEPARATE)["id"])


def environment(world: PublisherWorld, name: str, *hosts: str, **more: Any) -> None:
    """As the administrator has made it."""
    world.settings.add(kept_environment(name, *hosts, **more), taken=AssertionError())


def served(world: PublisherWorld, api_id: str, name: str) -> DeployedApi | None:
    body = world.artifact(revision_key(SUPER_TENANT, api_id, name))
    return DeployedApi.from_body(body) if body else None


def put(world: PublisherWorld, api_id: str, properties: Any, environment_id: str = "id-of-eu", **more: Any) -> Any:
    return world.call("PUT", f"/apis/{api_id}/environments/{environment_id}/keys", properties, **more)


def test_201_a_revision_is_deployed_to_several_environments_each_with_its_host(
    world: PublisherWorld, pizza: str
) -> None:
    revision = str(world.revision(pizza)["id"])
    answer = world.deploy(pizza, revision, {"name": "Default"}, {**EU, "displayOnDevportal": False})
    assert [(one["name"], one["vhost"], one["displayOnDevportal"]) for one in answer.json] == [
        ("Default", "gateway.example", True),
        ("eu", "eu.example", False),
    ]
    default, europe = served(world, pizza, "Default"), served(world, pizza, "eu")
    assert default is not None
    assert europe is not None
    assert (default.environment, default.host, europe.environment, europe.host) == ("Default", "", "eu", "eu.example")


def test_environments_serve_different_revisions_until_the_last_one_is_undeployed(
    world: PublisherWorld, pizza: str
) -> None:
    first, second = str(world.revision(pizza)["id"]), str(world.revision(pizza)["id"])
    world.deploy(pizza, first, {"name": "Default"})
    world.deploy(pizza, second, EU)
    shared = (route_key(SUPER_TENANT, "/pizza/1.0.0"), state_key(SUPER_TENANT, pizza))
    where = f"/apis/{pizza}/undeploy-revision"
    assert world.call("POST", where, [EU], query={"revisionId": second}).status == 201
    assert (served(world, pizza, "eu"), bool(served(world, pizza, "Default"))) == (None, True)
    assert all(world.artifact(key) for key in shared)
    assert world.call("POST", where, query={"revisionId": first}).status == 201
    assert [world.artifact(key) for key in shared] == [None, None]


def test_a_first_host_is_taken_when_none_is_named(world: PublisherWorld, pizza: str) -> None:
    deployed = world.deploy(pizza, str(world.revision(pizza)["id"]), {"name": "eu"})
    assert [one["vhost"] for one in deployed.json] == ["eu.example"]


@pytest.mark.parametrize(
    ("wanted", "field", "code"),
    [
        ({**EU, "vhost": "us.example"}, "0.vhost", 900512),
        ({"name": "EU"}, "0.name", 903233),
        ({"name": "looked-at"}, "0.name", 900515),
    ],
)
def test_400_names_what_cannot_be_deployed_to(
    world: PublisherWorld, pizza: str, wanted: dict[str, Any], field: str, code: int
) -> None:
    environment(world, "looked-at", "looked.example", mode="READ_ONLY")
    refused = world.deploy(pizza, str(world.revision(pizza)["id"]), wanted)
    assert (blamed(refused), refused.json["code"]) == ([field], code)


def test_an_environment_that_is_closed_to_a_role_is_none_to_who_has_it_not(world: PublisherWorld) -> None:
    environment(world, "kitchen", "kitchen.example", permissions={"permissionType": "ALLOW", "roles": ["kitchen"]})
    pizza = str(world.design(by="baker")["id"])
    revision = {"revisionId": str(world.revision(pizza)["id"])}
    deploy = f"/apis/{pizza}/deploy-revision"
    refused = world.call("POST", deploy, [{"name": "kitchen"}], query=revision, by="baker")
    absent = world.call("POST", deploy, [{"name": "nowhere"}], query=revision, by="baker")
    assert (refused.status, refused.text.replace("kitchen", "nowhere")) == (absent.status, absent.text)
    names = {who: [one["name"] for one in _environments(world, who)] for who in ("chef", "baker", None)}
    assert names == {"chef": ["Default", "eu", "kitchen"], "baker": ["Default", "eu"], None: ["Default"]}
    keys = f"/apis/{pizza}/environments/id-of-kitchen/keys"
    assert world.call("GET", keys, by="baker").json["code"] == 900506
    assert world.call("POST", deploy, [{"name": "kitchen"}], query=revision).status == 201
    undeploy = f"/apis/{pizza}/undeploy-revision"
    assert world.call("POST", undeploy, [{"name": "kitchen"}], query=revision, by="baker").json["code"] == 903233


def test_200_settings_show_environments_with_their_addresses_to_an_old_session_too(world: PublisherWorld) -> None:
    environment(world, "us", "us.example", vhosts=[{"host": "us.example", "httpsPort": 8443, "httpContext": "api"}])
    found = {one["name"]: one for one in _environments(world, "admin")}
    assert found["Default"]["serverUrl"] == "https://gateway.example:8243"
    assert (found["us"]["serverUrl"], found["us"]["provider"]) == ("https://us.example:8443/api", "wso2")
    assert (found["eu"]["id"], found["eu"]["displayName"], found["eu"]["type"]) == ("id-of-eu", "EU", "production")
    outdated = world.call("GET", "/settings", by=None, headers={"authorization": "Bearer outdated"})
    assert [one["name"] for one in outdated.json["environment"]] == ["Default"]


def _environments(world: PublisherWorld, who: str | None) -> list[Any]:
    listed: list[Any] = world.call("GET", "/settings", by=who).json["environment"]
    return listed


def test_a_backend_of_an_environment_s_own_takes_the_place_of_the_designed_one_there(
    world: PublisherWorld, pizza: str
) -> None:
    properties = {"productionEndpoint": "https://eu.backend.example/v1", "note": "kept"}
    assert put(world, pizza, properties).json == properties
    assert world.made("GET", f"/apis/{pizza}/environments/id-of-eu/keys") == properties
    assert world.made("GET", f"/apis/{pizza}/environments/Default/keys") == {}
    world.deploy(pizza, str(world.revision(pizza)["id"]), {"name": "Default"}, EU)
    default, europe = served(world, pizza, "Default"), served(world, pizza, "eu")
    assert default is not None
    assert default.production is not None
    assert europe is not None
    assert europe.production is not None
    assert [one.url for one in default.production.members] == ["https://backend.example"]
    [there] = europe.production.members
    assert (there.url, there.retries) == ("https://eu.backend.example/v1", 2)
    put(world, pizza, {"productionEndpoint": "https://other.example"})
    assert served(world, pizza, "eu") == europe, "until the next deployment there"


def test_a_product_s_operations_go_to_the_backends_that_their_apis_have_there(
    world: PublisherWorld, pizza: str
) -> None:
    beers = {"verb": "GET", "target": "/beers"}
    drinks = str(world.design("Drinks", endpointConfig=SEPARATE, operations=[beers])["id"])
    put(world, pizza, {"productionEndpoint": "https://eu.backend.example"})
    put(world, drinks, {"sandboxEndpoint": "https://sandbox.eu.example"})
    product = str(world.product(member(pizza, "GET /menu"), member(drinks, "GET /beers"))["id"])
    path = f"/api-products/{product}"
    revision = world.made("POST", f"{path}/revisions", {"description": ""})["id"]
    deployed = world.call("POST", f"{path}/deploy-revision", [{"name": "Default"}, EU], query={"revisionId": revision})
    assert deployed.status == 201, deployed.text

    def urls(name: str) -> list[list[str | None]]:
        found = served(world, product, name)
        assert found is not None
        sides = [(one.production, one.sandbox) for one in found.members]
        return [[side.members[0].url if side else None for side in pair] for pair in sides]

    designed = "https://backend.example"
    assert urls("Default") == [[designed, None], [designed, None]]
    assert urls("eu") == [["https://eu.backend.example", None], [designed, "https://sandbox.eu.example"]]


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"productionEndpoint": "ftp://x"}, "productionEndpoint"),
        ({"sandboxEndpoint": "https://me:secret@x.example"}, "sandboxEndpoint"),
        ({"note": 7}, "note"),
        (["a"], ""),
    ],
)
def test_400_names_a_property_that_cannot_be_used(
    world: PublisherWorld, pizza: str, properties: Any, field: str
) -> None:
    refused = put(world, pizza, properties)
    assert (blamed(refused), refused.json["code"]) == ([field], 900358)


def test_400_an_address_is_refused_where_backends_have_none(world: PublisherWorld) -> None:
    mocked = str(world.design(endpointConfig={}, endpointImplementationType="MOCKED_OAS")["id"])
    put(world, mocked, {"productionEndpoint": "https://eu.backend.example"})
    refused = world.deploy(mocked, str(world.revision(mocked)["id"]), EU)
    assert blamed(refused) == ["productionEndpoint"]


def test_404_of_an_api_or_an_environment_that_is_not_there(world: PublisherWorld, pizza: str) -> None:
    assert put(world, "nothing", {}).status == 404
    assert put(world, pizza, {}, environment_id="nowhere").json["code"] == 900506


def test_400_a_direct_api_is_the_same_revision_everywhere(world: PublisherWorld) -> None:
    direct = {
        "gatewayType": "direct",
        "additionalProperties": [{"name": "enable_outbound_auth_header", "value": "true"}],
    }
    pizza = str(world.design(**direct)["id"])
    first, second = str(world.revision(pizza)["id"]), str(world.revision(pizza)["id"])
    assert world.deploy(pizza, first, {"name": "Default"}, EU).status == 201
    assert blamed(world.deploy(pizza, second, EU)) == ["gatewayType"]
    world.call("POST", f"/apis/{pizza}/undeploy-revision", [EU], query={"revisionId": first})
    assert world.front_door.led, "the other environment still leads there"
    put(world, pizza, {"productionEndpoint": "https://eu.backend.example"})
    assert blamed(world.deploy(pizza, first, EU)) == ["gatewayType"]
