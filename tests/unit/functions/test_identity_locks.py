"""Locks and user stores over SCIM: administrators see and lift locks, and list the users of a directory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.lockout import NO_ATTEMPTS
from gatehouse.domain.user_store import StoreType, UserStore
from tests.worlds.identity import USERS, IdentityWorld, person

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MARY = f"{USERS}/{person('mary').id}"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def lock(world: IdentityWorld) -> None:
    """As failed log-ins do."""
    until = world.clock.now() + 300
    world.lockouts.change(SUPER_TENANT, "mary", lambda kept: replace(kept, locked_until=until), NO_ATTEMPTS)


def patched(world: IdentityWorld, locked: Any, **parts: Any) -> Any:
    operation = {"op": "replace", "path": f"{ENTERPRISE}:accountLocked", "value": locked}
    return world.patch(MARY, operation, **parts)


def test_200_shows_a_lock_while_it_holds(world: IdentityWorld) -> None:
    assert ENTERPRISE not in world.scim("GET", MARY).json
    lock(world)
    shown = world.scim("GET", MARY)
    assert shown.json[ENTERPRISE] == {"accountLocked": True}
    assert ENTERPRISE in shown.json["schemas"]
    assert world.scim("GET", MARY, headers={"If-None-Match": shown.headers["ETag"]}).status == 200
    world.clock.advance(301)
    assert ENTERPRISE not in world.scim("GET", MARY).json


def test_200_unlocks_and_it_is_written_down(world: IdentityWorld) -> None:
    lock(world)
    reply = patched(world, locked=False)
    assert (reply.status, reply.json.get(ENTERPRISE)) == (200, None)
    assert not world.locks.is_locked(SUPER_TENANT, "mary")
    assert world.journal.entries == [("account_unlocked", {"tenant": SUPER_TENANT, "user": "mary", "by": "admin"})]
    assert patched(world, locked=False).status == 200
    assert len(world.journal.entries) == 1


def test_200_locks_for_as_long_as_nobody_unlocks(world: IdentityWorld) -> None:
    assert patched(world, locked=True).json[ENTERPRISE] == {"accountLocked": True}
    world.clock.advance(10_000_000)
    assert world.locks.is_locked(SUPER_TENANT, "mary")
    assert world.journal.events() == ["account_locked"]


def test_a_put_that_says_nothing_of_it_leaves_the_lock(world: IdentityWorld) -> None:
    lock(world)
    body = {"userName": "mary", ENTERPRISE: {"organization": "Corp"}}
    assert world.scim("PUT", MARY, body).json[ENTERPRISE] == {"organization": "Corp", "accountLocked": True}
    body = {"userName": "mary", ENTERPRISE: {"organization": "Corp", "accountLocked": False}}
    assert world.scim("PUT", MARY, body).json[ENTERPRISE] == {"organization": "Corp"}
    assert not world.locks.is_locked(SUPER_TENANT, "mary")


def test_nobody_lifts_their_own_lock(world: IdentityWorld) -> None:
    lock(world)
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    operations = [{"op": "replace", "path": f"{ENTERPRISE}:accountLocked", "value": False}]
    world.scim("PATCH", "/scim2/Me", {**body, "Operations": operations}, by="mary")
    assert patched(world, locked=False, by="mary").status == 401
    assert world.locks.is_locked(SUPER_TENANT, "mary")


def test_200_lists_the_users_of_a_directory_by_its_domain(world: IdentityWorld) -> None:
    store = UserStore(tenant=SUPER_TENANT, domain="CORP", type=StoreType.READ_ONLY, sealed_password="x")
    world.stores.add(store)
    world.directories.users = [replace(person("zoe"), name="CORP/zoe"), replace(person("adam"), name="CORP/adam")]
    page = world.scim("GET", USERS, query={"domain": "corp"}).json
    assert [user["userName"] for user in page["Resources"]] == ["CORP/zoe", "CORP/adam"]
    one = world.scim("GET", USERS, query={"domain": "CORP", "filter": 'userName eq "CORP/zoe"'}).json
    assert (one["totalResults"], one["Resources"][0]["userName"]) == (1, "CORP/zoe")
    assert world.scim("GET", USERS, query={"domain": "PRIMARY"}).json["totalResults"] > 2


def test_404_for_a_domain_that_is_no_store_s_or_another_tenant_s(world: IdentityWorld) -> None:
    store = UserStore(tenant=SUPER_TENANT, domain="CORP", type=StoreType.READ_ONLY, sealed_password="x")
    world.stores.add(store)
    assert world.scim("GET", USERS, query={"domain": "NOWHERE"}).status == 404
    assert world.scim("GET", USERS, query={"domain": "CORP"}, by="admin@example.com").status == 404
    world.stores.save(replace(world.stores.all(SUPER_TENANT)[0], properties={"Disabled": "true"}))
    assert world.scim("GET", USERS, query={"domain": "CORP"}).status == 404
