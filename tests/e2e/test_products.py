"""An API product through the front doors: two APIs on backends of their own, bundled, subscribed to once, and called."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, unique
from tests.rogue import Rogue, response

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 20
"""So many that an environment gets several of them."""

GET_MENU, GET_BEERS = {"verb": "GET", "target": "/menu"}, {"verb": "GET", "target": "/beers/{id}"}


@pytest.fixture
def kitchen() -> Iterator[Rogue]:
    backend = Rogue(lambda seen: response(f"kitchen {seen.path}".encode()))
    yield backend
    backend.stop()


@pytest.fixture
def bar() -> Iterator[Rogue]:
    backend = Rogue(lambda seen: response(f"bar {seen.path}".encode()))
    yield backend
    backend.stop()


def api(house: House, backend: Rogue, *operations: dict[str, Any], **more: Any) -> str:
    """The id of an API that is designed and nothing else."""
    config = {"endpoint_type": "http", "production_endpoints": {"url": f"{backend.url}/v1"}}
    return house.design(*operations, endpointConfig=config, **more)


def member(api_id: str, *operations: dict[str, Any]) -> dict[str, Any]:
    chosen = [{"verb": operation["verb"], "target": operation["target"]} for operation in operations]
    return {"apiId": api_id, "operations": chosen}


def product(house: House, *members: dict[str, Any], **more: Any) -> Any:
    """A new API product in state CREATED."""
    name = unique("Feast")
    body = {"name": name, "context": f"/{name}", "policies": ["Unlimited"], "apis": list(members), **more}
    return house.made("POST", f"{PUBLISHER}/api-products", json=body)


def deploy(house: House, product_id: str) -> str:
    """The id of a revision that has just been deployed."""
    path = f"{PUBLISHER}/api-products/{product_id}"
    revision = str(house.made("POST", f"{path}/revisions", json={"description": ""})["id"])
    wanted = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
    house.made("POST", f"{path}/deploy-revision", params={"revisionId": revision}, json=wanted)
    return revision


def change_state(house: House, product_id: str, action: str) -> None:
    query = {"action": action, "apiProductId": product_id}
    house.made("POST", f"{PUBLISHER}/api-products/change-lifecycle", params=query)


def test_one_subscription_opens_operations_of_two_apis_on_two_backends(
    house: House, kitchen: Rogue, bar: Rogue
) -> None:
    cook = unique("cook")
    scopes = [{"scope": {"name": cook, "bindings": []}, "shared": False}]
    order = {"verb": "POST", "target": "/orders", "scopes": [cook]}
    menu, drinks = api(house, kitchen, GET_MENU, order, scopes=scopes), api(house, bar, GET_BEERS)
    feast = product(house, member(menu, GET_MENU, order), member(drinks, GET_BEERS))
    deploy(house, feast["id"])
    change_state(house, feast["id"], "Publish")
    listed = house.made("GET", f"{DEVPORTAL}/apis", params={"query": f"name:{feast['name']}"})["list"]
    assert [(one["id"], one["type"]) for one in listed] == [(feast["id"], "APIProduct")]
    swagger = house.made("GET", f"{DEVPORTAL}/apis/{feast['id']}/swagger")
    assert set(swagger["paths"]) == {"/menu", "/orders", "/beers/{id}"}

    application = house.application()
    house.subscribe(application, feast["id"])
    keys = house.keys(application)
    token, base = house.token(keys), f"{feast['context']}/1.0.0"
    assert house.gateway(f"{base}/menu", token, params={"size": 2}).text == "kitchen /v1/menu?size=2"
    assert house.gateway(f"{base}/beers/7", token).text == "bar /v1/beers/7"
    refused = house.gateway(f"{base}/orders", token, method="POST")
    assert (refused.status_code, refused.json()["code"]) == (403, "900910")
    scoped = house.token(keys, cook)
    assert house.gateway(f"{base}/orders", scoped, method="POST").text == "kitchen /v1/orders"
    assert (len(kitchen.seen), len(bar.seen)) == (2, 1)


def test_403_without_a_subscription_to_the_product_and_none_to_the_members_through_it(
    house: House, kitchen: Rogue
) -> None:
    menu = api(house, kitchen, GET_MENU)
    house.deploy(menu)
    house.change_state(menu, "Publish")
    feast = product(house, member(menu, GET_MENU))
    deploy(house, feast["id"])
    change_state(house, feast["id"], "Publish")
    of_menu, of_feast = house.customer(menu), house.customer(feast["id"])
    for path, token in ((f"{feast['context']}/1.0.0/menu", of_menu), (f"{house.base_path(menu)}/menu", of_feast)):
        refused = house.gateway(path, token)
        assert (refused.status_code, refused.json()["code"]) == (403, "900908")
    assert house.gateway(f"{feast['context']}/1.0.0/menu", of_feast).status_code == 200


def test_a_product_follows_its_members_with_the_next_revision_and_holds_them(
    house: House, kitchen: Rogue, bar: Rogue
) -> None:
    menu = api(house, kitchen, GET_MENU)
    feast = product(house, member(menu, GET_MENU), responseCachingEnabled=True, cacheTimeout=600)
    path = f"{PUBLISHER}/api-products/{feast['id']}"
    first = deploy(house, feast["id"])
    change_state(house, feast["id"], "Publish")
    token, call = house.customer(feast["id"]), f"{feast['context']}/1.0.0/menu"
    answers = [house.gateway(call, token) for _ in range(CALLS)]
    assert {answer.text for answer in answers} == {"kitchen /v1/menu"}
    assert any("age" in answer.headers for answer in answers), "an answer is kept"

    design = house.made("GET", f"{PUBLISHER}/apis/{menu}")
    moved = {"endpoint_type": "http", "production_endpoints": {"url": bar.url}}
    house.made("PUT", f"{PUBLISHER}/apis/{menu}", json={**design, "endpointConfig": moved})
    assert house.made("GET", f"{path}/is-outdated") == {"isOutdated": True}
    assert house.gateway(call, token).text == "kitchen /v1/menu"
    deploy(house, feast["id"])
    time.sleep(MAX_STALENESS_SECONDS)
    assert {house.gateway(call, token).text for _ in range(CALLS)} == {"bar /menu"}, "and not given by another revision"
    assert house.made("DELETE", f"{path}/revisions/{first}")["count"] == 1

    refused = house.management("DELETE", f"{PUBLISHER}/apis/{menu}")
    assert refused.status_code == 409
    assert feast["name"] in refused.json()["description"]


def test_a_retired_product_is_gone_and_lets_its_members_go(house: House, kitchen: Rogue) -> None:
    menu = api(house, kitchen, GET_MENU)
    feast = product(house, member(menu, GET_MENU))
    deploy(house, feast["id"])
    change_state(house, feast["id"], "Publish")
    token, call = house.customer(feast["id"]), f"{feast['context']}/1.0.0/menu"
    assert house.gateway(call, token).status_code == 200
    for action in ("Deprecate", "Retire"):
        change_state(house, feast["id"], action)
    time.sleep(MAX_STALENESS_SECONDS)
    assert house.gateway(call, token).status_code == 404
    house.made("DELETE", f"{PUBLISHER}/api-products/{feast['id']}")
    house.made("DELETE", f"{PUBLISHER}/apis/{menu}")
