"""Deny policies and tenants' configurations: the promises of their ports, kept by the fakes and by DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.denials import DenialTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.domain.artifact import Category, denial_partition
from gatehouse.domain.throttling.denial import Denial, DenialExists, DenialKind, DenialNotFound
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.denials import InMemoryDenials, InMemoryTenantConfigurations

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.throttling.denials import Denials
    from tests.conftest import DynamoDB

MARY = Denial(id="d1", kind=DenialKind.USER, value="mary@carbon.super")


@dataclass(frozen=True, kw_only=True)
class World:
    denials: Denials
    configurations: TenantConfigurations
    artifacts: Artifacts
    tenant: str

    def enforced(self) -> list[Denial]:
        return [Denial.from_body(body) for body in self.artifacts.partition(denial_partition(self.tenant)).values()]

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.POLICIES, 0)


def in_memory() -> World:
    known = InMemoryArtifacts(SystemClock())
    configurations = InMemoryTenantConfigurations()
    return World(denials=InMemoryDenials(known), configurations=configurations, artifacts=known, tenant="a.example")


def on_dynamodb(dynamodb: DynamoDB) -> World:
    artifacts, settings = dynamodb.table("artifacts"), dynamodb.table("settings")
    return World(
        denials=DenialTable(settings, ArtifactTable(artifacts)),
        configurations=TenantConfigurationTable(settings),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


class Promises:
    def test_what_is_added_is_listed_enforced_and_announced(self, world: World) -> None:
        before = world.epoch()
        world.denials.add(world.tenant, MARY)
        assert world.denials.all(world.tenant) == [MARY]
        assert world.denials.get(world.tenant, "d1") == MARY
        assert world.enforced() == [MARY]
        assert world.epoch() > before

    def test_the_same_is_shut_out_once(self, world: World) -> None:
        world.denials.add(world.tenant, MARY)
        with pytest.raises(DenialExists):
            world.denials.add(world.tenant, replace(MARY, id="d2"))
        address = Denial(id="d3", kind=DenialKind.IP, value="10.0.0.1")
        world.denials.add(world.tenant, address)
        world.denials.add(world.tenant, replace(address, id="d4", inverted=True))
        assert [one.id for one in world.denials.all(world.tenant)] == ["d1", "d3", "d4"]

    def test_one_that_is_off_is_kept_and_not_enforced(self, world: World) -> None:
        world.denials.add(world.tenant, MARY)
        world.denials.save(world.tenant, replace(MARY, enabled=False))
        assert world.denials.get(world.tenant, "d1") == replace(MARY, enabled=False)
        assert world.enforced() == []
        world.denials.save(world.tenant, MARY)
        assert world.enforced() == [MARY]

    def test_what_is_removed_is_gone_and_may_be_added_again(self, world: World) -> None:
        world.denials.add(world.tenant, MARY)
        before = world.epoch()
        world.denials.remove(world.tenant, MARY)
        assert world.denials.get(world.tenant, "d1") is None
        assert world.enforced() == []
        assert world.epoch() > before
        with pytest.raises(DenialNotFound):
            world.denials.save(world.tenant, MARY)
        world.denials.add(world.tenant, replace(MARY, id="d2"))

    def test_tenants_do_not_see_each_other(self, world: World) -> None:
        world.denials.add(world.tenant, MARY)
        assert world.denials.all(f"other-{world.tenant}") == []
        world.configurations.save(world.tenant, {"EnableMonetization": True})
        assert dict(world.configurations.get(f"other-{world.tenant}")) == {}

    def test_a_configuration_is_replaced_as_a_whole(self, world: World) -> None:
        assert dict(world.configurations.get(world.tenant)) == {}
        world.configurations.save(world.tenant, {"a": [1, {"b": None}], "c": 1.5})
        assert dict(world.configurations.get(world.tenant)) == {"a": [1, {"b": None}], "c": 1.5}
        world.configurations.save(world.tenant, {"d": ""})
        assert dict(world.configurations.get(world.tenant)) == {"d": ""}


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
