"""Applications as their tenant wants them, and as several people use them, through the front doors."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, error, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house import House

PASSWORD = "Correct-horse-9"
CONFIGURATION = f"{ADMINISTRATION}/tenant-config"
SERVED = 200
NOTICED_SECONDS = 20
"""Environments ask every 15 s whether a counter was reset."""


@contextmanager
def configured(house: House, **changes: Any) -> Iterator[None]:
    """The tenant's configuration with these changes, and within no longer than this."""
    before = house.made("GET", CONFIGURATION)
    house.made("PUT", CONFIGURATION, json={**before, **changes})
    try:
        yield
    finally:
        house.made("PUT", CONFIGURATION, json=before)


def person(house: House, *roles: str) -> tuple[str, str]:
    """A new user with these roles; name and password."""
    name = unique("user")
    body = {"userName": name, "password": PASSWORD, "roles": [{"value": role} for role in roles]}
    house.made("POST", "/scim2/Users", json=body)
    return name, PASSWORD


def test_an_application_is_asked_for_what_its_tenant_wants(house: House) -> None:
    wanted = {"Attribute": "Cost Centre", "Required": True}
    body = {"name": unique("App"), "throttlingPolicy": "Unlimited"}
    with configured(house, ApplicationConfiguration={"Attributes": [wanted]}):
        refused = house.management("POST", f"{DEVPORTAL}/applications", json=body)
        assert (refused.status_code, error(refused)["error"][0]["code"]) == (400, "400_attributes.Cost Centre")
        given = {**body, "attributes": {"Cost Centre": "4711"}}
        assert house.made("POST", f"{DEVPORTAL}/applications", json=given)["attributes"] == {"Cost Centre": "4711"}


def test_a_member_of_the_group_calls_with_an_application_that_somebody_shares(house: House) -> None:
    group, api_id = unique("team"), house.publish()
    house.made("POST", "/scim2/Groups", json={"displayName": group})
    owner, member = (person(house, "Internal/subscriber", group) for _ in range(2))
    stranger = person(house, "Internal/subscriber")
    with configured(house, EnableApplicationSharing=True):
        body = {"name": unique("App"), "throttlingPolicy": "Unlimited", "groups": [group]}
        application_id = house.made("POST", f"{DEVPORTAL}/applications", by=owner, json=body)["applicationId"]
        address = f"{DEVPORTAL}/applications/{application_id}"
        wish = {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": "Unlimited"}
        house.made("POST", f"{DEVPORTAL}/subscriptions", by=member, json=wish)
        asked = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
        token = house.made("POST", f"{address}/generate-keys", by=member, json=asked)["token"]["accessToken"]
        assert house.gateway(f"{house.base_path(api_id)}/menu", token).status_code == 200
        assert house.management("GET", address, by=stranger).status_code == 404
        assert house.management("DELETE", address, by=member).status_code == 403
        house.made("DELETE", address, by=owner)
        until = time.monotonic() + MAX_STALENESS_SECONDS + 1
        while house.gateway(f"{house.base_path(api_id)}/menu", token).status_code == SERVED:
            assert time.monotonic() < until, "the gateway has not heard of it"
            time.sleep(0.3)


@pytest.mark.slow
def test_a_user_of_the_application_begins_anew_when_its_owner_says_so(house: House) -> None:
    api_id, tier = house.publish(), house.policy("application", 2)
    application_id = house.application(tier)
    house.subscribe(application_id, api_id)
    keys = house.keys(application_id)
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    token = house.made("POST", "/oauth2/token", by=(keys.key, keys.secret), data=form)["access_token"]
    path = f"{house.base_path(api_id)}/menu"

    def answers() -> int:
        return house.gateway(path, token).status_code

    assert [answers() for _ in range(3)] == [200, 200, 429]
    reset = {"userName": "admin"}
    house.made("POST", f"{DEVPORTAL}/applications/{application_id}/reset-throttle-policy", json=reset)
    until = time.monotonic() + NOTICED_SECONDS
    while answers() != SERVED:
        assert time.monotonic() < until, "the calls are still counted as before"
        time.sleep(1)
