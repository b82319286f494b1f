"""Where developers call an API, environment by environment."""

from __future__ import annotations

import pytest

from tests.worlds.environments import kept_environment
from tests.worlds.store import GATEWAY, StoreWorld

PORTS = [{"host": "eu.example", "httpPort": 8080, "httpsPort": 8443, "httpContext": "/v"}]


@pytest.fixture
def world() -> StoreWorld:
    world = StoreWorld()
    world.settings.add(kept_environment("eu", vhosts=PORTS), taken=AssertionError())
    return world


def test_200_each_environment_has_the_addresses_of_its_own_host(world: StoreWorld) -> None:
    api = world.api(transport=["http", "https"], isDefaultVersion=True)
    world.deploy(api, environment="eu", host="eu.example")
    world.deploy(api)
    found = world.call("GET", f"/apis/{api.id}").json
    assert found["environmentList"] == ["Default", "eu"]
    here, europe = found["endpointURLs"]
    assert (here["URLs"]["https"], here["URLs"]["http"]) == (f"{GATEWAY}/pizza/1.0.0", None)
    assert (europe["environmentDisplayName"], europe["environmentType"]) == ("EU", "production")
    assert europe["URLs"]["https"] == "https://eu.example:8443/v/pizza/1.0.0"
    assert europe["URLs"]["http"] == "http://eu.example:8080/v/pizza/1.0.0"
    assert europe["defaultVersionURLs"]["https"] == "https://eu.example:8443/v/pizza"


def test_200_a_definition_names_the_servers_of_the_environment_that_is_asked_for(world: StoreWorld) -> None:
    api = world.api(transport=["https"])
    world.deploy(api, title="There", environment="eu", host="eu.example")
    world.deploy(api, title="Here")
    path = f"/apis/{api.id}/swagger"
    there = world.call("GET", path, query={"environmentName": "eu"}).json
    assert (there["info"]["title"], [one["url"] for one in there["servers"]]) == (
        "There",
        ["https://eu.example:8443/v/pizza/1.0.0"],
    )
    anywhere = world.call("GET", path).json
    assert (anywhere["info"]["title"], anywhere["servers"][0]["url"]) == ("Here", f"{GATEWAY}/pizza/1.0.0")
    assert len(anywhere["servers"]) == 2


def test_200_an_environment_that_is_gone_is_not_shown(world: StoreWorld) -> None:
    api = world.api()
    world.deploy(api, environment="us", host="us.example")
    assert world.call("GET", f"/apis/{api.id}").json["environmentList"] == []
