"""Clients of external key managers as keys of applications: promises of `applications/applications` and `tokens/key_managers`."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.applications import ApplicationTable, KeyTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.applications.application import Application, ApplicationKey, KeyExists, KeyMode, grant_key
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.applications.registration import Registration
from gatehouse.domain.artifact import ALL_TENANTS, client_key
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.tokens.key_manager import KeyMapped
from gatehouse.ports.tokens.key_managers import KeyManagerUser
from tests.fakes.applications import InMemoryApplications, InMemoryKeys, Shelf
from tests.fakes.artifacts import InMemoryArtifacts

if TYPE_CHECKING:
    from gatehouse.ports.applications.applications import ApplicationKeys, Applications
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tokens.key_managers import KeyManagerUses
    from tests.conftest import DynamoDB

CLIENT = "their#client/ü"


@dataclass(frozen=True, kw_only=True)
class World:
    applications: Applications
    keys: ApplicationKeys
    uses: KeyManagerUses
    artifacts: Artifacts
    tenant: str

    def application(self, name: str = "Kiosk") -> Application:
        new = Application(tenant=self.tenant, id=str(uuid.uuid4()), name=name, owner="mary", policy="10PerMin")
        return self.applications.add(new)

    def key(self, application: Application, **changes: Any) -> ApplicationKey:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "application_id": application.id,
            "id": str(uuid.uuid4()),
            "key_type": KeyType.PRODUCTION,
            "client_id": CLIENT,
            "key_manager": "Theirs",
            "key_manager_id": "theirs-id",
            "mode": KeyMode.MAPPED,
        }
        return ApplicationKey(**{**values, **changes})

    def now(self, application: Application) -> Application:
        found = self.applications.get(application.tenant, application.id)
        assert found is not None
        return found

    def grant(self, key: ApplicationKey) -> Any:
        return self.artifacts.get([grant_key(key)])[0]


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    shelf = Shelf(artifacts)
    keys = InMemoryKeys(shelf)
    return World(
        applications=InMemoryApplications(shelf), keys=keys, uses=keys, artifacts=artifacts, tenant="a.example"
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    artifacts, applications = dynamodb.table("artifacts"), dynamodb.table("applications")
    keys = KeyTable(applications, ArtifactTable(artifacts))
    return World(
        applications=ApplicationTable(applications, ArtifactTable(artifacts)),
        keys=keys,
        uses=keys,
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


class Promises:
    def test_a_mapped_key_comes_back_as_it_was_kept_and_is_granted_under_its_key_manager(self, world: World) -> None:
        application = world.application()
        kept = world.keys.add(world.key(application), application)
        assert world.keys.of_application(world.tenant, application.id) == [kept]
        assert world.grant(kept)["application_id"] == application.id
        resident, other = client_key(world.tenant, CLIENT), client_key(world.tenant, CLIENT, "others-id")
        assert world.artifacts.get([resident, other]) == [None, None]

    def test_what_manages_a_client_that_was_made_comes_back_and_changes(self, world: World) -> None:
        application = world.application()
        registration = Registration(
            client_id=CLIENT, management_url="https://idp.example/reg", management_token="first", object_id="7"
        )
        made = world.key(application, mode=KeyMode.CREATED, registration=registration, properties={"a": ["b"]})
        kept = world.keys.add(made, application)
        assert world.keys.of_application(world.tenant, application.id) == [kept]
        changed = world.keys.save(replace(kept, registration=replace(registration, management_token="second")))
        (found,) = world.keys.of_application(world.tenant, application.id)
        assert found == changed
        assert found.registration is not None
        assert found.registration.management_token == "second"
        assert found.properties == {"a": ["b"]}
        assert "second" not in repr(found)

    def test_a_client_at_a_key_manager_of_all_tenants_stands_for_one_application_of_all(self, world: World) -> None:
        everybodys = {"everybodys": True, "key_manager_id": f"everybodys-{uuid.uuid4()}"}
        first, second = world.application("One"), replace(world.application("Two"), tenant=f"other.{world.tenant}")
        second = world.applications.add(replace(second, id=str(uuid.uuid4()), version=0))
        kept = world.keys.add(world.key(first, **everybodys), first)
        with pytest.raises(KeyMapped):
            world.keys.add(world.key(second, **everybodys), second)
        assert world.uses.uses(ALL_TENANTS, kept.key_manager_id)
        assert not world.uses.uses(world.tenant, kept.key_manager_id)
        world.applications.remove(world.applications.withdraw(first))
        assert not world.uses.uses(ALL_TENANTS, kept.key_manager_id)
        world.keys.add(world.key(second, **everybodys), second)

    def test_who_has_keys_at_a_key_manager_is_known_also_at_our_own(self, world: World) -> None:
        for key_manager in ({}, {"key_manager": "Resident Key Manager", "key_manager_id": ""}):
            first, second = world.application(f"One {key_manager}"), world.application(f"Two {key_manager}")
            kept = world.keys.add(world.key(first, **key_manager), first)
            sandbox = world.key(first, key_type=KeyType.SANDBOX, client_id="sandbox", **key_manager)
            world.keys.add(sandbox, world.now(first))
            world.keys.add(world.key(second, client_id="of the other", **key_manager), second)
            users = [KeyManagerUser(world.tenant, one.id) for one in (first, second)]
            assert world.uses.users(world.tenant, kept.key_manager_id) == sorted(users)
            world.applications.remove(world.applications.withdraw(world.now(first)))
            assert world.uses.users(world.tenant, kept.key_manager_id) == [users[1]]
        assert world.uses.users(f"other.{world.tenant}", "") == []

    def test_a_client_stands_for_one_application_at_its_key_manager(self, world: World) -> None:
        first, second = world.application("One"), world.application("Two")
        kept = world.keys.add(world.key(first), first)
        for refused in (world.key(second), world.key(first, key_type=KeyType.SANDBOX)):
            with pytest.raises(KeyMapped):
                world.keys.add(refused, second if refused.application_id == second.id else first)
        with pytest.raises(KeyExists):
            world.keys.add(world.key(first, client_id="another"), first)
        assert world.grant(kept)["application_id"] == first.id
        assert world.keys.of_application(world.tenant, second.id) == []
        world.keys.add(world.key(second, key_manager="Others", key_manager_id="others-id"), second)

    def test_of_many_at_once_one_gets_the_client(self, world: World) -> None:
        applications = [world.application(f"App{number}") for number in range(6)]

        def add(application: Application) -> bool:
            try:
                world.keys.add(world.key(application), application)
            except GatehouseError:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(add, applications)) == 1

    def test_a_removed_key_frees_its_client(self, world: World) -> None:
        first, second = world.application("One"), world.application("Two")
        kept = world.keys.add(world.key(first), first)
        world.keys.remove(kept)
        assert world.grant(kept) is None
        world.keys.add(world.key(second), second)

    def test_a_deleted_application_frees_its_clients(self, world: World) -> None:
        first, second = world.application("One"), world.application("Two")
        kept = world.keys.add(world.key(first), first)
        withdrawn = world.applications.withdraw(first)
        assert world.grant(kept) is None
        world.applications.remove(withdrawn)
        assert not world.uses.uses(world.tenant, "theirs-id")
        world.keys.add(world.key(second), second)

    def test_a_changed_application_changes_the_grant(self, world: World) -> None:
        application = world.application()
        kept = world.keys.add(world.key(application), application)
        world.applications.save(replace(application, policy="50PerMin"))
        assert world.grant(kept)["policy"] == "50PerMin"

    def test_a_key_manager_is_used_while_an_application_has_a_key_there(self, world: World) -> None:
        application = world.application()
        assert not world.uses.uses(world.tenant, "theirs-id")
        kept = world.keys.add(world.key(application), application)
        assert world.uses.uses(world.tenant, "theirs-id")
        assert not world.uses.uses(world.tenant, "others-id")
        assert not world.uses.uses("other.example", "theirs-id")
        world.keys.remove(kept)
        assert not world.uses.uses(world.tenant, "theirs-id")


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
