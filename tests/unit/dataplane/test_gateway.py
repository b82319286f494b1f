"""A call from end to end in memory: every refusal on the path, what reaches the backend, and what is read for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.artifact import (
    Withdrawal,
    policy_key,
    subscription_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access, DeployedOperation
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import (
    API_ID,
    APPLICATION_ID,
    FOREIGN_KEY,
    MANAGEMENT_URL,
    PRIVATE_KEY,
    World,
    menu_api,
)
from tests.forgery import hs256_with_the_public_key
from tests.worlds.gateway import code

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


def test_200_with_a_token_of_a_subscribed_application(running: Running) -> None:
    reply = running.call(token=running.world.token(), query="size=2&size=3")
    assert (reply.status, reply.body) == (200, b'{"ok":true}')
    (request,) = running.world.backend.requests
    assert request.url == "http://backend.example:9000/v1/items?size=2&size=3"


@pytest.mark.parametrize("path", ["/../secret", "/x/..", "/./x", "/%2e%2e/secret", "/x/%2E%2E%2Fsecret", "/..\\secret"])
def test_404_for_a_path_that_climbs_out_of_its_operation(running: Running, path: str) -> None:
    everything = DeployedOperation(verb="GET", target="/*", authenticated=False)
    running.world.deploy(menu_api(operations=(everything,)))
    assert running.call(path=f"/menu/1.0.0{path}").status == 404
    assert running.world.backend.requests == []
    assert running.call(path="/menu/1.0.0/a.b/..c/...").status == 200


def test_404_for_a_context_that_nobody_deployed(running: Running) -> None:
    reply = running.call(path="/nothing/1.0.0/items")
    assert json.loads(reply.body) == {
        "code": "404",
        "type": "Status report",
        "message": "Not Found",
        "description": "The requested resource is not available.",
    }


@pytest.mark.parametrize("path", ["/menu/2.0.0/items", "/menu", "/menu/1.0.0x/items", "/"])
def test_404_for_another_version_or_half_a_context(running: Running, path: str) -> None:
    assert code(running.call(path=path)) == (404, "404")


def test_404_for_a_path_the_api_does_not_have(running: Running) -> None:
    reply = running.call(path="/menu/1.0.0/nothing")
    assert json.loads(reply.body)["description"] == "No matching resource found for given API Request"


def test_405_for_a_method_the_path_does_not_have_names_those_it_has(running: Running) -> None:
    reply = running.call("DELETE", "/menu/1.0.0/items")
    assert code(reply) == (405, "405")
    assert dict(reply.headers)["allow"] == "GET"


def test_404_for_the_api_of_another_tenant(running: Running) -> None:
    assert code(running.call(path="/t/other.example/menu/1.0.0/items")) == (404, "404")


def test_503_when_the_api_is_blocked(running: Running) -> None:
    running.world.deploy(menu_api(), state="BLOCKED")
    assert code(running.call(token=running.world.token())) == (503, "700700")


def test_401_without_credentials_names_the_header(running: Running) -> None:
    running.world.deploy(menu_api(access=Access(authorization_header="X-Token")))
    reply = running.call()
    assert code(reply) == (401, "900902")
    assert "'X-Token : Bearer ACCESS_TOKEN'" in json.loads(reply.body)["description"]
    assert "Bearer" in dict(reply.headers)["www-authenticate"]


def unsigned(world: World) -> str:
    return jwt.encode(world.claims(), None, algorithm="none", headers={"kid": "key-1"})


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda _: "opaque", id="opaque"),
        pytest.param(lambda _: "a.b.c", id="garbage"),
        pytest.param(lambda world: world.token(FOREIGN_KEY), id="foreign key"),
        pytest.param(lambda world: world.token(kid="unknown"), id="unknown kid"),
        pytest.param(lambda world: world.token(iss="https://elsewhere.example/oauth2/token"), id="foreign issuer"),
        pytest.param(lambda world: world.token(iss=f"{MANAGEMENT_URL}/t/x/oauth2/token"), id="other tenant's issuer"),
        pytest.param(unsigned, id="alg none"),
        pytest.param(
            lambda world: hs256_with_the_public_key(world.claims(), "key-1", PRIVATE_KEY.public_key()),
            id="HS256 with the public key",
        ),
        pytest.param(lambda world: world.token()[:-8] + "AAAAAAAA", id="tampered signature"),
    ],
)
def test_401_for_a_token_that_is_not_ours(running: Running, token: Any) -> None:
    assert code(running.call(token=token(running.world))) == (401, "900901")
    assert not running.world.backend.requests


def test_401_for_an_expired_token_even_when_it_was_accepted_before(running: Running) -> None:
    token = running.world.token()
    assert running.call(token=token).status == 200
    running.world.clock.advance(3606)
    assert code(running.call(token=token)) == (401, "900903")
    assert code(running.environment().handle(running.world.call(token=token))) == (401, "900903")


def test_403_for_a_token_for_another_audience(running: Running) -> None:
    running.world.deploy(menu_api(access=Access(audiences=("https://menu.example",))))
    assert code(running.call(token=running.world.token())) == (403, "900914")
    assert running.call(token=running.world.token(aud=["x", "https://menu.example"])).status == 200


def test_403_without_a_subscription(running: Running) -> None:
    key = subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID)
    running.world.artifacts.publish([Withdrawal(key)])
    assert code(running.call(token=running.world.token())) == (403, "900908")


def test_403_for_a_client_that_is_no_application(running: Running) -> None:
    assert code(running.call(token=running.world.token(azp="another"))) == (403, "900908")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (SubscriptionStatus.BLOCKED, (401, "900907")),
        (SubscriptionStatus.PROD_ONLY_BLOCKED, (401, "900907")),
        (SubscriptionStatus.ON_HOLD, (401, "900909")),
        (SubscriptionStatus.REJECTED, (401, "900909")),
    ],
)
def test_401_when_the_subscription_is_closed(
    running: Running, status: SubscriptionStatus, expected: tuple[int, str]
) -> None:
    running.world.subscribe(status)
    assert code(running.call(token=running.world.token())) == expected


def test_a_sandbox_key_passes_a_subscription_that_is_blocked_for_production_only(running: Running) -> None:
    running.world.subscribe(SubscriptionStatus.PROD_ONLY_BLOCKED)
    running.world.grant_application(key_type=KeyType.SANDBOX)
    assert running.call(token=running.world.token()).status == 200
    assert running.world.backend.requests[0].url.startswith("http://sandbox.example:9000/")


def test_403_when_the_scope_is_missing_and_200_with_it(running: Running) -> None:
    world = running.world
    assert code(running.call("POST", "/menu/1.0.0/orders", token=world.token())) == (403, "900910")
    assert running.call("POST", "/menu/1.0.0/orders", token=world.token(scope="x order")).status == 200


@pytest.mark.parametrize(("kind", "field"), [("SANDBOX", "sandbox"), ("PRODUCTION", "production")])
def test_403_for_a_key_whose_endpoint_the_api_does_not_have(running: Running, kind: str, field: str) -> None:
    running.world.deploy(menu_api(**{field: None}))
    running.world.grant_application(key_type=KeyType(kind))
    reply = running.call(token=running.world.token())
    assert code(reply) == (403, "900901")
    assert kind.lower() in json.loads(reply.body)["message"].lower()


def test_an_operation_without_security_needs_no_token_and_is_counted_by_address(running: Running) -> None:
    assert running.call(path="/menu/1.0.0/health").status == 200
    (entity,) = running.counters.items
    assert entity.startswith(f"U#{SUPER_TENANT}#{API_ID}#")
    assert "203.0.113.7" not in entity


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("api", (429, "900800")),
        ("resource", (429, "900802")),
        ("application", (429, "900803")),
        ("subscription", (429, "900804")),
        ("subscription burst", (429, "900807")),
        ("application burst", (429, "900809")),
    ],
)
def test_429_for_each_policy_with_its_own_code(running: Running, kind: str, expected: tuple[int, str]) -> None:
    world, rate = running.world, Rate(count=2, seconds=60)
    quota, burst = Terms(name="Two", limits=(rate,)), Terms(name="Two", burst=rate)
    match kind:
        case "api":
            world.set_policy(PolicyKind.ADVANCED, quota)
            world.deploy(menu_api(policy="Two"))
        case "resource":
            world.set_policy(PolicyKind.ADVANCED, quota)
            world.deploy(menu_api(operations=(DeployedOperation(verb="GET", target="/items", policy="Two"),)))
        case "application" | "application burst":
            world.set_policy(PolicyKind.APPLICATION, burst if "burst" in kind else quota)
            world.grant_application(policy="Two")
        case _:
            world.set_policy(PolicyKind.SUBSCRIPTION, burst if "burst" in kind else quota)
            world.subscribe(policy="Two")
    token = world.token()
    assert [running.call(token=token).status for _ in range(2)] == [200, 200]
    assert code(running.call(token=token)) == expected


def test_a_429_says_when_to_come_back_in_header_and_body(running: Running) -> None:
    world = running.world
    world.clock.time = 1_767_225_630.0
    world.publish_keys()
    world.set_policy(PolicyKind.APPLICATION, Terms(name="One", limits=(Rate(count=1, seconds=60),)))
    world.grant_application(policy="One")
    token = world.token()
    running.call(token=token)
    reply = running.call(token=token)
    headers = dict(reply.headers)
    assert headers["retry-after"] == "30"
    assert headers["x-ratelimit-limit"] == "1"
    assert headers["x-ratelimit-remaining"] == "0"
    assert json.loads(reply.body) == {
        "code": "900803",
        "message": "Message throttled out",
        "description": "You have exceeded your quota .You can access API after 2026-Jan-01 00:01:00+0000 UTC",
        "nextAccessTime": "2026-Jan-01 00:01:00+0000 UTC",
    }


def test_a_plan_that_does_not_stop_on_quota_lets_calls_through(running: Running) -> None:
    terms = Terms(name="Billed", limits=(Rate(count=1, seconds=60),), stop=False)
    running.world.set_policy(PolicyKind.SUBSCRIPTION, terms)
    running.world.subscribe(policy="Billed")
    token = running.world.token()
    assert {running.call(token=token).status for _ in range(3)} == {200}


def test_a_tier_that_does_not_exist_fails_closed(running: Running) -> None:
    key = policy_key(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Gold")
    running.world.artifacts.publish([Withdrawal(key)])
    assert code(running.call(token=running.world.token())) == (500, "900900")


def test_every_call_leaves_one_line_without_secrets(running: Running) -> None:
    token = running.world.token()
    running.call(token=token)
    running.call(path="/nothing")
    served, refused = running.lines
    assert served["api_name"] == "Menu"
    assert served["application_id"] == APPLICATION_ID
    assert served["status"] == 200
    assert refused["error_code"] == "404"
    assert token not in json.dumps(running.lines)
