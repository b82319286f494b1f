"""Keys that open APIs by themselves: made in the store, held against calls, ended within the bound."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from tests.house import DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, unique

if TYPE_CHECKING:
    import httpx

SECURITY = ["oauth2", "api_key", "oauth_basic_auth_api_key_mandatory"]
OPERATIONS = ({"verb": "GET", "target": "/echo"},)
KEY_SECONDS = 2
LAST_USE_SECONDS = 20


class Served:
    """An API that takes keys, with a subscribed application; `call` answers the status and the code."""

    def __init__(self, house: House, **properties: Any) -> None:
        self.house = house
        self.api_id = house.publish(*OPERATIONS, securityScheme=SECURITY, **properties)
        self.base = house.base_path(self.api_id)
        self.application_id = house.application()
        house.subscribe(self.application_id, self.api_id)
        self.keys = f"{DEVPORTAL}/applications/{self.application_id}/api-keys/PRODUCTION"
        self.api_keys = f"{DEVPORTAL}/apis/{self.api_id}/api-keys"

    def generate(self, path: str = "", **terms: Any) -> str:
        return str(self.house.made("POST", f"{path or self.keys}/generate", json=terms)["apikey"])

    def call(self, key: str | None = None, **parts: Any) -> tuple[int, str]:
        headers = {**parts.pop("headers", {}), **({"ApiKey": key} if key else {})}
        return said(self.house.gateway(f"{self.base}/echo", headers=headers, **parts))


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("code", "")) if not answer.is_success else ""


def within_the_bound(served: Served, key: str, expected: tuple[int, str]) -> None:
    """Asks until it is so, and no longer than a change may take to hold."""
    deadline = time.monotonic() + MAX_STALENESS_SECONDS + 1
    while served.call(key) != expected:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture(scope="module")
def served(house: House) -> Served:
    return Served(house)


def test_a_key_opens_the_apis_of_its_application(served: Served) -> None:
    key = served.generate(keyName="browser")
    assert served.call(key) == (200, "")
    assert served.call(headers={"APIKEY": key}) == (200, "")
    assert served.call(params={"apikey": key}) == (200, "")
    assert served.call() == (401, "900902")
    token = served.house.token(served.house.keys(served.application_id))
    assert said(served.house.gateway(f"{served.base}/echo", token)) == (200, "")


def test_that_a_key_is_used_becomes_known_soon(served: Served) -> None:
    key = served.generate(keyName="used")
    last_used, deadline = None, time.monotonic() + LAST_USE_SECONDS
    while last_used is None:
        # It is told beside the calls: each goes on with what the one before has left.
        assert time.monotonic() < deadline
        assert served.call(key) == (200, "")
        (known,) = (found for found in served.house.made("GET", served.keys)["list"] if found["keyName"] == "used")
        last_used = known["lastUsed"]
    assert abs(last_used / 1000 - time.time()) < LAST_USE_SECONDS


def test_the_backend_sees_no_key(served: Served) -> None:
    key = served.generate()
    for parts in ({"headers": {"ApiKey": key}}, {"params": {"apikey": key, "size": "2"}}):
        answer = served.house.gateway(f"{served.base}/echo", **parts)
        assert answer.status_code == 200
        assert key not in answer.text
    assert answer.json()["path"] == "/echo?size=2"


def test_a_key_stands_in_the_header_that_the_api_names(house: House) -> None:
    served = Served(house, apiKeyHeader="X-Menu-Key")
    key = served.generate()
    assert served.call(headers={"x-menu-key": key}) == (200, "")
    assert served.call(key) == (401, "900902")


def test_401_for_a_key_that_nobody_made_or_as_a_bearer_token(served: Served) -> None:
    key = served.generate()
    assert served.call(key[:-4] + "AAAA") == (401, "900901")
    assert served.call("no-key") == (401, "900901")
    assert said(served.house.gateway(f"{served.base}/echo", key)) == (401, "900901")


def test_401_once_the_key_has_expired(served: Served) -> None:
    key = served.generate(validityPeriod=KEY_SECONDS)
    assert served.call(key) == (200, "")
    time.sleep(KEY_SECONDS + 1)
    assert served.call(key) == (401, "900901")


@pytest.mark.parametrize("named_by", ["apikey", "keyUUID"])
def test_401_within_the_bound_once_the_key_is_revoked(served: Served, named_by: str) -> None:
    key = served.generate(keyName=f"revoked by {named_by}")
    assert served.call(key) == (200, "")
    listed = served.house.made("GET", served.keys)["list"]
    (known,) = (found for found in listed if found["keyName"] == f"revoked by {named_by}")
    body = {"apikey": key} if named_by == "apikey" else {"keyUUID": known["keyUUID"]}
    assert served.house.management("POST", f"{served.keys}/revoke", json=body).status_code == 200
    within_the_bound(served, key, (401, "900901"))


@pytest.mark.parametrize("bound_to", ["application", "api"])
def test_a_signed_key_opens_what_it_says_until_it_is_revoked(served: Served, bound_to: str) -> None:
    house, name = served.house, f"signed, of the {bound_to}"
    path = served.keys if bound_to == "application" else served.api_keys
    key = served.generate(path, keyName=name, additionalProperties={"format": "JWT", "permittedIP": "127.0.0.1,::1"})
    assert jwt.get_unverified_header(key)["kid"]
    (known,) = (found for found in house.made("GET", path)["list"] if found["keyName"] == name)
    if bound_to == "api":
        assert served.call(key) == (403, "900908")
        wanted = {"keyUUID": known["keyUUID"], "apiUUID": served.api_id}
        house.made("POST", f"{served.keys}/associate", json=wanted)
    assert served.call(key) == (200, "")
    assert said(house.gateway(f"{served.base}/echo", key)) == (401, "900901"), "as a bearer token"
    forged = f"{key[: key.rindex('.') + 1]}{'A' * 342}"
    assert served.call(forged) == (401, "900901")
    other = house.publish(*OPERATIONS, securityScheme=SECURITY)
    answer = house.gateway(f"{house.base_path(other)}/echo", headers={"ApiKey": key})
    assert said(answer) == (403, "900908")
    assert house.management("POST", f"{path}/revoke", json={"keyUUID": known["keyUUID"]}).status_code == 200
    within_the_bound(served, key, (401, "900901"))


def test_another_key_takes_over_and_the_old_one_ends(served: Served) -> None:
    old = served.generate(keyName="replaced")
    assert served.call(old) == (200, "")
    listed = served.house.made("GET", served.keys)["list"]
    (known,) = (found for found in listed if found["keyName"] == "replaced")
    new = served.house.made("POST", f"{served.keys}/regenerate", json={"keyUUID": known["keyUUID"]})["apikey"]
    assert served.call(new) == (200, "")
    within_the_bound(served, old, (401, "900901"))


def test_401_within_the_bound_once_the_application_is_deleted(house: House) -> None:
    served = Served(house)
    key = served.generate()
    assert served.call(key) == (200, "")
    path = f"{DEVPORTAL}/applications/{served.application_id}"
    assert served.house.management("DELETE", path).status_code == 200
    within_the_bound(served, key, (401, "900901"))


def test_401_once_the_api_that_a_key_is_bound_to_is_deleted_also_for_the_next_api_of_its_name(house: House) -> None:
    name = unique("Gone")
    first = house.publish(*OPERATIONS, name=name, securityScheme=SECURITY)
    made = house.made("POST", f"{DEVPORTAL}/apis/{first}/api-keys/generate", json={"keyType": "PRODUCTION"})
    path, key = f"{house.base_path(first)}/echo", {"ApiKey": str(made["apikey"])}
    assert said(house.gateway(path, headers=key)) == (403, "900908"), "it is a key, of no application yet"
    house.made("DELETE", f"{PUBLISHER}/apis/{first}")
    house.publish(*OPERATIONS, name=name, securityScheme=SECURITY)
    time.sleep(MAX_STALENESS_SECONDS)
    assert said(house.gateway(path, headers=key)) == (401, "900901")


def test_403_without_a_subscription(house: House, served: Served) -> None:
    other = house.publish(*OPERATIONS, securityScheme=SECURITY)
    answer = house.gateway(f"{house.base_path(other)}/echo", headers={"ApiKey": served.generate()})
    assert said(answer) == (403, "900908")


def test_403_from_another_address(served: Served) -> None:
    here = served.generate(additionalProperties={"permittedIP": "127.0.0.0/8, ::1"})
    elsewhere = served.generate(additionalProperties={"permittedIP": "198.51.100.0/24, 2001:db8::/32"})
    assert served.call(here) == (200, "")
    assert served.call(elsewhere) == (403, "900908")
    # Nobody between the caller and the front door is trusted, so what the caller claims is nothing.
    assert served.call(elsewhere, headers={"X-Forwarded-For": "198.51.100.7"}) == (403, "900908")


def test_403_from_another_page(served: Served) -> None:
    key = served.generate(additionalProperties={"permittedReferer": "*.example.com/*"})
    assert served.call(key, headers={"Referer": "https://shop.example.com/cart"}) == (200, "")
    assert served.call(key, headers={"Referer": "https://evil.example/?a.example.com/"}) == (403, "900908")
    assert served.call(key) == (403, "900908")


def test_a_key_of_an_api_opens_it_for_the_application_that_it_is_associated_with(house: House, served: Served) -> None:
    key = served.generate(served.api_keys, keyName="of the API", keyType="PRODUCTION")
    assert served.call(key) == (403, "900908")
    (known,) = house.made("GET", f"{served.keys}/subscriptions")["list"]
    assert (known["keyName"], known["apiUUID"]) == ("of the API", served.api_id)
    wanted = {"keyUUID": known["keyUUID"], "apiUUID": served.api_id}
    house.made("POST", f"{served.keys}/associate", json=wanted)
    assert served.call(key) == (200, "")
    other = house.publish(*OPERATIONS, securityScheme=SECURITY)
    house.subscribe(served.application_id, other)
    answer = house.gateway(f"{house.base_path(other)}/echo", headers={"ApiKey": key})
    assert said(answer) == (403, "900908")
    body = {"keyUUID": known["keyUUID"]}
    assert house.management("POST", f"{served.api_keys}/dissociate", json=body).status_code == 200
    within_the_bound(served, key, (403, "900908"))


def test_429_beyond_the_application_s_tier(house: House) -> None:
    served = Served(house)
    tier = house.policy("application", 3)
    limited = house.application(tier)
    house.subscribe(limited, served.api_id)
    key = served.generate(f"{DEVPORTAL}/applications/{limited}/api-keys/PRODUCTION")
    answers = [served.call(key) for _ in range(5)]
    assert answers[0] == (200, "")
    assert answers.count((200, "")) <= 3
    assert answers[-1] == (429, "900803")
