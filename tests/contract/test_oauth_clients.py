"""Clients: the promises of `ports/tokens/oauth`, kept by the fake and by DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.tokens.oauth import ClientExists
from tests.worlds.kept_oauth import World, client, in_memory, on_dynamodb

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    def test_a_client_comes_back_as_it_was_kept(self, world: World) -> None:
        kept = client(world)
        world.clients.add(kept)
        assert world.clients.get(world.tenant, kept.id) == kept
        assert world.clients.find(kept.id) == kept
        assert world.clients.named(world.tenant, "MARY", "console") == kept

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        kept = client(world)
        world.clients.add(kept)
        assert world.clients.get(world.tenant, "unheard") is None
        assert world.clients.get("other.example", kept.id) is None
        assert world.clients.find("unheard") is None
        assert world.clients.named(world.tenant, "mary", "Console") is None
        assert world.clients.named(world.tenant, "john", "console") is None
        assert world.clients.named("other.example", "mary", "console") is None

    def test_a_client_that_is_handed_over_is_found_among_its_new_owner_s(self, world: World) -> None:
        kept = client(world, owner="Mary")
        world.clients.add(kept)
        taken = client(world, owner="Sue")
        world.clients.add(taken)
        read = world.clients.get(world.tenant, kept.id)
        assert read is not None
        given = world.clients.hand_over(read, "John")
        assert (given.owner, world.clients.get(world.tenant, kept.id)) == ("John", given)
        assert world.clients.named(world.tenant, "john", kept.name) == given
        assert world.clients.named(world.tenant, "mary", kept.name) is None
        with pytest.raises(Changed):
            world.clients.hand_over(read, "Mary")
        with pytest.raises(ClientExists):
            world.clients.hand_over(given, "Sue")
        assert world.clients.hand_over(given, "JOHN").owner == "JOHN"

    def test_a_name_is_unique_among_its_owners_clients(self, world: World) -> None:
        kept = client(world)
        world.clients.add(kept)
        refused = client(world, owner="MARY")
        with pytest.raises(ClientExists):
            world.clients.add(refused)
        assert world.clients.find(refused.id) is None
        world.clients.add(client(world, owner="John"))
        world.clients.add(client(world, tenant=f"other.{world.tenant}"))
        assert world.clients.named(world.tenant, "mary", "console") == kept

    def test_of_many_at_once_one_gets_the_name(self, world: World) -> None:
        def add(_: int) -> bool:
            try:
                world.clients.add(client(world))
            except (ClientExists, Changed):
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(add, range(8))) == 1

    def test_a_saved_client_has_moved_on(self, world: World) -> None:
        read = client(world)
        world.clients.add(read)
        changed = replace(read, grant_types=frozenset({"client_credentials"}), generation=4, secret_hash="1" * 64)
        saved = world.clients.save(changed)
        assert saved == replace(changed, version=read.version + 1)
        assert world.clients.find(read.id) == saved
        with pytest.raises(Changed):
            world.clients.save(replace(read, callback_url="lost"))
        assert world.clients.find(read.id) == saved

    def test_a_client_that_is_gone_cannot_be_saved_or_removed(self, world: World) -> None:
        gone = client(world)
        with pytest.raises(Changed):
            world.clients.save(gone)
        with pytest.raises(Changed):
            world.clients.remove(gone, ())
        assert world.clients.find(gone.id) is None

    def test_a_removed_client_leaves_its_name_free_and_its_tokens_void(self, world: World) -> None:
        kept = client(world)
        key = revocation_key(world.tenant, RevocationKind.CLIENT, kept.id)
        world.clients.add(kept)
        world.clients.remove(kept, [Artifact(key, {"before": 7})])
        assert world.clients.find(kept.id) is None
        assert world.clients.get(world.tenant, kept.id) is None
        assert world.clients.named(world.tenant, "mary", "console") is None
        assert world.artifacts.get([key]) == [{"before": 7}]
        assert world.artifacts.epoch(world.tenant)["revocations"] == 1
        world.clients.add(client(world))

    def test_a_client_that_has_moved_on_is_not_removed(self, world: World) -> None:
        read = client(world)
        key = revocation_key(world.tenant, RevocationKind.CLIENT, read.id)
        world.clients.add(read)
        world.clients.save(read)
        with pytest.raises(Changed):
            world.clients.remove(read, [Artifact(key, {"before": 7})])
        assert world.clients.find(read.id) is not None
        assert world.artifacts.get([key]) == [None]


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
