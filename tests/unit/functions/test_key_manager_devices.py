"""Device authorization, through its surfaces."""

from __future__ import annotations

import pytest

from gatehouse.domain.tokens.oauth import DEVICE_CODE, ClientCredentials
from tests.callers import OTHER_TENANT, PASSWORD, Reply
from tests.worlds.browser import Browser, Form
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, claims_of, refused

GRANTS = (DEVICE_CODE, "refresh_token")


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def television(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(name="television", grant_types=GRANTS)


@pytest.fixture
def browser(world: KeyManagerWorld) -> Browser:
    return Browser(world)


def begin(world: KeyManagerWorld, client: ClientCredentials, **form: str) -> Reply:
    return world.post("/oauth2/device_authorize", {"scope": "openid apim:subscribe", **form}, client)


def ask(world: KeyManagerWorld, client: ClientCredentials, codes: Reply) -> Reply:
    return world.token(client, grant_type=DEVICE_CODE, device_code=codes.json["device_code"])


def connect(browser: Browser, user_code: str, decision: str = "allow", user: str = "mary") -> Reply:
    shown = browser.open(f"/oauth2/device?user_code={user_code}")
    if "password" in Form(shown.text).fields:
        shown = browser.submit(shown, "/oauth2/device", username=user, password=PASSWORD)
    return browser.submit(shown, "/oauth2/device", decision=decision)


def test_200_a_device_gets_codes_and_is_told_where_they_are_typed(
    world: KeyManagerWorld, television: ClientCredentials
) -> None:
    reply = begin(world, television)
    code = reply.json["user_code"]
    assert reply.json == {
        "device_code": reply.json["device_code"],
        "user_code": code,
        "verification_uri": f"{MANAGEMENT_URL}/oauth2/device",
        "verification_uri_complete": f"{MANAGEMENT_URL}/oauth2/device?user_code={code}",
        "expires_in": 600,
        "interval": 5,
    }
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json["device_code"] not in repr(world.devices.kept)


def test_its_user_allows_it_and_it_gets_tokens_once(
    world: KeyManagerWorld, television: ClientCredentials, browser: Browser
) -> None:
    codes = begin(world, television)
    refused(ask(world, television, codes), 400, "authorization_pending")
    assert "The device is connected" in connect(browser, codes.json["user_code"]).text
    reply = ask(world, television, codes)
    assert set(reply.json) >= {"access_token", "refresh_token", "id_token"}
    assert claims_of(reply.json["access_token"])["sub"] == "mary@carbon.super"
    refused(ask(world, television, codes), 400, "invalid_grant")


def test_the_code_may_be_typed_in_small_letters_and_without_its_dash(
    world: KeyManagerWorld, television: ClientCredentials, browser: Browser
) -> None:
    codes = begin(world, television)
    assert "is connected" in connect(browser, codes.json["user_code"].replace("-", "").lower()).text


def test_400_its_user_says_no(world: KeyManagerWorld, television: ClientCredentials, browser: Browser) -> None:
    codes = begin(world, television)
    assert "is not connected" in connect(browser, codes.json["user_code"], "deny").text
    refused(ask(world, television, codes), 400, "access_denied")


def test_400_it_must_not_ask_too_often(world: KeyManagerWorld, television: ClientCredentials) -> None:
    codes = begin(world, television)
    refused(ask(world, television, codes), 400, "authorization_pending")
    world.clock.advance(4)
    refused(ask(world, television, codes), 400, "slow_down")
    world.clock.advance(9)
    refused(ask(world, television, codes), 400, "slow_down")
    world.clock.advance(15)
    refused(ask(world, television, codes), 400, "authorization_pending")


def test_400_its_time_is_over(world: KeyManagerWorld, television: ClientCredentials, browser: Browser) -> None:
    codes = begin(world, television)
    world.clock.advance(600)
    refused(ask(world, television, codes), 400, "invalid_grant")
    shown = browser.submit(browser.open("/oauth2/device"), "/oauth2/device", username="mary", password=PASSWORD)
    assert shown.status == 200
    assert "is not known" in browser.open(f"/oauth2/device?user_code={codes.json['user_code']}").text


def test_400_another_clients_code(world: KeyManagerWorld, television: ClientCredentials) -> None:
    other = world.client(name="radio", grant_types=GRANTS)
    refused(ask(world, other, begin(world, television)), 400, "invalid_grant")


def test_400_a_client_without_the_grant(world: KeyManagerWorld) -> None:
    refused(begin(world, world.client()), 400, "unauthorized_client")


def test_nobody_tries_codes_without_signing_in(
    world: KeyManagerWorld, television: ClientCredentials, browser: Browser
) -> None:
    codes = begin(world, television)
    right = browser.open(f"/oauth2/device?user_code={codes.json['user_code']}")
    wrong = browser.open("/oauth2/device?user_code=BBBB-BBBB")
    assert "Sign in" in right.text
    assert "Sign in" in wrong.text


def test_another_site_cannot_connect_a_device(
    world: KeyManagerWorld, television: ClientCredentials, browser: Browser
) -> None:
    codes = begin(world, television)
    browser.submit(browser.open("/oauth2/device"), "/oauth2/device", username="mary", password=PASSWORD)
    shown = browser.open(f"/oauth2/device?user_code={codes.json['user_code']}")
    assert browser.submit(shown, "/oauth2/device", form_token="1.x", decision="allow").status == 400
    refused(ask(world, television, codes), 400, "authorization_pending")


def test_a_user_of_another_tenant_cannot_connect_it(
    world: KeyManagerWorld, television: ClientCredentials, browser: Browser
) -> None:
    codes = begin(world, television)
    shown = browser.open(f"/oauth2/device?user_code={codes.json['user_code']}")
    reply = browser.submit(shown, "/oauth2/device", username=f"mary@{OTHER_TENANT}", password=PASSWORD)
    assert "is not known" in reply.text
