"""Records: the promises of `ports/portal/records`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.domain.apis.api import Api, ApiNotFound, ScopeTaken
from gatehouse.domain.artifact import Artifact, Withdrawal, scope_key
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.record import Kind, Record, new_id
from tests.fakes.apis import InMemoryApis
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.records import InMemoryRecords

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.portal.records import Records
    from tests.conftest import DynamoDB

OTHER = "other.example"


class Taken(Conflict):
    """The name is taken."""


@dataclass(frozen=True, kw_only=True)
class World:
    records: Records
    apis: Apis
    artifacts: Artifacts
    tenant: str

    def record(self, name: str = "", kind: Kind = Kind.LABEL, owner: str = "", at: int = 1) -> Record:
        return Record(
            tenant=self.tenant,
            kind=kind,
            owner=owner,
            id=new_id(),
            name=name,
            body={"description": "One of several"},
            created_at=at,
            updated_at=at,
            by="admin",
            updated_by="admin",
        )

    def add(self, name: str = "", kind: Kind = Kind.LABEL, owner: str = "", at: int = 1) -> Record:
        return self.records.add(self.record(name, kind, owner, at), taken=Taken())

    def api(self, *scopes: str) -> Api:
        document = {
            "operations": [],
            "scopes": [{"scope": {"name": name, "bindings": []}, "shared": False} for name in scopes],
        }
        name = new_id()
        api = Api(
            tenant=self.tenant,
            id=new_id(),
            name=name,
            version="1",
            context=f"/{name}",
            provider="admin",
            state=LifecycleState.CREATED,
            document=document,
            definition="",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
        return self.apis.add(api, [])


class Promises:
    """Held by every implementation."""

    def test_what_is_added_is_found_by_id_and_name_and_listed_oldest_first(self, world: World) -> None:
        later, first = world.add("b", at=2), world.add("c", at=1)
        assert world.records.get(world.tenant, Kind.LABEL, later.id) == later
        assert world.records.named(world.tenant, Kind.LABEL, "B") == later
        assert world.records.all(world.tenant, Kind.LABEL) == [first, later]

    def test_another_tenant_s_kind_s_and_owner_s_do_not_exist(self, world: World) -> None:
        added = world.add("a")
        assert world.records.get(OTHER, Kind.LABEL, added.id) is None
        assert world.records.get(world.tenant, Kind.CATEGORY, added.id) is None
        assert world.records.get(world.tenant, Kind.LABEL, added.id, world.api().id) is None
        assert world.records.named(world.tenant, Kind.CATEGORY, "a") is None
        assert (world.records.all(OTHER, Kind.LABEL), world.records.all(world.tenant, Kind.CATEGORY)) == ([], [])

    def test_a_name_is_taken_once_whatever_its_case_and_however_many_ask(self, world: World) -> None:
        def add(name: str) -> bool:
            try:
                world.add(name)
            except Taken:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(add, ["Name", "name", "NAME", "nAME"])) == 1

    def test_those_without_a_name_never_clash(self, world: World) -> None:
        world.add(), world.add()
        assert len(world.records.all(world.tenant, Kind.LABEL)) == 2

    def test_a_new_name_frees_the_old_one_and_may_be_taken(self, world: World) -> None:
        one, other = world.add("one"), world.add("other")
        with pytest.raises(Taken):
            world.records.replace(one, replace(one, name="OTHER"), taken=Taken())
        renamed = world.records.replace(one, replace(one, name="new", body={"a": 1}), taken=Taken())
        assert world.records.get(world.tenant, Kind.LABEL, one.id) == renamed
        world.records.remove([other])
        assert {world.add("one").name, world.add("other").name} == {"one", "other"}

    def test_what_was_replaced_meanwhile_is_neither_replaced_nor_removed(self, world: World) -> None:
        one, other = world.add("one"), world.add("other")
        world.records.replace(one, replace(one, body={}), taken=Taken())
        with pytest.raises(Changed):
            world.records.replace(one, one, taken=Taken())
        with pytest.raises(Changed):
            world.records.remove([other, one])
        assert world.records.get(world.tenant, Kind.LABEL, other.id) == other

    def test_one_of_an_api_needs_the_api_and_goes_with_it(self, world: World) -> None:
        api = world.api()
        document = world.add("guide", Kind.DOCUMENT, api.id)
        assert world.records.all(world.tenant, Kind.DOCUMENT, api.id) == [document]
        assert world.add("guide", Kind.DOCUMENT, world.api().id).name == document.name
        marked = world.apis.mark_for_removal(api)
        with pytest.raises(ApiNotFound):
            world.add("other", Kind.DOCUMENT, api.id)
        world.apis.remove(marked, [])
        assert world.records.all(world.tenant, Kind.DOCUMENT, api.id) == []
        with pytest.raises(ApiNotFound):
            world.add("other", Kind.DOCUMENT, api.id)

    def test_documents_of_all_apis_are_found_together_as_they_are_now(self, world: World) -> None:
        first, second = world.api(), world.api()
        one, other = (world.add("guide", Kind.DOCUMENT, api.id) for api in (first, second))
        changed = world.records.replace(one, replace(one, body={"text": "new"}), taken=Taken())
        found = {record.id: record.body for record in world.records.documents(world.tenant)}
        assert found == {one.id: {"text": "new"}, other.id: other.body}
        world.records.remove([changed])
        world.apis.remove(world.apis.mark_for_removal(second), [])
        assert world.records.documents(world.tenant) == []

    def test_results_of_many_apis_are_listed_as_they_are_now(self, world: World) -> None:
        one, other = (world.add(kind=Kind.COMPLIANCE) for _ in range(2))
        assert sorted(world.records.all(world.tenant, Kind.COMPLIANCE), key=str) == sorted([one, other], key=str)
        changed = world.records.replace(one, replace(one, body={"basis": "new"}), taken=Taken())
        world.records.remove([other])
        assert world.records.all(world.tenant, Kind.COMPLIANCE) == [changed]
        assert world.records.all(OTHER, Kind.COMPLIANCE) == []
        with pytest.raises(Changed):
            world.records.replace(one, one, taken=Taken())

    def test_a_shared_scope_and_an_api_s_own_never_have_one_name(self, world: World) -> None:
        world.api("own")
        with pytest.raises(Taken):
            world.add("own", Kind.SHARED_SCOPE)
        shared = world.add("shared", Kind.SHARED_SCOPE)
        with pytest.raises(ScopeTaken):
            world.api("shared")
        assert [world.records.scope_exists(world.tenant, name) for name in ("own", "shared", "Own")] == [
            True,
            True,
            False,
        ]
        assert not world.records.scope_exists(OTHER, "own")
        world.records.remove([shared])
        assert world.api("shared").scopes

    def test_what_the_token_endpoint_reads_is_written_along(self, world: World) -> None:
        key = scope_key(world.tenant, "shared")
        change = Artifact(key, {"roles": ["chef"]})
        added = world.records.add(world.record("shared", Kind.SHARED_SCOPE), taken=Taken(), changes=[change])
        assert world.artifacts.get([key]) == [{"roles": ["chef"]}]
        world.records.remove([added], [Withdrawal(key)])
        assert world.artifacts.get([key]) == [None]


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        artifacts = InMemoryArtifacts(StoppedClock())
        apis = InMemoryApis(artifacts)
        return World(records=InMemoryRecords(artifacts, apis), apis=apis, artifacts=artifacts, tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        name, artifacts = dynamodb.table("apis"), dynamodb.table("artifacts")
        return World(
            records=RecordTable(name, ArtifactTable(artifacts)),
            apis=ApiTable(name, ArtifactTable(artifacts)),
            artifacts=ArtifactLookup(dynamodb.client, artifacts),
            tenant=f"{uuid.uuid4().hex}.example",
        )
