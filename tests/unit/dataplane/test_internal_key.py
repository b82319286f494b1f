"""Internal keys through the gateway: they open one API for a while, whatever its state, and nobody need be subscribed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import InternalKeyGrant
from gatehouse.domain.artifact import Artifact, Withdrawal, internal_key_key, subscription_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from tests.calls import API_ID, APPLICATION_ID, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

SECONDS = 60


def generated(running: Running, api_id: str = API_ID) -> str:
    secret = new_secret()
    expires_at = int(running.world.clock.now()) + SECONDS
    grant = InternalKeyGrant(owner="admin@carbon.super", expires_at=expires_at)
    key = internal_key_key(SUPER_TENANT, api_id, digest_of(secret))
    running.world.artifacts.publish([Artifact(key, grant.to_body(), expires_at)])
    return secret


def sent(running: Running, secret: str, *where: str, token: str | None = None) -> Reply:
    return running.call(*where, headers={"Internal-Key": secret}, token=token)


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"]


@pytest.mark.parametrize("state", ["CREATED", "PROTOTYPED", "PUBLISHED", "DEPRECATED"])
def test_200_in_any_state_for_any_operation_without_a_subscription(running: Running, state: str) -> None:
    running.world.deploy(menu_api(), state)
    running.world.artifacts.publish([Withdrawal(subscription_key(SUPER_TENANT, APPLICATION_ID, API_ID))])
    secret = generated(running)
    assert told(sent(running, secret)) == (200, "")
    assert told(sent(running, secret, "POST", "/menu/1.0.0/orders")) == (200, "")
    assert all("internal-key" not in request.headers for request in running.world.backend.requests)


@pytest.mark.parametrize(
    "access", [Access(oauth2=False, basic=True), Access(mutual_tls=True, mutual_tls_mandatory=True)]
)
def test_200_whatever_else_the_api_asks_for(running: Running, access: Access) -> None:
    running.world.deploy(menu_api(access=access))
    assert told(sent(running, generated(running))) == (200, "")


def test_200_with_the_sandbox_where_there_is_nothing_else(running: Running) -> None:
    running.world.deploy(menu_api(production=None))
    assert told(sent(running, generated(running))) == (200, "")
    assert running.world.backend.requests[0].url.startswith("http://sandbox.example")


@pytest.mark.parametrize("secret", ["forged", f"gatehouse_{'x' * 43}", "\udcff", "ü" * 60])
def test_401_for_a_key_that_is_not_ours(running: Running, secret: str) -> None:
    reply = sent(running, secret)
    assert told(reply) == (401, "900901")
    assert secret not in reply.body.decode()


def test_401_for_the_key_of_another_api(running: Running) -> None:
    assert told(sent(running, generated(running, "another"))) == (401, "900901")


def test_401_when_its_time_is_over_though_the_key_is_remembered(running: Running) -> None:
    secret = generated(running)
    assert told(sent(running, secret)) == (200, "")
    running.world.clock.advance(SECONDS)
    assert told(sent(running, secret)) == (401, "900901")


def test_a_bad_key_does_no_harm_beside_a_good_token(running: Running) -> None:
    assert told(sent(running, "forged", token=running.world.token())) == (200, "")


def test_a_bad_key_is_what_is_told_when_the_token_is_bad_too(running: Running) -> None:
    assert told(sent(running, "forged", token="forged")) == (401, "900901")


def test_a_warm_call_reads_nothing_and_nothing_of_the_key_is_recorded(running: Running) -> None:
    secret = generated(running)
    sent(running, secret)
    reads = running.world.artifacts.reads
    assert told(sent(running, secret)) == (200, "")
    assert running.world.artifacts.reads == reads
    assert secret not in json.dumps(running.lines)
