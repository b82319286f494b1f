"""External key managers: the promises of `ports/tokens/key_managers`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.key_managers import KeyManagerTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.artifact import ALL_TENANTS, Category, issuer_key, issuer_partition
from gatehouse.domain.errors import Changed, GatehouseError
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.issuer import Issuer
from gatehouse.domain.tokens.key_manager import ExternalKeyManager, IssuerTaken, KeyManagerExists
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.key_managers import InMemoryKeyManagers
from tests.worlds.issuers import introspecting

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tokens.key_managers import KeyManagers
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    key_managers: KeyManagers
    artifacts: Artifacts
    tenant: str

    def key_manager(self, name: str = "Theirs", **changes: Any) -> ExternalKeyManager:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": name,
            "issuer": f"https://{name.lower()}.example/realms/ü?x=1#y",
            "document": {"enabled": True, "nested": {"none": None, "list": [1, "ü"]}, "secret": "open sesame"},
        }
        return ExternalKeyManager(**{**values, **changes})

    def add(self, name: str = "Theirs", **changes: Any) -> ExternalKeyManager:
        new = self.key_manager(name, **changes)
        return self.key_managers.add(new, issuer_of(new))

    def issuer(self, key_manager: ExternalKeyManager) -> Issuer | None:
        (body,) = self.artifacts.get([issuer_key(key_manager.tenant, key_manager.issuer)])
        return Issuer.from_body(body) if body else None

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.KEYS, 0)


def issuer_of(key_manager: ExternalKeyManager, **changes: Any) -> Issuer:
    named = introspecting(
        key_manager=key_manager.id, name=key_manager.name, issuer=key_manager.issuer, claims=(("a", "b"),), **changes
    )
    return Issuer.from_body(json.loads(json.dumps(named.to_body())))


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    return World(key_managers=InMemoryKeyManagers(artifacts), artifacts=artifacts, tenant="a.example")


def on_dynamodb(dynamodb: DynamoDB) -> World:
    artifacts = dynamodb.table("artifacts")
    return World(
        key_managers=KeyManagerTable(dynamodb.table("settings"), ArtifactTable(artifacts)),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


class Promises:
    def test_a_key_manager_comes_back_as_it_was_kept_and_its_tokens_can_be_checked(self, world: World) -> None:
        before = world.epoch()
        kept = world.add()
        assert kept.version == 1
        assert world.key_managers.get(world.tenant, kept.id) == kept
        assert world.key_managers.get(world.tenant, kept.id) is not None
        found = world.key_managers.named(world.tenant, "tHEIRS")
        assert found is not None
        assert (found, dict(found.document)) == (kept, dict(kept.document))
        assert world.key_managers.all(world.tenant) == [kept]
        assert world.issuer(kept) == issuer_of(kept)
        assert world.epoch() > before
        partition = world.artifacts.partition(issuer_partition(world.tenant))
        assert {name: Issuer.from_body(body) for name, body in partition.items()} == {kept.issuer: issuer_of(kept)}

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        kept = world.add()
        assert world.key_managers.get(world.tenant, "unheard") is None
        assert world.key_managers.get("other.example", kept.id) is None
        assert world.key_managers.named("other.example", "Theirs") is None
        assert world.key_managers.all("other.example") == []
        for impossible in ("", "x" * 2000, "ü" * 5000):
            assert world.key_managers.get(world.tenant, impossible) is None
            assert world.key_managers.named(world.tenant, impossible) is None

    def test_a_name_is_unique_in_its_tenant_without_regard_to_case(self, world: World) -> None:
        kept = world.add()
        refused = world.key_manager("THEIRS", issuer="https://another.example")
        with pytest.raises(KeyManagerExists):
            world.key_managers.add(refused, issuer_of(refused))
        assert world.issuer(refused) is None
        assert world.key_managers.all(world.tenant) == [kept]
        other = world.key_manager(tenant=f"other.{world.tenant}")
        world.key_managers.add(other, issuer_of(other))

    def test_an_issuer_is_one_key_manager_s(self, world: World) -> None:
        kept, other = world.add(), world.add("Other")
        refused = world.key_manager("Third", issuer=kept.issuer)
        with pytest.raises(IssuerTaken):
            world.key_managers.add(refused, issuer_of(refused))
        moved = replace(other, issuer=kept.issuer)
        with pytest.raises(IssuerTaken):
            world.key_managers.save(moved, issuer_of(moved))
        assert world.issuer(kept) == issuer_of(kept)
        assert world.issuer(other) == issuer_of(other)
        assert world.key_managers.get(world.tenant, refused.id) is None

    def test_an_alias_of_an_issuer_is_one_key_manager_s_too_and_free_when_it_is_given_up(self, world: World) -> None:
        def named(*aliases: str) -> dict[str, Any]:
            return {"additionalProperties": {"issuer_aliases": " ".join(aliases)}}

        kept = world.add(document=named("https://a.example", "https://b.example"))
        for refused in (
            world.key_manager("Second", issuer="https://a.example"),
            world.key_manager("Second", issuer="https://c.example", document=named(kept.issuer)),
            world.key_manager("Second", issuer="https://c.example", document=named("https://b.example")),
        ):
            with pytest.raises(IssuerTaken):
                world.key_managers.add(refused, issuer_of(refused))
        moved = replace(kept, issuer="https://a.example", document=named(kept.issuer))
        moved = world.key_managers.save(moved, issuer_of(moved))
        assert (world.issuer(kept), world.issuer(moved)) == (None, issuer_of(moved))
        world.add("Second", issuer="https://b.example")
        world.key_managers.remove(moved)
        world.add("Third", issuer="https://a.example", document=named(kept.issuer))

    def test_those_of_all_tenants_are_nobody_s_own_and_the_super_tenant_s_counter_tells_of_them(
        self, world: World
    ) -> None:
        before = world.artifacts.epoch(SUPER_TENANT).get(Category.KEYS, 0)
        name = f"Everybodys-{uuid.uuid4().hex}"
        kept = world.add(name, tenant=ALL_TENANTS)
        assert world.key_managers.get(ALL_TENANTS, kept.id) == kept
        assert world.key_managers.get(world.tenant, kept.id) is None
        assert world.artifacts.epoch(SUPER_TENANT)[Category.KEYS] > before
        assert kept.issuer in world.artifacts.partition(issuer_partition(ALL_TENANTS))
        world.key_managers.remove(kept)
        assert kept.issuer not in world.artifacts.partition(issuer_partition(ALL_TENANTS))

    def test_of_many_at_once_one_gets_the_name_and_one_the_issuer(self, world: World) -> None:
        def add(name: str) -> bool:
            new = world.key_manager(name, issuer="https://one.example")
            try:
                world.key_managers.add(new, issuer_of(new))
            except GatehouseError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(add, ["Theirs", "Others"] * 4)) == 1

    def test_they_are_listed_by_name(self, world: World) -> None:
        for name in ("b", "a", "C"):
            world.add(name)
        assert [found.name for found in world.key_managers.all(world.tenant)] == ["a", "b", "C"]

    def test_a_saved_one_has_moved_on_and_its_issuer_with_it(self, world: World) -> None:
        read = world.add()
        before = world.epoch()
        moved = replace(read, issuer="https://moved.example", document={"enabled": False})
        saved = world.key_managers.save(moved, issuer_of(moved, enabled=False))
        assert saved == replace(moved, version=2)
        assert world.key_managers.get(world.tenant, read.id) == saved
        assert world.issuer(read) is None
        assert world.issuer(saved) == issuer_of(moved, enabled=False)
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.key_managers.save(read, issuer_of(read))
        assert world.issuer(read) is None
        heir = world.key_manager("Heir", issuer=read.issuer)
        world.key_managers.add(heir, issuer_of(heir))

    def test_a_removed_one_is_gone_everywhere(self, world: World) -> None:
        read = world.add()
        moved = world.key_managers.save(read, issuer_of(read))
        with pytest.raises(Changed):
            world.key_managers.remove(read)
        before = world.epoch()
        world.key_managers.remove(moved)
        assert world.key_managers.get(world.tenant, read.id) is None
        assert world.key_managers.named(world.tenant, "Theirs") is None
        assert world.issuer(read) is None
        assert world.epoch() > before
        for late in (
            lambda: world.key_managers.remove(moved),
            lambda: world.key_managers.save(moved, issuer_of(moved)),
        ):
            with pytest.raises(Changed):
                late()
        again = world.add()
        assert world.key_managers.get(world.tenant, read.id) is None
        with pytest.raises(Changed):
            world.key_managers.save(replace(moved, version=1), issuer_of(moved))
        assert world.key_managers.get(world.tenant, again.id) == again


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
