"""Locks and user stores over SCIM: administrators see and lift locks, and list the users of a directory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.lockout import NO_ATTEMPTS
from gatehouse.domain.people.user_store import StoreType, UserStore
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


class TestInADirectory:
    """Users of a store that is written to, at `?domain=CORP`."""

    @pytest.fixture
    def corp(self, world: IdentityWorld) -> IdentityWorld:
        store = UserStore(tenant=SUPER_TENANT, domain="CORP", type=StoreType.READ_WRITE, sealed_password="x")
        world.stores.add(store)
        return world

    def add(self, corp: IdentityWorld, **changes: Any) -> Any:
        body = {"userName": "CORP/zoe", "password": "open sesame", "emails": [{"value": "zoe@corp.example"}], **changes}
        return corp.scim("POST", USERS, body)

    def at(self, added: Any) -> str:
        return f"{USERS}/{added.json['id']}"

    def test_201_adds_a_user_there_who_is_read_and_listed(self, corp: IdentityWorld) -> None:
        added = self.add(corp)
        assert (added.status, added.json["userName"]) == (201, "CORP/zoe")
        assert added.headers["Location"].endswith(f"{added.json['id']}?domain=CORP")
        assert corp.directories.passwords == {"zoe": "open sesame"}
        assert corp.users.get(SUPER_TENANT, "CORP/zoe") is None
        shown = corp.scim("GET", self.at(added), query={"domain": "CORP"})
        assert (shown.status, shown.json["emails"]) == (200, [{"value": "zoe@corp.example"}])
        assert corp.scim("GET", self.at(added)).status == 404
        assert corp.scim("GET", USERS, query={"domain": "CORP"}).json["totalResults"] == 1

    def test_400_for_a_password_that_breaks_its_rule(self, corp: IdentityWorld) -> None:
        assert self.add(corp, password="x").status == 400
        assert self.add(corp, password=None).status == 400

    def test_200_for_a_new_password_and_a_lock_and_tokens_are_void(self, corp: IdentityWorld) -> None:
        added = self.add(corp)
        secret = {"op": "replace", "path": "password", "value": "new secret"}
        locked = {"op": "replace", "path": f"{ENTERPRISE}:accountLocked", "value": True}
        reply = corp.patch(self.at(added), secret, locked, query={"domain": "CORP"})
        assert (reply.status, reply.json[ENTERPRISE]) == (200, {"accountLocked": True})
        assert corp.directories.passwords == {"zoe": "new secret"}
        assert corp.locks.is_locked(SUPER_TENANT, "corp/ZOE")
        key = revocation_key(SUPER_TENANT, RevocationKind.USER, "CORP/zoe")
        assert corp.artifacts.get([key]) == [{"before": int(corp.clock.now())}]

    def test_403_for_what_the_directory_keeps(self, corp: IdentityWorld) -> None:
        added = self.add(corp)
        for path, value in (("active", False), ("roles", [{"value": "admin"}]), ("displayName", "Zoe")):
            operation = {"op": "replace", "path": path, "value": value}
            assert corp.patch(self.at(added), operation, query={"domain": "CORP"}).status == 403, path

    def test_204_and_the_user_is_gone_there(self, corp: IdentityWorld) -> None:
        added = self.add(corp)
        assert corp.scim("DELETE", self.at(added), query={"domain": "CORP"}).status == 204
        assert corp.scim("GET", self.at(added), query={"domain": "CORP"}).status == 404
        key = revocation_key(SUPER_TENANT, RevocationKind.USER, "CORP/zoe")
        assert corp.artifacts.get([key]) != [None]

    def test_403_where_users_are_only_read(self, corp: IdentityWorld) -> None:
        added = self.add(corp)
        corp.directories.writable = False
        secret = {"op": "replace", "path": "password", "value": "new secret"}
        assert corp.patch(self.at(added), secret, query={"domain": "CORP"}).status == 403
        assert corp.scim("DELETE", self.at(added), query={"domain": "CORP"}).status == 403
        assert self.add(corp, userName="CORP/new").status == 403

    def test_404_for_a_user_of_a_store_that_is_none(self, corp: IdentityWorld) -> None:
        assert self.add(corp, userName="NOWHERE/zoe").status == 404
