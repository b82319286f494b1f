"""Artifacts: the promises of `ports/artifacts`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.artifact import (
    Artifact,
    Category,
    RevocationKind,
    Withdrawal,
    client_key,
    revocation_key,
    route_key,
    route_partition,
    token_key,
)
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts, Publication
    from tests.conftest import DynamoDB

TENANT = "a.example"


@dataclass(frozen=True)
class World:
    read: Artifacts
    write: Publication


class Promises:
    def test_what_is_published_is_read_in_the_order_asked(self, world: World) -> None:
        first, second, absent = (client_key(TENANT, name) for name in ("one", "two", "three"))
        world.write.publish([Artifact(first, {"n": 1}), Artifact(second, {"list": [1, "ä"]})])
        assert world.read.get([second, absent, first, second]) == [
            {"list": [1, "ä"]},
            None,
            {"n": 1},
            {"list": [1, "ä"]},
        ]
        assert world.read.get([first]) == [{"n": 1}]

    def test_what_is_kept_is_read_and_makes_nobody_forget(self, world: World) -> None:
        key = token_key(TENANT, "digest")
        world.write.keep(Artifact(key, {"sub": "mary"}, int(time.time()) + 3600))
        assert world.read.get([key]) == [{"sub": "mary"}]
        assert "revocations" not in world.read.epoch(TENANT)

    def test_a_withdrawn_artifact_is_not_found(self, world: World) -> None:
        key = client_key(TENANT, "one")
        world.write.publish([Artifact(key, {"n": 1})])
        world.write.publish([Withdrawal(key)])
        assert world.read.get([key]) == [None]

    def test_a_partition_holds_its_own_artifacts_and_no_others(self, world: World) -> None:
        for path in ("/menu/1", "/menu/2", "/menus/1"):
            world.write.publish([Artifact(route_key(TENANT, path), {"api_id": path})])
        found = world.read.partition(route_partition(TENANT, "menu"))
        assert found == {"/menu/1": {"api_id": "/menu/1"}, "/menu/2": {"api_id": "/menu/2"}}

    def test_an_expired_artifact_is_not_found_though_it_may_still_be_stored(self, world: World) -> None:
        key = revocation_key(TENANT, RevocationKind.TOKEN, "jti")
        world.write.publish([Artifact(key, {"before": 1}, expires_at=int(time.time()) - 10)])
        assert world.read.get([key]) == [None]
        assert world.read.partition(key.partition) == {}

    def test_each_change_moves_the_epoch_of_its_tenant_and_category_alone(self, world: World) -> None:
        assert world.read.epoch(TENANT) == {}
        world.write.publish([Artifact(client_key(TENANT, "one"), {}), Artifact(client_key(TENANT, "two"), {})])
        world.write.bump(TENANT, Category.KEYS)
        world.write.bump(TENANT, Category.KEYS)
        assert world.read.epoch(TENANT) == {"applications": 1, "keys": 2}
        assert world.read.epoch("other.example") == {}


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        artifacts = InMemoryArtifacts(StoppedClock(time.time()))
        return World(artifacts, artifacts)


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        table = dynamodb.table("artifacts")
        return World(ArtifactLookup(dynamodb.client, table), ArtifactTable(table))
