"""What is logged of calls, and to whom APIs are shown: as operators and administrators say it, through the front doors."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, House, emulated, unique
from tests.rogue import Rogue, Seen, response
from tests.secrets_issued import logged

if TYPE_CHECKING:
    from collections.abc import Callable

    Rogues = Callable[[Callable[[Seen], bytes]], Rogue]

DEVOPS = "/api/am/devops/v0"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_an_operator_has_the_calls_of_one_api_logged_whole(house: House, rogues: Rogues) -> None:
    backend = rogues(lambda _: response(b'{"served":true}', ("Content-Type", "application/json")))
    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}
    api_id = house.publish({"verb": "POST", "target": "/orders", "authType": "None"}, endpointConfig=config)
    path, order = f"{house.base_path(api_id)}/orders", unique("order")
    logs = f"{DEVOPS}/tenant-logs/carbon.super/apis/{api_id}"
    assert house.gateway(path, method="POST", content=order.encode()).status_code == 200
    told = house.made("PUT", logs, json={"logLevel": "FULL"})
    assert [one["logLevel"] for one in told["apis"]] == ["FULL"]
    time.sleep(MAX_STALENESS_SECONDS)
    headers = {"Authorization": "Bearer not-to-be-written", "Content-Type": "text/plain"}
    assert house.gateway(path, method="POST", content=order.encode(), headers=headers).status_code == 200
    lines = [json.loads(line) for line in _lines(house) if order in line]
    assert len(lines) == 1, "the call before was not written down"
    [line] = lines
    assert (line["request_body"], line["response_body"]) == (order, '{"served":true}')
    assert (line["request_headers"]["authorization"], line["gateway_environment"]) == ("***", "Default")


def _lines(house: House) -> list[str]:
    return [text for text in map(str, logged(emulated(house, "logs"))) if '"event":"call"' in text]


def test_people_of_an_organization_find_what_is_shown_to_it(house: House) -> None:
    external, name = unique("org"), unique("anna")
    organization = house.made("POST", f"{ADMINISTRATION}/organizations", json={"externalOrganizationId": external})
    own = organization["organizationId"]
    person: dict[str, Any] = {
        "userName": name,
        "password": "open-sesame",
        "roles": [{"value": "Internal/subscriber"}],
        ENTERPRISE: {"organizationId": external},
    }
    house.made("POST", "/scim2/Users", json=person, headers={"Content-Type": "application/scim+json"})
    anna = (name, "open-sesame")
    shown, hidden = (house.publish(visibleOrganizations=[visible]) for visible in (own, "none"))
    information = house.made("GET", f"{DEVPORTAL}/me/organization-information", by=anna)
    assert information["organizationId"] == own
    found = [house.management("GET", f"{DEVPORTAL}/apis/{one}", by=anna).status_code for one in (shown, hidden)]
    assert found == [200, 404]
    assert house.management("GET", f"{DEVPORTAL}/apis/{hidden}").status_code == 200
    assert house.management("DELETE", f"{ADMINISTRATION}/organizations/{own}").status_code == 409
