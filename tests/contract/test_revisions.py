"""Revisions and deployments: the promises of `ports/apis/apis`, kept by the fake and by DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.apis.wording import Wording
from gatehouse.domain.artifact import Artifact, Withdrawal, revision_key, state_key
from gatehouse.domain.errors import Changed
from tests.worlds.kept_apis import World, in_memory, on_dynamodb

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    def test_revision_numbers_are_never_used_twice(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        first = world.revision(api, world.apis.next_revision_number(world.tenant, api.id))
        world.apis.add_revision(first)
        with pytest.raises(Changed):
            world.apis.add_revision(world.revision(api, 1))
        world.apis.remove_revision(first)
        assert world.apis.revisions(world.tenant, api.id) == []
        assert world.apis.next_revision_number(world.tenant, api.id) == 2
        with pytest.raises(Changed):
            world.apis.remove_revision(first)

    def test_a_deployment_and_its_artifacts_are_one_write(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        revision = world.revision(api, 1)
        world.apis.add_revision(revision)
        key = revision_key(world.tenant, api.id)
        before = world.artifacts.epoch(world.tenant).get("apis", 0)
        world.apis.deploy(api, [world.deployment(api, revision)], [Artifact(key, {"n": 1})])
        assert world.artifacts.get([key]) == [{"n": 1}]
        assert world.artifacts.epoch(world.tenant)["apis"] == before + 1
        assert [d.revision_id for d in world.apis.deployments(world.tenant, api.id)] == [revision.id]
        world.apis.undeploy(api, [world.deployment(api, revision)], [Withdrawal(key)])
        assert world.artifacts.get([key]) == [None]
        assert world.apis.deployments(world.tenant, api.id) == []

    def test_what_goes_at_last_goes_with_the_last_deployment_and_not_before(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        revision = world.revision(api, 1)
        world.apis.add_revision(revision)
        here, there = world.deployment(api, revision), replace(world.deployment(api, revision), environment="eu")
        keys = [revision_key(world.tenant, api.id, "eu"), state_key(world.tenant, api.id)]
        world.apis.deploy(api, [here, there], [Artifact(key, {"n": 1}) for key in keys])
        world.apis.undeploy(api, [there], [Withdrawal(keys[0])], [Withdrawal(keys[1])])
        assert world.artifacts.get(keys) == [None, {"n": 1}]
        world.apis.undeploy(api, [here], [], [Withdrawal(keys[1])])
        assert world.artifacts.get(keys) == [None, None]

    def test_an_environment_tells_what_is_deployed_there(self, world: World) -> None:
        first, second = world.apis.add(world.api(), []), world.apis.add(world.api("Other"), [])
        for api in (first, second):
            revision = world.revision(api, 1)
            world.apis.add_revision(revision)
            world.apis.deploy(api, [replace(world.deployment(api, revision), environment="eu")], [])
        assert world.apis.deployed_in(world.tenant, "eu") == sorted([first.id, second.id])
        assert len(world.apis.deployed_in(world.tenant, "eu", limit=1)) == 1
        assert world.apis.deployed_in(world.tenant, "e") == []
        world.apis.undeploy(first, world.apis.deployments(world.tenant, first.id), [])
        world.apis.remove(world.apis.mark_for_removal(second), [])
        assert world.apis.deployed_in(world.tenant, "eu") == []

    def test_a_revision_that_has_been_deployed_meanwhile_is_not_removed(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        world.apis.add_revision(world.revision(api, 1))
        (read,) = world.apis.revisions(world.tenant, api.id)
        world.apis.deploy(api, [world.deployment(api, read)], [])
        with pytest.raises(Changed):
            world.apis.remove_revision(read)
        (read,) = world.apis.revisions(world.tenant, api.id)
        world.apis.undeploy(api, world.apis.deployments(world.tenant, api.id), [])
        world.apis.remove_revision(read)

    def test_a_revision_that_is_gone_is_not_deployed(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        revision = world.revision(api, 1)
        world.apis.add_revision(revision)
        world.apis.remove_revision(revision)
        key = revision_key(world.tenant, api.id)
        with pytest.raises(Changed):
            world.apis.deploy(api, [world.deployment(api, revision)], [Artifact(key, {"n": 1})])
        assert world.artifacts.get([key]) == [None]
        assert world.apis.revisions(world.tenant, api.id) == []

    def test_the_revision_that_took_the_place_stays_when_the_former_is_undeployed(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        first, second = world.revision(api, 1), world.revision(api, 2)
        key = revision_key(world.tenant, api.id)
        for revision in (first, second):
            world.apis.add_revision(revision)
            world.apis.deploy(api, [world.deployment(api, revision)], [Artifact(key, {"n": revision.number})])
        with pytest.raises(Changed):
            world.apis.undeploy(api, [world.deployment(api, first)], [Withdrawal(key)])
        assert world.artifacts.get([key]) == [{"n": 2}]
        assert [d.revision_id for d in world.apis.deployments(world.tenant, api.id)] == [second.id]

    def test_deploying_an_api_that_has_changed_writes_nothing(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        world.apis.save(api, [])
        key = revision_key(world.tenant, api.id)
        with pytest.raises(Changed):
            world.apis.deploy(api, [world.deployment(api, world.revision(api, 1))], [Artifact(key, {"n": 1})])
        assert world.artifacts.get([key]) == [None]

    def test_the_wording_of_what_is_deployed_is_kept_as_long_as_that_is(self, world: World) -> None:
        api = world.apis.add(world.api(), [], words=b"draft")
        first, second = world.revision(api, 1), world.revision(api, 2)
        for revision, words in ((first, b"first"), (second, b"second")):
            world.apis.add_revision(revision)
            world.apis.deploy(api, [world.deployment(api, revision)], [], words=words)
            assert world.apis.deployed_wordings(world.tenant) == [Wording(api.id, words, "Default", displayed=True)]
        with pytest.raises(Changed):
            world.apis.save_deployment(replace(world.deployment(api, first), displayed=False))
        world.apis.save_deployment(replace(world.deployment(api, second), displayed=False))
        assert world.apis.deployed_wordings(world.tenant) == [Wording(api.id, b"second", "Default", displayed=False)]
        world.apis.undeploy(api, [world.deployment(api, second)], [])
        assert world.apis.deployed_wordings(world.tenant) == []


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
