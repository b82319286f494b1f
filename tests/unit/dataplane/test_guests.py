"""Guests: calls with the credentials of another tenant's application, which open what it is subscribed to and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import (
    ApiKeyGrant,
    ApplicationGrant,
    ApplicationProfile,
    KeyType,
    SubscriptionGrant,
    SubscriptionStatus,
)
from gatehouse.domain.applications.signed_key import TOKEN_TYPE
from gatehouse.domain.artifact import (
    Artifact,
    Withdrawal,
    api_key_key,
    application_key,
    client_key,
    keys_key,
    policy_key,
    resident_key,
    subscription_key,
    tenant_revocation_key,
    token_key,
)
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access, ApiType, DeployedOperation, EndpointGroup, EventSource
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from gatehouse.domain.tokens.token import issuer_of, new_opaque_token, opaque_digest
from tests.calls import API_ID, MANAGEMENT_URL, MAX_STALENESS, menu_api, public_jwk

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

HOME, GUEST, KEY = "guests.example", "app-of-guests", "key-of-guests"
OWNER = f"bob@{HOME}"


class Guest:
    """Bob's application, of a tenant that has keys, a token and policies of its own, and a subscription to the menu."""

    def __init__(self, running: Running) -> None:
        self.running, self.artifacts = running, running.world.artifacts
        grant = ApplicationGrant(
            application_id=GUEST, name="Kiosk", owner=OWNER, policy="TwoPerMin", key_type=KeyType.PRODUCTION
        )
        profile = ApplicationProfile(application_id=GUEST, name="Kiosk", owner=OWNER, policy="TwoPerMin")
        tier = Terms(name="TwoPerMin", limits=(Rate(count=2, seconds=60),))
        self.artifacts.publish(
            [
                Artifact(keys_key(HOME), {"keys": [public_jwk()]}),
                Artifact(client_key(HOME, KEY), grant.to_body()),
                Artifact(application_key(HOME, GUEST), profile.to_body()),
                Artifact(policy_key(HOME, PolicyKind.APPLICATION, tier.name), tier.to_body()),
            ]
        )
        self.subscribe()

    def subscribe(self, status: SubscriptionStatus = SubscriptionStatus.UNBLOCKED, plan: str = "Gold") -> None:
        grant = SubscriptionGrant(subscription_id="s-2", policy=plan, status=status)
        self.artifacts.publish([Artifact(subscription_key(SUPER_TENANT, GUEST, API_ID), grant.to_body())])

    def unsubscribe(self) -> None:
        self.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, GUEST, API_ID))])

    def claims(self, **changes: Any) -> dict[str, Any]:
        names = {"iss": issuer_of(MANAGEMENT_URL, HOME), "sub": KEY, "azp": KEY, "aud": KEY, "username": OWNER}
        return {**names, **changes}

    def jwt(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.running.world.token(**self.claims())}"}

    def opaque_token(self) -> dict[str, str]:
        token, claims = new_opaque_token(HOME), self.running.world.claims(**self.claims())
        until = int(str(claims["exp"])) + 6
        self.artifacts.keep(Artifact(token_key(HOME, opaque_digest(token)), claims, until))
        return {"authorization": f"Bearer {token}"}

    def opaque_key(self) -> dict[str, str]:
        secret = new_secret(HOME)
        grant = ApiKeyGrant(key_id="k", application_id=GUEST, api_id="", key_type=KeyType.PRODUCTION, owner=OWNER)
        self.artifacts.publish([Artifact(api_key_key(HOME, digest_of(secret)), grant.to_body())])
        return {"ApiKey": secret}

    def signed_key(self) -> dict[str, str]:
        says = {
            "token_type": TOKEN_TYPE,
            "sub": OWNER,
            "keytype": "PRODUCTION",
            "keyUUID": "k",
            "application": {"uuid": GUEST, "name": "Kiosk", "owner": "bob", "tier": "TwoPerMin"},
        }
        return {"ApiKey": self.running.world.token(**self.claims(**says))}

    def call(self, credential: str = "jwt") -> tuple[int, str]:
        reply = self.running.call(headers=getattr(self, credential)())
        return (reply.status, "") if reply.status == 200 else (reply.status, json.loads(reply.body)["code"])


CREDENTIALS = ("jwt", "opaque_token", "opaque_key", "signed_key")


@pytest.fixture
def guest(running: Running) -> Guest:
    running.world.deploy(menu_api(access=Access(oauth2=True, api_key=True)))
    return Guest(running)


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_200_for_an_application_that_is_subscribed(guest: Guest, credential: str) -> None:
    assert guest.call(credential) == (200, "")
    (line,) = guest.running.lines
    assert line["application_id"] == GUEST


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_403_without_a_subscription_and_from_the_next_call_on_with_one(guest: Guest, credential: str) -> None:
    guest.unsubscribe()
    headers = getattr(guest, credential)()
    statuses = [guest.running.call(headers=headers).status]
    guest.subscribe()
    assert [*statuses, guest.running.call(headers=headers).status] == [403, 200]
    assert guest.running.lines[0]["error_code"] == "900908"


def test_403_for_an_api_that_asks_its_own_tenants_callers_for_no_subscription(guest: Guest) -> None:
    guest.unsubscribe()
    guest.running.world.deploy(menu_api(access=Access(subscribed=False)))
    assert guest.running.call(token=guest.running.world.token()).status == 200
    assert guest.call() == (403, "900908")


def test_401_within_the_bound_once_the_subscription_is_blocked(guest: Guest) -> None:
    assert guest.call() == (200, "")
    guest.subscribe(SubscriptionStatus.BLOCKED)
    guest.running.world.clock.advance(MAX_STALENESS + 1)
    assert guest.call() == (401, "900907")


def test_429_by_the_tier_of_the_guests_own_tenant(guest: Guest) -> None:
    assert [guest.call() for _ in range(3)] == [(200, ""), (200, ""), (429, "900803")]


def test_429_by_the_plan_of_the_tenant_of_the_api(guest: Guest) -> None:
    guest.running.world.set_policy(
        PolicyKind.SUBSCRIPTION, Terms(name="OnePerMin", limits=(Rate(count=1, seconds=60),))
    )
    generous = Terms(name="OnePerMin", limits=(Rate(count=9, seconds=60),))
    guest.artifacts.publish([Artifact(policy_key(HOME, PolicyKind.SUBSCRIPTION, "OnePerMin"), generous.to_body())])
    guest.subscribe(plan="OnePerMin")
    assert [guest.call() for _ in range(2)] == [(200, ""), (429, "900804")]


@pytest.mark.parametrize(
    "change",
    [
        Artifact(tenant_revocation_key(HOME), {"before": 2_000_000_000}),
        Artifact(resident_key(HOME), {"enabled": False}),
        Artifact(keys_key(HOME), {"keys": []}),
    ],
    ids=["tenant closed", "key manager off", "keys withdrawn"],
)
def test_401_within_the_bound_once_the_guests_tenant_takes_it_back(guest: Guest, change: Artifact) -> None:
    headers = guest.jwt()
    assert guest.running.call(headers=headers).status == 200
    guest.artifacts.publish([change])
    guest.running.world.clock.advance(MAX_STALENESS + 1)
    assert guest.running.call(headers=headers).status == 401


def test_a_warm_call_reads_nothing(guest: Guest) -> None:
    headers = guest.jwt()
    guest.running.call(headers=headers)
    reads = guest.artifacts.reads
    assert guest.running.call(headers=headers).status == 200
    assert guest.artifacts.reads == reads


def test_what_is_known_of_the_guests_tenant_is_renewed_beside_the_backend_call(guest: Guest) -> None:
    guest.call()
    guest.running.world.clock.advance(MAX_STALENESS - 1)
    guest.call("opaque_token")
    assert not guest.running.gateway.entrance.catalogue.refresh_due(HOME)


def test_403_a_guest_leaves_no_webhook_behind(running: Running) -> None:
    guest = Guest(running)
    topics = (DeployedOperation(verb="SUBSCRIBE", target="/orders"),)
    sides = {"production": EndpointGroup(), "sandbox": EndpointGroup()}
    running.world.deploy(menu_api(type=ApiType.WEBSUB, operations=topics, events=EventSource(), **sides))
    query = "hub.mode=subscribe&hub.topic=/orders&hub.callback=https://kiosk.example"
    reply = running.call("POST", "/menu/1.0.0", query=query, headers=guest.jwt())
    assert (reply.status, json.loads(reply.body)["code"]) == (403, "900908")
    assert "another tenant" in json.loads(reply.body)["description"]
    assert running.world.hub.subscribed == []
