"""Gateway environments through both front doors: made by an admin, deployed to by a provider, told apart by the host called."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, unique
from tests.rogue import Rogue, Seen, response

if TYPE_CHECKING:
    from collections.abc import Callable

    Rogues = Callable[[Callable[[Seen], bytes]], Rogue]

JSON = ("Content-Type", "application/json")


def europe(house: House) -> dict[str, Any]:
    """A new environment with a host of its own."""
    name = unique("env")
    vhost = {"host": f"{name}.localhost", "httpsPort": house.ports.gateway_https}
    body = {"name": name, "displayName": "Europe", "vhosts": [vhost]}
    return dict(house.made("POST", f"{ADMINISTRATION}/environments", json=body))


def test_an_api_is_served_under_the_hosts_of_the_environments_it_is_deployed_in(house: House, rogues: Rogues) -> None:
    here, there = (rogues(lambda _, name=name: response(name, JSON)) for name in (b'"here"', b'"there"'))
    environment = europe(house)
    name, host = environment["name"], environment["vhosts"][0]["host"]
    config = {"endpoint_type": "http", "production_endpoints": {"url": here.url}}
    operation = {"verb": "GET", "target": "/items", "authType": "None"}
    api_id = house.publish(operation, endpointConfig=config)
    path = f"{house.base_path(api_id)}/items"

    def called(host: str = "") -> Any:
        answer = house.gateway(path, headers={"Host": host} if host else {})
        return answer.json() if answer.status_code == 200 else answer.status_code

    assert (called(), called(host)) == ("here", 404)
    keys = f"{PUBLISHER}/apis/{api_id}/environments/{environment['id']}/keys"
    house.made("PUT", keys, json={"productionEndpoint": there.url})
    [revision] = house.made("GET", f"{PUBLISHER}/apis/{api_id}/revisions")["list"]
    deploy, query = f"{PUBLISHER}/apis/{api_id}/deploy-revision", {"revisionId": revision["id"]}
    refused = house.management("POST", deploy, params=query, json=[{"name": name, "vhost": "elsewhere.example"}])
    assert (refused.status_code, refused.json()["code"]) == (400, 900512)
    house.made("POST", deploy, params=query, json=[{"name": name, "vhost": host}])
    assert (called(), called(host)) == ("here", "there")

    shown = house.made("GET", f"{DEVPORTAL}/apis/{api_id}")["endpointURLs"]
    assert [one["environmentName"] for one in shown] == ["Default", name]
    assert shown[1]["URLs"]["https"] == f"https://{host}:{house.ports.gateway_https}{house.base_path(api_id)}"
    settings = house.made("GET", f"{PUBLISHER}/settings")["environment"]
    assert {"Default", name} <= {one["name"] for one in settings}

    one = f"{ADMINISTRATION}/environments/{environment['id']}"
    assert house.management("DELETE", one).json()["code"] == 900516
    house.made("POST", f"{PUBLISHER}/apis/{api_id}/undeploy-revision", params=query, json=[{"name": name}])
    time.sleep(MAX_STALENESS_SECONDS)
    assert called() == "here"
    house.made("DELETE", one)


def test_a_product_goes_to_the_backends_that_its_apis_have_in_the_environment(house: House, rogues: Rogues) -> None:
    here, there = (rogues(lambda _, name=name: response(name, JSON)) for name in (b'"here"', b'"there"'))
    environment = europe(house)
    name, host = environment["name"], environment["vhosts"][0]["host"]
    operation = {"verb": "GET", "target": "/items"}
    api_id = house.design(
        operation, endpointConfig={"endpoint_type": "http", "production_endpoints": {"url": here.url}}
    )
    keys = f"{PUBLISHER}/apis/{api_id}/environments/{environment['id']}/keys"
    house.made("PUT", keys, json={"productionEndpoint": there.url})

    bundle = {"name": (feast := unique("Feast")), "context": f"/{feast}", "policies": ["Unlimited"]}
    members = [{"apiId": api_id, "operations": [operation]}]
    product = house.made("POST", f"{PUBLISHER}/api-products", json={**bundle, "apis": members})["id"]
    one = f"{PUBLISHER}/api-products/{product}"
    query = {"revisionId": house.made("POST", f"{one}/revisions", json={"description": ""})["id"]}
    wanted = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}, {"name": name, "vhost": host}]
    house.made("POST", f"{one}/deploy-revision", params=query, json=wanted)
    publish = {"action": "Publish", "apiProductId": product}
    house.made("POST", f"{PUBLISHER}/api-products/change-lifecycle", params=publish)

    path, token = f"/{feast}/1.0.0/items", house.customer(product)
    assert house.gateway(path, token).json() == "here"
    assert house.gateway(path, token, headers={"Host": host}).json() == "there"
    house.made("POST", f"{one}/undeploy-revision", params=query, json=[{"name": name}])
    house.made("DELETE", f"{ADMINISTRATION}/environments/{environment['id']}")
