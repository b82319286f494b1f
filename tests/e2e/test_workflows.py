"""Approvals, end to end: what waits is refused by the gateway, and a decision holds there when its answer is out."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, error, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = f"{ADMINISTRATION}/tenant-config"
DECIDE = f"{ADMINISTRATION}/workflows/update-workflow-status"
INACTIVE = "900909"


@contextmanager
def waiting(house: House, *elements: str) -> Iterator[None]:
    """For as long as this lasts, requests of these kinds wait. Functions remember a configuration for some seconds."""
    before = house.made("GET", CONFIGURATION)
    section = {element: {"executor": "approval"} for element in elements}
    house.made("PUT", CONFIGURATION, json={**before, "Workflows": section})
    time.sleep(MAX_STALENESS_SECONDS)
    try:
        yield
    finally:
        house.made("PUT", CONFIGURATION, json=before)
        time.sleep(MAX_STALENESS_SECONDS)


def pending(house: House, kind: str, **properties: str) -> str:
    """The reference of the one workflow of this kind that is shown with these properties."""
    listed = house.made("GET", f"{ADMINISTRATION}/workflows", params={"workflowType": kind, "limit": 100})["list"]
    (found,) = [one for one in listed if properties.items() <= one["properties"].items()]
    return str(found["referenceId"])


def decide(house: House, reference: str, status: str, *, at: str = DECIDE) -> Any:
    return house.made("POST", at, params={"workflowReferenceId": reference}, json={"status": status})


def test_approvals_decide_what_the_gateway_admits(house: House) -> None:
    api_id = house.publish()
    path = f"{house.base_path(api_id)}/menu"
    name = house.made("GET", f"{PUBLISHER}/apis/{api_id}")["name"]
    kinds = ("ApplicationCreation", "ProductionApplicationRegistration", "SubscriptionCreation", "SubscriptionDeletion")
    with waiting(house, *kinds):
        app = unique("App")
        made = house.made("POST", f"{DEVPORTAL}/applications", json={"name": app, "throttlingPolicy": "Unlimited"})
        application = made["applicationId"]
        assert made["status"] == "CREATED"
        decide(house, pending(house, "AM_APPLICATION_CREATION", applicationName=app), "APPROVED")

        body = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
        keys = house.made("POST", f"{DEVPORTAL}/applications/{application}/generate-keys", json=body)
        assert (keys["keyState"], keys["consumerKey"]) == ("CREATED", None)
        decide(house, pending(house, "AM_APPLICATION_REGISTRATION_PRODUCTION", applicationName=app), "APPROVED")
        secret = house.made("POST", f"{DEVPORTAL}/applications/{application}/keys/PRODUCTION/regenerate-secret")
        by, form = (secret["consumerKey"], secret["consumerSecret"]), {"grant_type": "client_credentials"}
        token = house.made("POST", "/oauth2/token", by=by, data=form)["access_token"]

        subscription = house.subscribe(application, api_id)
        refused = house.gateway(path, token)
        assert (refused.status_code, refused.json()["code"]) == (401, INACTIVE)
        reference = pending(house, "AM_SUBSCRIPTION_CREATION", applicationName=app, apiName=name)
        provider = f"{PUBLISHER}/workflows/update-workflow-status"
        assert decide(house, reference, "APPROVED", at=provider)["status"] == "APPROVED"
        assert house.gateway(path, token).status_code == 200
        again = house.management("POST", DECIDE, params={"workflowReferenceId": reference}, json={"status": "REJECTED"})
        assert (again.status_code, error(again)["code"]) == (400, 900552)

        ended = house.management("DELETE", f"{DEVPORTAL}/subscriptions/{subscription}")
        assert (ended.status_code, ended.json()["workflowStatus"]) == (202, "CREATED")
        assert house.gateway(path, token).status_code == 200
        decide(house, pending(house, "AM_SUBSCRIPTION_DELETION", applicationName=app), "APPROVED")
        assert house.gateway(path, token).status_code == 403
