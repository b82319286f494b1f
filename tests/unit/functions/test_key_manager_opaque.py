"""Opaque access tokens, through the key manager's surface and up to the gateway's look-up."""

from __future__ import annotations

import pytest

from gatehouse.domain.artifact import token_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from gatehouse.domain.tokens.token import opaque_digest
from tests.callers import OTHER_TENANT
from tests.events import basic, bearer
from tests.worlds.key_manager import KeyManagerWorld


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def client(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(rules=ClientRules(opaque_tokens=True))


def test_it_says_nothing_and_opens_what_a_jwt_would(world: KeyManagerWorld, client: ClientCredentials) -> None:
    token = world.password(client, "mary", scope="openid apim:subscribe").json["access_token"]
    assert token.count(".") == 0
    caller = world.callers.identify(bearer(token))
    assert (caller.user, caller.scopes) == ("mary", {"openid", "apim:subscribe"})
    assert world.send("GET", "/oauth2/userinfo", None, bearer(token)).json["sub"] == "mary@carbon.super"
    asked = world.post("/oauth2/introspect", {"token": token}, client).json
    assert (asked["active"], asked["client_id"]) == (True, client.client_id)


def test_only_its_digest_is_kept_and_no_environment_forgets_anything_for_it(
    world: KeyManagerWorld, client: ClientCredentials
) -> None:
    before = world.artifacts.epoch(SUPER_TENANT)
    token = world.password(client).json["access_token"]
    (kept,) = world.artifacts.get([token_key(SUPER_TENANT, opaque_digest(token))])
    assert kept is not None
    assert kept["sub"] == "admin@carbon.super"
    assert token not in repr(vars(world.artifacts))
    assert world.artifacts.epoch(SUPER_TENANT) == before


def test_it_ends_with_its_time_and_by_revocation(world: KeyManagerWorld, client: ClientCredentials) -> None:
    first = world.password(client).json
    world.post("/oauth2/revoke", {"token": first["access_token"]}, client)
    second = world.password(client).json["access_token"]
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(first["access_token"]))
    world.clock.advance(3606)
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(second))


def test_it_dies_with_its_family(world: KeyManagerWorld, client: ClientCredentials) -> None:
    issued = world.password(client).json
    world.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])
    world.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(issued["access_token"]))


@pytest.mark.parametrize("token", ["ght~~x", "ght~Y2FyYm9uLnN1cGVy~forged", "ght~!!!~x", "ght~Y2Fy~" + "x" * 600])
def test_401_a_made_up_one(world: KeyManagerWorld, token: str) -> None:
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(token))


def test_it_is_good_in_its_own_tenant(world: KeyManagerWorld) -> None:
    theirs = world.client(tenant=OTHER_TENANT, rules=ClientRules(opaque_tokens=True))
    token = world.password(theirs, f"mary@{OTHER_TENANT}").json["access_token"]
    assert world.callers.identify(bearer(token)).tenant == OTHER_TENANT
    ours = world.client()
    by_ours = basic(ours.client_id, ours.client_secret)
    body = f"token={token}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded", **by_ours}
    assert world.send("POST", "/oauth2/introspect", body, headers).json == {"active": False}
