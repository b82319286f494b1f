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


def test_an_api_is_served_under_the_hosts_of_the_environments_it_is_deployed_in(house: House, rogues: Rogues) -> None:
    here, there = (rogues(lambda _, name=name: response(name, JSON)) for name in (b'"here"', b'"there"'))
    name = unique("env")
    host = f"{name}.localhost"
    body = {"name": name, "displayName": "Europe", "vhosts": [{"host": host, "httpsPort": house.ports.gateway_https}]}
    environment = house.made("POST", f"{ADMINISTRATION}/environments", json=body)
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
