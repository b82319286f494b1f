"""Signing keys: two algorithms, and their replacement by schedule, through the key manager's surfaces."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from functions.key_manager.actions import Actions
from gatehouse.domain.artifact import keys_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes
from gatehouse.ports.tokens.signing import ALGORITHMS
from tests.callers import OTHER_TENANT
from tests.events import bearer
from tests.worlds.key_manager import KEY_ROTATION_SECONDS, KeyManagerWorld

HOUR = 3600
DAY = 86_400


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld(algorithms=ALGORITHMS)


def rotate(world: KeyManagerWorld, **arguments: Any) -> list[str]:
    answer = Actions(world.parts.resident, world.parts.key_rotation)({"action": "rotate_keys", "arguments": arguments})
    done: list[str] = answer["result"]
    return done


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def shown(world: KeyManagerWorld) -> set[str]:
    return {key["kid"] for key in world.send("GET", "/oauth2/jwks").json["keys"]}


def token(world: KeyManagerWorld, name: str = "console", **more: Any) -> str:
    return str(world.password(world.client(name=name, **more), scope="openid").json["access_token"])


def test_a_client_may_have_its_tokens_signed_with_es256(world: KeyManagerWorld) -> None:
    issued = world.password(world.client(rules=ClientRules(signed_with="ES256")), scope="openid").json
    for text in (issued["access_token"], issued["id_token"]):
        header = jwt.get_unverified_header(text)
        key = next(key for key in world.send("GET", "/oauth2/jwks").json["keys"] if key["kid"] == header["kid"])
        assert (header["alg"], key["kty"], key["crv"]) == ("ES256", "EC", "P-256")
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert world.callers.identify(bearer(issued["access_token"])).user == "admin"


def test_an_algorithm_is_its_keys_and_not_the_tokens(world: KeyManagerWorld) -> None:
    good = token(world)
    elliptic = token(world, "other", rules=ClientRules(signed_with="ES256"))
    mixed = f"{elliptic.split('.')[0]}.{good.split('.')[1]}.{good.split('.')[2]}"
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(mixed))


def test_young_keys_stay(world: KeyManagerWorld) -> None:
    world.clock.advance(KEY_ROTATION_SECONDS - 1)
    assert rotate(world) == []


def test_a_new_key_is_shown_first_then_signs_and_the_old_one_stays_for_its_tokens(world: KeyManagerWorld) -> None:
    before = token(world, "one")
    old = shown(world)
    world.clock.advance(KEY_ROTATION_SECONDS)
    assert len(rotate(world)) == 3
    assert len(shown(world)) == 2 * len(old)
    assert kid_of(token(world, "two")) == kid_of(before)
    world.clock.advance(HOUR - 1)
    assert rotate(world) == []
    world.clock.advance(1)
    assert len(rotate(world)) == 3
    after = token(world, "three")
    assert kid_of(after) != kid_of(before)
    assert world.callers.identify(bearer(after)).user == "admin"
    assert shown(world) >= old
    world.clock.advance(DAY + HOUR)
    rotate(world)
    assert shown(world).isdisjoint(old)


def test_every_tenant_is_told(world: KeyManagerWorld) -> None:
    world.clock.advance(KEY_ROTATION_SECONDS)
    rotate(world)
    for tenant in (SUPER_TENANT, OTHER_TENANT):
        (published,) = world.artifacts.get([keys_key(tenant)])
        assert published is not None
        assert published["keys"] == list(world.keyring.public_keys())


def test_a_key_stays_for_the_longest_life_that_it_has_given(world: KeyManagerWorld) -> None:
    old = kid_of(token(world, lifetimes=Lifetimes(user_seconds=10 * DAY)))
    world.clock.advance(KEY_ROTATION_SECONDS)
    rotate(world)
    world.clock.advance(HOUR)
    rotate(world)
    world.clock.advance(10 * DAY)
    rotate(world)
    assert old in shown(world)
    world.clock.advance(HOUR)
    rotate(world)
    assert old not in shown(world)


def test_at_once_every_token_is_void(world: KeyManagerWorld) -> None:
    before, old = token(world, "one"), shown(world)
    assert len(rotate(world, at_once=True)) == 6
    assert shown(world).isdisjoint(old)
    with pytest.raises(Unauthenticated):
        world.callers.identify(bearer(before))
    assert world.callers.identify(bearer(token(world, "two"))).user == "admin"


def test_secrets_of_clients_survive(world: KeyManagerWorld) -> None:
    client = world.client()
    rotate(world, at_once=True)
    assert world.password(client).status == 200


def test_an_environment_that_knows_older_keys_does_not_write_them_over_newer_ones(world: KeyManagerWorld) -> None:
    late = KeyManagerWorld(algorithms=ALGORITHMS)
    late.parts.keys.publish(SUPER_TENANT)
    (older,) = late.artifacts.get([keys_key(SUPER_TENANT)])
    world.clock.advance(KEY_ROTATION_SECONDS)
    rotate(world)
    (newer,) = world.artifacts.get([keys_key(SUPER_TENANT)])
    assert older is not None
    assert newer is not None
    assert newer["generation"] > older["generation"]
    world.secrets.values["signing"] = late.secrets.values["signing"]
    world.clock.advance(900)
    world.parts.keys.publish(SUPER_TENANT)
    assert world.artifacts.get([keys_key(SUPER_TENANT)]) == [newer]
