"""Opaque tokens of our own key manager at the gateway: looked up under their full key, and no more often than need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.artifact import Artifact, RevocationKind, resident_key, revocation_key, token_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.token import new_opaque_token, opaque_digest
from tests.calls import MAX_STALENESS

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


def issued(running: Running, tenant: str = SUPER_TENANT) -> str:
    """A token that says what a JWT of the same world says."""
    claims = running.world.claims()
    token = new_opaque_token(tenant)
    until = int(str(claims["exp"])) + 6
    running.world.artifacts.keep(Artifact(token_key(tenant, opaque_digest(token)), claims, until))
    return token


def status(running: Running, token: str) -> int:
    return int(running.call(headers={"authorization": f"Bearer {token}"}).status)


def test_200_with_a_token_that_was_issued(running: Running) -> None:
    assert status(running, issued(running)) == 200


def test_a_warm_call_reads_nothing(running: Running) -> None:
    token = issued(running)
    status(running, token)
    reads = running.world.artifacts.reads
    assert status(running, token) == 200
    assert running.world.artifacts.reads == reads


@pytest.mark.parametrize(
    "token", [new_opaque_token(SUPER_TENANT), new_opaque_token("example.com"), "ght~~x"], ids=["ours", "other", "none"]
)
def test_401_for_one_that_nobody_issued(running: Running, token: str) -> None:
    assert status(running, token) == 401
    assert not running.world.issuers.asked


def test_403_for_another_tenants_which_is_not_subscribed(running: Running) -> None:
    assert status(running, issued(running, "example.com")) == 403


def test_401_after_its_time(running: Running) -> None:
    token = issued(running)
    status(running, token)
    running.world.clock.advance(4000)
    assert status(running, token) == 401


def test_401_within_the_bound_while_our_own_key_manager_is_off_as_for_jwts(running: Running) -> None:
    tokens = issued(running), running.world.token()
    assert [status(running, token) for token in tokens] == [200, 200]
    for enabled, expected in ((False, 401), (True, 200)):
        running.world.artifacts.publish([Artifact(resident_key(SUPER_TENANT), {"enabled": enabled})])
        running.world.clock.advance(MAX_STALENESS + 1)
        assert [status(running, token) for token in tokens] == [expected, expected]


def test_401_once_it_is_revoked(running: Running) -> None:
    token = issued(running)
    assert status(running, token) == 200
    claims = running.world.claims()
    key = revocation_key(SUPER_TENANT, RevocationKind.CLIENT, str(claims["azp"]))
    running.world.artifacts.publish([Artifact(key, {"before": int(running.world.clock.now()) + 1})])
    running.world.clock.advance(MAX_STALENESS + 1)
    assert status(running, token) == 401
