"""Descriptions of user stores: the promises of `ports/people/user_stores`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.user_stores import UserStoreTable
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.user_store import StoreType, UserStore, UserStoreExists
from tests.fakes.user_stores import InMemoryUserStores

if TYPE_CHECKING:
    from gatehouse.ports.people.user_stores import UserStores
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    stores: UserStores
    tenant: str

    def store(self, domain: str = "CORP", tenant: str = "") -> UserStore:
        return UserStore(
            tenant=tenant or self.tenant,
            domain=domain,
            type=StoreType.READ_ONLY,
            description="the company's",
            properties={"ConnectionURL": "ldaps://ldap.corp.example", "UserSearchBase": "ou=people,o=ü"},
            sealed_password="c2VhbGVk",
        )


class Promises:
    def test_a_store_comes_back_as_it_was_kept(self, world: World) -> None:
        kept = world.stores.add(world.store())
        assert kept == replace(world.store(), version=1)
        assert world.stores.get(world.tenant, "corp") == kept
        assert world.stores.get(world.tenant, "Corp") == kept

    @pytest.mark.parametrize("domain", ["CORP", "", "x" * 5000, "A/B"])
    def test_what_is_not_there_is_not_found(self, world: World, domain: str) -> None:
        assert world.stores.get(world.tenant, domain) is None
        assert world.stores.all(world.tenant) == []

    def test_stores_are_listed_by_domain_and_tenant(self, world: World) -> None:
        for domain in ("ZOO", "CORP", "LAB"):
            world.stores.add(world.store(domain))
        world.stores.add(world.store("CORP", f"other.{world.tenant}"))
        assert [store.domain for store in world.stores.all(world.tenant)] == ["CORP", "LAB", "ZOO"]

    def test_a_domain_is_taken_once(self, world: World) -> None:
        kept = world.stores.add(world.store())
        with pytest.raises(UserStoreExists):
            world.stores.add(replace(world.store(), description="another"))
        assert world.stores.get(world.tenant, "CORP") == kept

    def test_a_saved_store_has_moved_on(self, world: World) -> None:
        kept = world.stores.add(world.store())
        saved = world.stores.save(replace(kept, description="new"))
        assert saved == replace(kept, description="new", version=2)
        assert world.stores.get(world.tenant, "CORP") == saved
        for change in (world.stores.save, world.stores.remove):
            with pytest.raises(Changed):
                change(kept)
        assert world.stores.get(world.tenant, "CORP") == saved

    def test_who_is_gone_cannot_be_saved_and_leaves_the_domain_free(self, world: World) -> None:
        kept = world.stores.add(world.store())
        world.stores.remove(kept)
        assert world.stores.get(world.tenant, "CORP") is None
        with pytest.raises(Changed):
            world.stores.save(kept)
        assert world.stores.add(world.store()).version == 1


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return World(stores=InMemoryUserStores(), tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        table = UserStoreTable(dynamodb.client, dynamodb.table("identity"))
        return World(stores=table, tenant=f"{uuid.uuid4().hex}.example")

    def test_a_table_that_does_not_answer_is_said_to(self, dynamodb: DynamoDB, world: World) -> None:
        nowhere = UserStoreTable(dynamodb.client, "no-such-table")
        with pytest.raises(Unavailable):
            nowhere.get(world.tenant, "CORP")
        with pytest.raises(Unavailable):
            nowhere.add(world.store())
