"""API products in the store: found, read and subscribed to like APIs, without a word of what is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

MEMBER = {
    "apiId": "member-1",
    "name": "Menu",
    "version": "1.0.0",
    "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": "https://kitchen.example"}},
}


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def product(world: StoreWorld, name: str = "Feast", **more: Any) -> Api:
    document = {
        "type": "APIProduct",
        "apis": [MEMBER],
        "operations": [{"verb": "GET", "target": "/menu", "apiId": "member-1", "scopes": ["cook"]}],
        "scopes": [{"scope": {"name": "cook", "bindings": ["kitchen"]}, "shared": False}],
    }
    return world.api(name, **{**document, **more})


def test_200_products_are_listed_among_apis_with_their_type(world: StoreWorld) -> None:
    world.api("Pizza", type="HTTP")
    product(world)
    listed = {one["name"]: one["type"] for one in world.call("GET", "/apis").json["list"]}
    assert listed == {"Feast": "APIProduct", "Pizza": "HTTP"}
    found = world.call("GET", "/apis", query={"query": 'type:"APIProduct"'}).json["list"]
    assert [one["name"] for one in found] == ["Feast"]


def test_200_a_product_shows_operations_and_scopes_and_nothing_of_backends(world: StoreWorld) -> None:
    feast = product(world, deployed=True)
    answer = world.call("GET", f"/apis/{feast.id}")
    assert answer.status == 200
    assert [(one["verb"], one["target"]) for one in answer.json["operations"]] == [("GET", "/menu")]
    assert [scope["key"] for scope in answer.json["scopes"]] == ["cook"]
    assert answer.json["endpointURLs"][0]["URLs"]["https"] == "https://gateway.example:8243/feast/1.0.0"
    assert "kitchen.example" not in answer.text
    swagger = world.call("GET", f"/apis/{feast.id}/swagger")
    assert swagger.json["servers"] == [{"url": "https://gateway.example:8243/feast/1.0.0"}]


def test_404_a_product_that_is_not_published(world: StoreWorld) -> None:
    feast = product(world, state=LifecycleState.CREATED)
    assert world.call("GET", f"/apis/{feast.id}").status == 404
    assert world.call("GET", "/apis").json["list"] == []


def test_201_an_application_subscribes_to_a_product_on_a_plan_of_its(world: StoreWorld) -> None:
    feast = product(world)
    wanted = {"name": "Kiosk", "throttlingPolicy": "Unlimited"}
    application = world.call("POST", "/applications", wanted).json["applicationId"]
    wish = {"applicationId": application, "apiId": feast.id}
    made = world.call("POST", "/subscriptions", {**wish, "throttlingPolicy": "Gold"})
    assert made.status == 201
    assert made.json["apiInfo"]["type"] == "APIProduct"
    refused = world.call("POST", "/subscriptions", {**wish, "throttlingPolicy": "Bronze"})
    assert refused.status == 403
    scopes = world.call("GET", f"/applications/{application}").json["subscriptionScopes"]
    assert [scope["key"] for scope in scopes] == ["cook"]
