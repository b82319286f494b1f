"""Rules of a tenant's own for its APIs: the states of their lives, the properties that they must have."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.approving import ruled
from tests.house import DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, error

if TYPE_CHECKING:
    import httpx

    from tests.house import House

REVIEWED = {
    "States": [
        {"State": "Created", "Transitions": [{"Event": "Submit", "Target": "In Review"}]},
        {
            "State": "In Review",
            "Transitions": [{"Event": "Accept", "Target": "Published"}, {"Event": "Decline", "Target": "Created"}],
        },
        {"State": "Published", "Transitions": [{"Event": "Close", "Target": "Retired"}]},
        {"State": "Retired"},
    ]
}


def step(house: House, api_id: str, action: str) -> httpx.Response:
    query = {"action": action, "apiId": api_id}
    return house.management("POST", f"{PUBLISHER}/apis/change-lifecycle", params=query)


def test_an_api_lives_by_the_states_of_its_tenant(house: House) -> None:
    with ruled(house, LifeCycle=REVIEWED):
        api_id = house.design()
        house.deploy(api_id)
        path = f"{house.base_path(api_id)}/menu"
        refused = step(house, api_id, "Publish")
        assert refused.status_code == 400, refused.text
        assert "Submit" in str(error(refused))

        house.change_state(api_id, "Submit")
        state = house.made("GET", f"{PUBLISHER}/apis/{api_id}/lifecycle-state")
        assert state["state"] == "In Review"
        assert [one["event"] for one in state["availableTransitions"]] == ["Accept", "Decline"]
        application = house.application()
        body = {"applicationId": application, "apiId": api_id, "throttlingPolicy": "Unlimited"}
        assert not house.management("POST", f"{DEVPORTAL}/subscriptions", json=body).is_success

        house.change_state(api_id, "Accept")
        assert house.made("GET", f"{PUBLISHER}/apis/{api_id}")["lifeCycleStatus"] == "PUBLISHED"
        token = house.customer(api_id)
        assert house.gateway(path, token).status_code == 200
        house.change_state(api_id, "Close")
        time.sleep(MAX_STALENESS_SECONDS)
        assert house.gateway(path, token).status_code == 404
        history = house.made("GET", f"{PUBLISHER}/apis/{api_id}/lifecycle-history")["list"]
        assert {one["postState"] for one in history} >= {"In Review", "Published", "Retired"}


def test_an_api_is_published_with_the_properties_that_its_tenant_demands(house: House) -> None:
    wanted = [{"Name": "owner", "Description": "Which team", "Required": True}]
    with ruled(house, CustomProperties=wanted):
        settings = house.made("GET", f"{PUBLISHER}/settings")
        assert [one["name"] for one in settings["customProperties"]] == ["owner"]
        api_id = house.design()
        refused = step(house, api_id, "Publish")
        assert (refused.status_code, error(refused)["code"]) == (400, 903015)
        api = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
        api["additionalProperties"] = [{"name": "owner", "value": "kitchen", "display": False}]
        house.made("PUT", f"{PUBLISHER}/apis/{api_id}", json=api)
        house.change_state(api_id, "Publish")
        assert house.made("GET", f"{PUBLISHER}/apis/{api_id}")["lifeCycleStatus"] == "PUBLISHED"
