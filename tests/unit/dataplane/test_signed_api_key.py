"""Calls with a signed API key: verified on the spot, bound as its claims say, and looked up for its revocation alone."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from gatehouse.domain.applications.api_key import ApiKey, api_key_end, api_key_grants, digest_of
from gatehouse.domain.applications.application import Application
from gatehouse.domain.applications.grant import ApplicationProfile, KeyType, SubscriptionStatus
from gatehouse.domain.applications.signed_key import TOKEN_TYPE, key_claims
from gatehouse.domain.artifact import Artifact, application_key, tenant_revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.tokens.token import issuer_of
from tests.calls import (
    API_ID,
    APPLICATION_ID,
    FOREIGN_KEY,
    KEY_ID,
    MANAGEMENT_URL,
    MAX_STALENESS,
    PRIVATE_KEY,
    REFRESH_AFTER,
    menu_api,
    public_jwk,
)

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

ELSEWHERE = "5e0e4f9c-58b2-4f9c-93a0-1d0c35b7f001"


@pytest.fixture
def running(running: Running) -> Running:
    running.world.deploy(menu_api(access=Access(api_key=True)))
    profile = ApplicationProfile(
        application_id=APPLICATION_ID, name="Kiosk", owner="mary@carbon.super", policy="Unlimited"
    )
    running.world.artifacts.publish([Artifact(application_key(SUPER_TENANT, APPLICATION_ID), profile.to_body())])
    return running


def described(running: Running, **changes: Any) -> ApiKey:
    values: dict[str, Any] = {
        "tenant": SUPER_TENANT,
        "id": str(uuid.uuid4()),
        "name": "browser",
        "owner": "mary",
        "key_type": KeyType.PRODUCTION,
        "digest": "",
        "application_id": APPLICATION_ID,
        "created_at": int(running.world.clock.now()),
        "token_id": str(uuid.uuid4()),
    }
    return ApiKey(**{**values, **changes})


def signed(key: ApiKey, private_key: Any = PRIVATE_KEY, **changes: Any) -> str:
    application = Application(tenant=key.tenant, id=key.application_id, name="Kiosk", owner="mary", policy="Unlimited")
    claims = {
        **key_claims(key, None if key.api_id else application, [], {}),
        "iss": issuer_of(MANAGEMENT_URL, key.tenant),
        "token_type": TOKEN_TYPE,
        "iat": key.created_at,
        "jti": key.token_id,
        **({"exp": key.expires_at} if key.expires_at else {}),
        **changes,
    }
    return jwt.encode(claims, private_key, algorithm="RS256", headers={"kid": KEY_ID})


def call(running: Running, text: str, **headers: str) -> tuple[int, str]:
    reply: Reply = running.call(headers={"ApiKey": text, **headers})
    return (reply.status, "") if reply.status == 200 else (reply.status, json.loads(reply.body)["code"])


def test_200_for_a_key_that_nothing_was_written_of(running: Running) -> None:
    assert call(running, signed(described(running))) == (200, "")
    (line,) = running.lines
    assert (line["application_id"], line["key_type"]) == (APPLICATION_ID, "PRODUCTION")


def test_200_in_the_query_and_at_the_sandbox(running: Running) -> None:
    text = signed(described(running, key_type=KeyType.SANDBOX))
    assert running.call(query=f"apikey={text}").status == 200
    assert running.world.backend.requests[0].url == "http://sandbox.example:9000/v1/items"


def test_401_for_a_key_that_somebody_else_signed_or_that_says_less(running: Running) -> None:
    key = described(running)
    for text in (
        signed(key, FOREIGN_KEY),
        signed(key, token_type="access"),
        signed(key, iss="https://elsewhere.example/oauth2/token"),
        signed(key, iss=issuer_of(MANAGEMENT_URL, "other.example")),
        signed(key, keytype="BOTH"),
        signed(key, application="Kiosk"),
        f"{signed(key)}A" * 40,
        "a.b.c",
    ):
        assert call(running, text) == (401, "900901")


def test_401_for_an_access_token_as_a_key_and_for_a_key_as_an_access_token(running: Running) -> None:
    assert call(running, running.world.token()) == (401, "900901")
    running.world.deploy(menu_api())
    assert running.call(token=running.world.token()).status == 200
    assert running.call(token=signed(described(running))).status == 401


def test_401_from_the_second_in_which_the_key_expires(running: Running) -> None:
    text = signed(described(running, validity_seconds=10))
    running.world.clock.advance(9)
    assert call(running, text) == (200, "")
    running.world.clock.advance(1)
    assert call(running, text) == (401, "900901")


def test_401_within_the_bound_once_the_key_is_revoked_and_no_other_one_is(running: Running) -> None:
    key, other = described(running), described(running)
    texts = signed(key), signed(other)
    assert [call(running, text)[0] for text in texts] == [200, 200]
    running.world.artifacts.publish([api_key_end(key)])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert [call(running, text)[0] for text in texts] == [401, 200]


def test_401_within_the_bound_once_the_key_that_signed_it_is_withdrawn_and_so_for_access_tokens(
    running: Running,
) -> None:
    running.world.deploy(menu_api(access=Access(api_key=True, oauth2=True)))
    text, token = signed(described(running)), running.world.token()
    assert call(running, text) == (200, "")
    assert running.call(token=token).status == 200
    running.world.publish_keys(public_jwk(FOREIGN_KEY, "key-2"))
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert call(running, text) == (401, "900901")
    assert running.call(token=token).status == 401


def test_a_tenant_that_voids_its_tokens_keeps_its_keys(running: Running) -> None:
    key = described(running)
    revocation = Artifact(tenant_revocation_key(SUPER_TENANT), {"before": key.created_at + 10})
    running.world.artifacts.publish([revocation])
    assert call(running, signed(key)) == (200, "")


def test_403_from_another_address_or_page(running: Running) -> None:
    elsewhere = signed(described(running, addresses=("198.51.100.0/24", "2001:db8::/32")))
    assert call(running, elsewhere) == (403, "900908")
    assert call(running, signed(described(running, addresses=("203.0.113.0/24",)))) == (200, "")
    page = signed(described(running, referers=("*.example.com/*",)))
    assert call(running, page, Referer="https://shop.example.com/") == (200, "")
    assert call(running, page, Referer="https://evil.example/") == (403, "900908")


def test_what_is_enforced_is_the_subscription_as_it_stands(running: Running) -> None:
    text = signed(described(running))
    running.world.subscribe(SubscriptionStatus.BLOCKED)
    assert call(running, text) == (401, "900907")
    running.world.deploy(menu_api(access=Access(api_key=True), id=ELSEWHERE))
    assert call(running, text) == (403, "900908")


def test_a_key_of_an_api_opens_that_api_for_the_application_that_it_is_associated_with(running: Running) -> None:
    key = described(running, api_id=API_ID, application_id="")
    text = signed(key)
    known = described(running, id=key.id, api_id=API_ID, application_id="", digest=digest_of(text))
    assert call(running, text) == (401, "900901"), "nothing is known of it: it was revoked"
    running.world.artifacts.publish(api_key_grants(known))
    assert call(running, text) == (403, "900908")
    associated = described(running, id=key.id, api_id=API_ID, digest=digest_of(text))
    running.world.artifacts.publish(api_key_grants(associated))
    assert call(running, text) == (200, "")
    running.world.artifacts.publish([api_key_end(associated)])
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert call(running, text) == (401, "900901")


def test_a_warm_call_reads_nothing_and_a_cold_one_nothing_about_the_key_but_its_revocation(running: Running) -> None:
    call(running, signed(described(running)))
    running.world.clock.advance(REFRESH_AFTER / 2)
    before = running.world.artifacts.reads
    text = signed(described(running))
    assert call(running, text) == (200, "")
    assert running.world.artifacts.reads == before + 1
    assert call(running, text) == (200, "")
    assert running.world.artifacts.reads == before + 1
