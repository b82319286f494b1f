"""Clients and refresh tokens: the promises of `ports/oauth`, kept by the fakes and by DynamoDB."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.oauth import ClientTable, RefreshTable
from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.oauth import Client, ClientExists, InvalidGrant, Lifetimes, RefreshGrant
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.oauth import InMemoryClients, InMemoryRefreshTokens

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.oauth import Clients, RefreshTokens
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    clients: Clients
    refresh_tokens: RefreshTokens
    artifacts: Artifacts
    tenant: str


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    return World(
        clients=InMemoryClients(artifacts),
        refresh_tokens=InMemoryRefreshTokens(SystemClock()),
        artifacts=artifacts,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    oauth, artifacts = dynamodb.table("oauth"), dynamodb.table("artifacts")
    return World(
        clients=ClientTable(oauth, ArtifactTable(artifacts)),
        refresh_tokens=RefreshTable(oauth),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


def client(world: World, name: str = "console", **changes: Any) -> Client:
    values: dict[str, Any] = {
        "tenant": world.tenant,
        "id": uuid.uuid4().hex,
        "name": name,
        "owner": "Mary",
        "grant_types": frozenset({"password", "refresh_token"}),
        "secret_hash": "0" * 64,
        "generation": 3,
        "callback_url": "https://example.com/cb",
        "saas": True,
        "lifetimes": Lifetimes(application_seconds=1, user_seconds=-1, refresh_seconds=3),
        "created_at": 1_700_000_000,
        "version": 1,
    }
    return Client(**{**values, **changes})


def grant(**changes: Any) -> RefreshGrant:
    now = int(time.time())
    values: dict[str, Any] = {
        "digest": uuid.uuid4().hex,
        "client_id": "client",
        "tenant": "user.example",
        "user": "mary",
        "scopes": ("b", "a"),
        "issued_at": now,
        "expires_at": now + 60,
        "access_token_id": "token-1",
        "access_token_expires_at": now + 30,
    }
    return RefreshGrant(**{**values, **changes})


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

    def test_a_refresh_token_comes_back_as_it_was_kept(self, world: World) -> None:
        kept = grant()
        world.refresh_tokens.add(world.tenant, kept)
        assert world.refresh_tokens.get(world.tenant, kept.digest) == kept
        assert world.refresh_tokens.get("other.example", kept.digest) is None

    def test_an_expired_refresh_token_is_not_found(self, world: World) -> None:
        kept = grant(expires_at=int(time.time()) - 1)
        world.refresh_tokens.add(world.tenant, kept)
        assert world.refresh_tokens.get(world.tenant, kept.digest) is None

    def test_a_used_refresh_token_is_replaced_by_the_next(self, world: World) -> None:
        used, new = grant(), grant()
        world.refresh_tokens.add(world.tenant, used)
        world.refresh_tokens.rotate(world.tenant, used, new)
        assert world.refresh_tokens.get(world.tenant, used.digest) is None
        assert world.refresh_tokens.get(world.tenant, new.digest) == new

    def test_a_refresh_token_is_used_once_by_however_many(self, world: World) -> None:
        used = grant()
        world.refresh_tokens.add(world.tenant, used)
        renewed = [grant() for _ in range(8)]

        def rotate(new: RefreshGrant) -> bool:
            try:
                world.refresh_tokens.rotate(world.tenant, used, new)
            except InvalidGrant:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(rotate, renewed)) == 1
        assert len([new for new in renewed if world.refresh_tokens.get(world.tenant, new.digest)]) == 1

    def test_a_removed_refresh_token_is_gone_and_removing_it_again_is_no_error(self, world: World) -> None:
        kept = grant()
        world.refresh_tokens.add(world.tenant, kept)
        world.refresh_tokens.remove(world.tenant, kept.digest)
        world.refresh_tokens.remove(world.tenant, kept.digest)
        assert world.refresh_tokens.get(world.tenant, kept.digest) is None


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
