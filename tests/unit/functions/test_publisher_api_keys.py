"""Developers' keys that are bound to an API, as they stay and go with it."""

from __future__ import annotations

import pytest

from gatehouse.domain.applications.api_key import ApiKey, digest_of, new_secret
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.artifact import api_key_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.publisher import PublisherWorld


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def key_of(world: PublisherWorld, api_id: str) -> ApiKey:
    """A developer's API key that opens this API alone, and that the gateway knows."""
    key = ApiKey(
        tenant=SUPER_TENANT,
        id=f"key-of-{api_id}",
        name="browser",
        owner="dora",
        key_type=KeyType.PRODUCTION,
        digest=digest_of(new_secret()),
        created_at=1_700_000_000,
        api_id=api_id,
    )
    return world.api_keys.add(key, world.apis.get(SUPER_TENANT, api_id))


def test_200_with_a_deleted_api_go_the_keys_that_are_bound_to_it_and_no_others(world: PublisherWorld) -> None:
    made, other = world.design(), world.design("Pie", context="/pie")
    gone, kept = key_of(world, made["id"]), key_of(world, other["id"])
    assert world.call("DELETE", f"/apis/{made['id']}").status == 200
    assert world.artifacts.get([api_key_key(SUPER_TENANT, gone.digest)]) == [None]
    assert world.api_keys.of_owner(SUPER_TENANT, "dora") == [kept]
    assert None not in world.artifacts.get([api_key_key(SUPER_TENANT, kept.digest)])


def test_409_the_keys_of_an_api_that_is_not_deleted_after_all_go_on(world: PublisherWorld) -> None:
    made = world.design()
    key = key_of(world, made["id"])
    world.subscriptions.apis.add(made["id"])
    assert world.call("DELETE", f"/apis/{made['id']}").status == 409
    assert world.api_keys.of_owner(SUPER_TENANT, "dora") == [key]
    assert None not in world.artifacts.get([api_key_key(SUPER_TENANT, key.digest)])


def test_the_keys_of_an_api_outlive_its_retirement_but_not_itself(world: PublisherWorld) -> None:
    made = world.design()
    key = key_of(world, made["id"])
    for action in ("Publish", "Deprecate", "Retire"):
        world.made("POST", "/apis/change-lifecycle", query={"apiId": made["id"], "action": action})
    assert world.api_keys.of_owner(SUPER_TENANT, "dora") == [key], "its owner still finds it, and may revoke it"
    assert world.call("DELETE", f"/apis/{made['id']}").status == 200
    assert world.api_keys.of_owner(SUPER_TENANT, "dora") == []
    assert world.artifacts.get([api_key_key(SUPER_TENANT, key.digest)]) == [None]
