"""Calls with an API key: what it opens, from where and until when, and that it goes no further."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import ApiKeyGrant, ApplicationProfile, KeyType, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, Withdrawal, api_key_key, application_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import API_ID, APPLICATION_ID, MAX_STALENESS, REFRESH_AFTER, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

OPEN = Access(api_key=True)
ELSEWHERE = "5e0e4f9c-58b2-4f9c-93a0-1d0c35b7f001"


@pytest.fixture
def running(running: Running) -> Running:
    running.world.deploy(menu_api(access=OPEN))
    know_application(running)
    return running


def know_application(running: Running, policy: str = "Unlimited") -> None:
    profile = ApplicationProfile(application_id=APPLICATION_ID, name="Kiosk", owner="mary@carbon.super", policy=policy)
    running.world.artifacts.publish([Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body())])


def key(running: Running, *, tenant: str = SUPER_TENANT, secret: str = "", **changes: Any) -> str:
    """A key that the gateway knows."""
    values: dict[str, Any] = {
        "key_id": "k-1",
        "application_id": APPLICATION_ID,
        "api_id": "",
        "key_type": KeyType.PRODUCTION,
        "owner": "mary@carbon.super",
    }
    shown = secret or new_secret()
    body = json.loads(json.dumps(ApiKeyGrant(**{**values, **changes}).to_body()))
    running.world.artifacts.publish([Artifact(api_key_key(tenant, digest_of(shown)), body)])
    return shown


def call(running: Running, secret: str, **headers: str) -> Reply:
    return running.call(
        headers={"ApiKey": secret, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def code(reply: Reply) -> tuple[int, str]:
    return (reply.status, "") if reply.status == 200 else (reply.status, json.loads(reply.body)["code"])


def test_200_with_a_key_of_a_subscribed_application(running: Running) -> None:
    assert call(running, key(running)).status == 200
    (request,) = running.world.backend.requests
    assert request.url == "http://backend.example:9000/v1/items"
    (line,) = running.lines
    assert (line["application_id"], line["key_type"]) == (APPLICATION_ID, "PRODUCTION")


def test_200_with_the_key_in_the_query_which_the_backend_does_not_see(running: Running) -> None:
    reply = running.call(query=f"size=2&apikey={quote(key(running))}&page=1")
    assert reply.status == 200
    (request,) = running.world.backend.requests
    assert request.url == "http://backend.example:9000/v1/items?size=2&page=1"


@pytest.mark.parametrize("header", ["X-Menu-Key", "x-menu-key", "X-MENU-KEY"])
def test_200_in_the_header_of_the_api_however_it_is_spelled(running: Running, header: str) -> None:
    running.world.deploy(menu_api(access=Access(api_key=True, api_key_header="X-Menu-Key")))
    assert running.call(headers={header: key(running)}).status == 200
    (request,) = running.world.backend.requests
    assert "x-menu-key" not in {name.lower() for name in request.headers}


def test_the_header_goes_before_the_query(running: Running) -> None:
    good = key(running)
    assert running.call(headers={"ApiKey": good}, query="apikey=bad").status == 200
    assert code(running.call(headers={"ApiKey": "bad"}, query=f"apikey={good}")) == (401, "900901")


def test_a_key_of_the_other_type_reaches_the_other_endpoint(running: Running) -> None:
    assert call(running, key(running, key_type=KeyType.SANDBOX)).status == 200
    assert running.world.backend.requests[0].url.startswith("http://sandbox.example")


def test_a_key_carries_no_scopes_and_opens_every_operation(running: Running) -> None:
    assert running.call("POST", "/menu/1.0.0/orders", headers={"ApiKey": key(running)}).status == 200


def test_401_for_a_key_that_nobody_made(running: Running) -> None:
    reply = call(running, new_secret())
    assert code(reply) == (401, "900901")
    assert "www-authenticate" in dict(reply.headers)


@pytest.mark.parametrize("nonsense", ["k", "gatehouse_", "gatehouse_" + "A" * 42, "é" * 53, "gatehouse_" + "A" * 44])
def test_401_for_what_is_no_key_without_a_look_up(running: Running, nonsense: str) -> None:
    call(running, key(running))
    before = running.world.artifacts.reads
    assert code(call(running, nonsense)) == (401, "900901")
    assert running.world.artifacts.reads == before


def test_401_without_a_key_names_its_header(running: Running) -> None:
    running.world.deploy(menu_api(access=Access(oauth2=False, api_key=True, api_key_header="X-Menu-Key")))
    reply = running.call()
    assert code(reply) == (401, "900902")
    assert "'X-Menu-Key : API_KEY'" in json.loads(reply.body)["description"]


def test_401_for_a_key_as_a_bearer_token(running: Running) -> None:
    assert code(running.call(token=key(running))) == (401, "900901")


def test_401_where_the_api_takes_no_keys(running: Running) -> None:
    running.world.deploy(menu_api())
    assert code(call(running, key(running))) == (401, "900902")


def test_401_for_a_key_of_another_tenant(running: Running) -> None:
    assert code(call(running, key(running, tenant="other.example"))) == (401, "900901")


def test_401_from_the_second_in_which_the_key_expires(running: Running) -> None:
    now = int(running.world.clock.now())
    secret = key(running, expires_at=now + 10)
    assert call(running, secret).status == 200
    running.world.clock.advance(9)
    assert call(running, secret).status == 200
    running.world.clock.advance(1)
    assert code(call(running, secret)) == (401, "900901")


def test_401_within_the_bound_once_the_key_is_revoked(running: Running) -> None:
    secret = key(running)
    assert call(running, secret).status == 200
    running.world.artifacts.publish([Withdrawal(api_key_key(SUPER_TENANT, digest_of(secret)))])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert code(call(running, secret)) == (401, "900901")


def test_401_within_the_bound_once_the_application_is_deleted(running: Running) -> None:
    secret = key(running)
    assert call(running, secret).status == 200
    running.world.artifacts.publish([Withdrawal(application_key(SUPER_TENANT, APPLICATION_ID))])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert code(call(running, secret)) == (401, "900901")


def test_a_new_key_works_at_once_in_an_environment_that_has_refused_it(running: Running) -> None:
    secret = new_secret()
    assert code(call(running, secret)) == (401, "900901")
    key(running, secret=secret)
    assert call(running, secret).status == 200


def test_403_without_a_subscription_and_401_when_it_is_blocked(running: Running) -> None:
    secret = key(running)
    running.world.subscribe(SubscriptionStatus.BLOCKED)
    assert code(call(running, secret)) == (401, "900907")
    running.world.deploy(menu_api(access=OPEN, id=ELSEWHERE))
    assert code(call(running, secret)) == (403, "900908")


def test_a_key_of_an_api_opens_that_api_and_no_other(running: Running) -> None:
    assert call(running, key(running, api_id=API_ID)).status == 200
    reply = call(running, key(running, api_id=ELSEWHERE))
    assert code(reply) == (403, "900908")
    assert "another API" in json.loads(reply.body)["description"]


def test_403_for_a_key_of_an_api_that_is_associated_with_no_application(running: Running) -> None:
    secret = key(running, api_id=API_ID, application_id="")
    assert code(call(running, secret)) == (403, "900908")
    key(running, secret=secret, api_id=API_ID)
    assert call(running, secret).status == 200


@pytest.mark.parametrize(
    ("addresses", "client", "status"),
    [
        (("203.0.113.7/32",), "", 200),
        (("203.0.113.0/24",), "", 200),
        (("203.0.114.0/24",), "", 403),
        (("10.0.0.0/8", "203.0.113.0/24"), "", 200),
        (("2001:db8::/32",), "2001:db8::1", 200),
        (("2001:db8::/32",), "2001:db9::1", 403),
        (("198.51.100.0/24",), "::ffff:198.51.100.9", 200),
        (("2001:db8::/32",), "", 403),
    ],
)
def test_a_key_may_be_restricted_to_addresses(
    running: Running, addresses: tuple[str, ...], client: str, status: int
) -> None:
    secret = key(running, addresses=addresses)
    reply = running.call(headers={"ApiKey": secret}, **({"source_ip": client} if client else {}))
    assert code(reply) == (status, "" if status == 200 else "900908")


@pytest.mark.parametrize(
    ("globs", "referer", "status"),
    [
        (("www.example.com",), "https://www.example.com/", 200),
        (("www.example.com",), "https://www.example.com/shop?x=1", 200),
        (("WWW.Example.com/*",), "https://www.example.com/shop", 200),
        (("www.example.com/shop",), "https://www.example.com/shop", 200),
        (("www.example.com/shop",), "https://www.example.com/shop/7", 403),
        (("www.example.com/shop*",), "https://www.example.com/shop/7", 200),
        (("*.example.com/*",), "https://shop.example.com/a/b", 200),
        (("*.example.com/*",), "https://evil.com/.example.com/", 403),
        (("*.example.com/*",), "https://evil.com?.example.com/", 403),
        (("*.example.com/*",), "https://evil.com#.example.com/", 403),
        (("*.example.com",), "https://x@evil.com/", 403),
        (("www.example.com",), "https://www.example.com.evil.com/", 403),
        (("www.example.com",), "https://www.example.com@evil.com/", 403),
        (("https://www.example.com/*",), "https://www.example.com/a", 200),
        (("https://www.example.com/*",), "http://www.example.com/a", 403),
        (("https://www.example.com/*",), "www.example.com/a", 403),
        (("www.example.com", "shop.example.com"), "shop.example.com", 200),
        (("*",), "https://anything.example/", 200),
        (("*",), "", 403),
    ],
)
def test_a_key_may_be_restricted_to_pages(running: Running, globs: tuple[str, ...], referer: str, status: int) -> None:
    secret = key(running, referers=globs)
    reply = call(running, secret, **({"Referer": referer} if referer else {}))
    assert code(reply) == (status, "" if status == 200 else "900908")


def test_where_the_address_is_permitted_the_referer_is_not_looked_at(running: Running) -> None:
    here = key(running, addresses=("203.0.113.0/24",), referers=("www.example.com",))
    assert call(running, here, Referer="https://evil.example/").status == 200
    elsewhere = key(running, addresses=("198.51.100.0/24",), referers=("www.example.com",))
    assert code(call(running, elsewhere, Referer="https://www.example.com/")) == (403, "900908")


def test_a_bad_key_does_not_spoil_a_good_token_nor_the_other_way_round(running: Running) -> None:
    assert running.call(token=running.world.token(), headers={"ApiKey": "bad"}).status == 200
    assert running.call(token="bad", headers={"ApiKey": key(running)}).status == 200


def test_the_application_s_tier_limits_its_keys_and_a_new_tier_holds_within_the_bound(running: Running) -> None:
    running.world.set_policy(PolicyKind.APPLICATION, Terms(name="2PerMin", limits=(Rate(count=2, seconds=60),)))
    secret = key(running)
    know_application(running, "2PerMin")
    assert [call(running, secret).status for _ in range(3)] == [200, 200, 429]
    know_application(running, "Unlimited")
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert call(running, secret).status == 200


def test_a_warm_call_reads_nothing(running: Running) -> None:
    secret = key(running, addresses=("203.0.113.0/24",))
    call(running, secret)
    running.world.clock.advance(REFRESH_AFTER / 2)
    before = running.world.artifacts.reads
    assert call(running, secret).status == 200
    assert running.world.artifacts.reads == before


def test_the_key_stands_in_no_log_line_and_no_answer(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret, refused = key(running), key(running, api_id=ELSEWHERE)
    replies = [
        call(running, secret),
        call(running, refused),
        running.call(query=f"apikey={secret}"),
        running.call(query=f"apikey={refused}"),
        call(running, new_secret()[:-1] + "!"),
    ]
    written = json.dumps(running.lines) + caplog.text + "".join(str(reply) for reply in replies)
    assert "gatehouse_" not in written
    assert not any("gatehouse_" in str(request) for request in running.world.backend.requests)
