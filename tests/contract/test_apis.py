"""APIs: the promises of `ports/apis/apis`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo import mirror
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.domain.apis.api import (
    Api,
    ApiNameTaken,
    ApiNotFound,
    ApiVersionTaken,
    ContextTaken,
    ScopeTaken,
)
from gatehouse.domain.apis.wording import Wording
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.publishing.lifecycle import LifecycleState, Transition
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.worlds.kept_apis import World, in_memory, on_dynamodb

if TYPE_CHECKING:
    from tests.conftest import DynamoDB


class Promises:
    """Held by every implementation."""

    def test_what_is_added_is_found_and_listed_at_once(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        assert world.apis.get(world.tenant, added.id) == added
        (summary,) = world.apis.summaries(world.tenant)
        assert (summary.id, summary.name, summary.info["tags"]) == (added.id, "Menu", ["food"])
        assert [step.next for step in world.apis.history(world.tenant, added.id)] == [LifecycleState.CREATED]

    def test_an_api_of_another_tenant_does_not_exist(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        with pytest.raises(ApiNotFound):
            world.apis.get("other.example", added.id)
        assert world.apis.summaries("other.example") == []

    def test_the_list_is_ordered_by_name_and_version(self, world: World) -> None:
        for name, version in (("b", "1"), ("A", "2"), ("a", "1")):
            world.apis.add(world.api(name, version=version, context="/" + name.lower()), [])
        assert [(s.name, s.version) for s in world.apis.summaries(world.tenant)] == [("a", "1"), ("A", "2"), ("b", "1")]

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"context": "/other"}, ApiNameTaken),
            ({"name": "MENU", "context": "/other"}, ApiNameTaken),
            ({}, ApiVersionTaken),
            ({"name": "Other"}, ContextTaken),
        ],
    )
    def test_names_versions_and_contexts_are_unique(self, world: World, changes: Any, refusal: type[Conflict]) -> None:
        world.apis.add(world.api(), [])
        with pytest.raises(refusal):
            world.apis.add(world.api(**{"name": "Menu", "context": "/menu", **changes}), [])
        assert len(world.apis.summaries(world.tenant)) == 1

    def test_another_version_keeps_name_and_context(self, world: World) -> None:
        world.apis.add(world.api(), [])
        world.apis.add(world.api(version="2.0.0"), [])
        assert [s.version for s in world.apis.summaries(world.tenant)] == ["1.0.0", "2.0.0"]

    def test_of_many_who_create_the_same_exactly_one_wins(self, world: World) -> None:
        def create(_: int) -> bool:
            try:
                world.apis.add(world.api(), [])
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(create, range(8))) == 1
        assert len(world.apis.summaries(world.tenant)) == 1

    def test_a_name_is_free_again_when_its_last_version_is_gone(self, world: World) -> None:
        first, second = (world.apis.add(world.api(version=version), []) for version in ("1", "2"))
        world.apis.remove(world.apis.mark_for_removal(first), [])
        with pytest.raises(ApiNameTaken):
            world.apis.add(world.api(context="/new"), [])
        world.apis.remove(world.apis.mark_for_removal(second), [])
        world.apis.add(world.api(context="/new"), [])

    def test_a_marked_api_is_not_found_until_it_is_unmarked(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        marked = world.apis.mark_for_removal(added)
        with pytest.raises(ApiNotFound):
            world.apis.get(world.tenant, added.id)
        assert world.apis.some(world.tenant, [added.id]) == {}
        world.apis.unmark(marked)
        assert world.apis.get(world.tenant, added.id).id == added.id

    def test_a_removal_that_broke_off_can_be_repeated(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        world.apis.mark_for_removal(added)
        found = world.apis.removable(world.tenant, added.id)
        world.apis.remove(world.apis.mark_for_removal(found), [])
        with pytest.raises(ApiNotFound):
            world.apis.removable(world.tenant, added.id)

    def test_of_two_who_mark_an_api_only_the_last_decides(self, world: World) -> None:
        first = world.apis.mark_for_removal(world.apis.add(world.api(), []))
        second = world.apis.mark_for_removal(world.apis.removable(world.tenant, first.id))
        with pytest.raises(Changed):
            world.apis.remove(first, [])
        with pytest.raises(Changed):
            world.apis.unmark(first)
        world.apis.unmark(second)
        with pytest.raises(Changed):
            world.apis.remove(second, [])
        assert world.apis.get(world.tenant, first.id).name == "Menu"

    def test_saving_what_has_changed_meanwhile_is_refused(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        saved = world.apis.save(replace(added, document={"tags": []}), [])
        assert saved.stored_version == added.stored_version + 1
        with pytest.raises(Changed):
            world.apis.save(added, [])
        with pytest.raises(Changed):
            world.apis.mark_for_removal(added)

    def test_a_scope_belongs_to_one_api(self, world: World) -> None:
        def scoped(name: str, *scopes: str) -> Api:
            entries = [{"scope": {"name": scope, "bindings": ["r"]}, "shared": False} for scope in scopes]
            return world.api(name, document={"scopes": entries})

        first = world.apis.add(scoped("one", "order", "pay"), [])
        with pytest.raises(ScopeTaken):
            world.apis.add(scoped("two", "pay"), [])
        world.apis.save(replace(first, document={"scopes": []}), [])
        world.apis.add(scoped("two", "pay"), [])

    def test_the_versions_of_an_api_share_its_scopes_until_the_last_lets_go(self, world: World) -> None:
        entries = {"scopes": [{"scope": {"name": "order", "bindings": ["r"]}, "shared": False}]}
        first, second = (world.apis.add(world.api("one", version=version, document=entries), []) for version in "12")
        world.apis.remove(world.apis.mark_for_removal(first), [])
        with pytest.raises(ScopeTaken):
            world.apis.add(world.api("two", document=entries), [])
        world.apis.save(replace(second, document={"scopes": []}), [])
        assert world.apis.add(world.api("two", document=entries), []).scopes

    def test_steps_of_the_same_moment_are_all_kept(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        for state in (LifecycleState.PUBLISHED, LifecycleState.BLOCKED):
            step = Transition(previous=api.state, next=state, user="admin", at=api.created_at)
            api = world.apis.save(replace(api, state=state), [], step)
        states = [step.next for step in world.apis.history(world.tenant, api.id)]
        assert states == [LifecycleState.CREATED, LifecycleState.PUBLISHED, LifecycleState.BLOCKED]

    def test_history_grows_in_order(self, world: World) -> None:
        added = world.apis.add(world.api(), [])
        step = Transition(
            previous=LifecycleState.CREATED, next=LifecycleState.PUBLISHED, user="admin", at=added.created_at + 5
        )
        world.apis.save(replace(added, state=LifecycleState.PUBLISHED), [], step)
        assert world.apis.history(world.tenant, added.id)[1:] == [step]

    def test_the_wording_of_a_design_is_kept_until_there_is_another(self, world: World) -> None:
        api = world.apis.add(world.api(), [], words="schön".encode())
        assert world.apis.wordings(world.tenant) == [Wording(api.id, "schön".encode())]
        api = world.apis.save(api, [])
        assert world.apis.wordings(world.tenant) == [Wording(api.id, "schön".encode())]
        world.apis.save(api, [], words=b"other")
        assert world.apis.wordings(world.tenant) == [Wording(api.id, b"other")]
        assert world.apis.wordings("other.example") == world.apis.deployed_wordings(world.tenant) == []

    def test_removal_leaves_nothing_behind(self, world: World) -> None:
        api = world.apis.add(world.api(), [])
        world.apis.add_revision(world.revision(api, 1))
        world.apis.deploy(api, [world.deployment(api, world.revision(api, 1))], [])
        world.apis.remove(world.apis.mark_for_removal(api), [])
        assert world.apis.wordings(world.tenant) == world.apis.deployed_wordings(world.tenant) == []
        assert world.apis.revisions(world.tenant, api.id) == []
        assert world.apis.history(world.tenant, api.id) == []
        assert world.apis.summaries(world.tenant) == []


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)

    def test_what_another_environment_writes_is_listed_at_once(self, dynamodb: DynamoDB) -> None:
        ours, theirs = environments(dynamodb)
        world = World(apis=theirs, artifacts=InMemoryArtifacts(StoppedClock()), tenant="a.example")
        assert ours.summaries("a.example") == []
        added = theirs.add(world.api(), [])
        assert [one.id for one in ours.summaries("a.example")] == [added.id]
        saved = theirs.save(replace(added, state=LifecycleState.PUBLISHED), [])
        assert [one.state for one in ours.summaries("a.example")] == [LifecycleState.PUBLISHED]
        theirs.remove(theirs.mark_for_removal(saved), [])
        assert ours.summaries("a.example") == []

    def test_what_was_begun_before_the_last_list_and_committed_after_it_is_listed(self, dynamodb: DynamoDB) -> None:
        ours, theirs = environments(dynamodb)
        world = World(apis=theirs, artifacts=InMemoryArtifacts(StoppedClock()), tenant="a.example")
        now = time.time()
        ours.list_by(lambda: now + 1)
        assert ours.summaries("a.example") == []
        theirs.list_by(lambda: now - mirror.SETTLE_SECONDS + 2)
        added = theirs.add(world.api(), [])
        ours.list_by(lambda: now + 2)
        assert [one.id for one in ours.summaries("a.example")] == [added.id]

    def test_more_changes_than_are_followed_are_listed_too(
        self, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mirror, "CATCH_UP_MAX", 1)
        ours, theirs = environments(dynamodb)
        world = World(apis=theirs, artifacts=InMemoryArtifacts(StoppedClock()), tenant="a.example")
        assert ours.summaries("a.example") == []
        for name in ("a", "b", "c"):
            theirs.add(world.api(name), [])
        assert [one.name for one in ours.summaries("a.example")] == ["a", "b", "c"]

    def test_tenants_that_were_listed_long_ago_are_forgotten_and_read_again(
        self, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mirror, "KEPT_MAX", 1)
        ours, theirs = environments(dynamodb)
        for tenant in ("a.example", "b.example"):
            world = World(apis=theirs, artifacts=InMemoryArtifacts(StoppedClock()), tenant=tenant)
            theirs.add(world.api(), [])
        for tenant in ("a.example", "b.example", "a.example"):
            assert [one.tenant for one in ours.summaries(tenant)] == [tenant]


def environments(dynamodb: DynamoDB) -> tuple[ApiTable, ApiTable]:
    """One table, as two environments of a function see it."""
    name, artifacts = dynamodb.table("apis"), ArtifactTable(dynamodb.table("artifacts"))
    return ApiTable(name, artifacts), ApiTable(name, artifacts)
