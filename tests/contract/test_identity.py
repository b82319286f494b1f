"""Users and tenants: the promises of `ports/people/identity`, kept by the fakes and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import RoleTable, TenantTable, UserTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.users import UserReader
from gatehouse.domain.artifact import Artifact, RevocationKind, Withdrawal, closed_key, revocation_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity import BUILT_IN_ROLES, EVERYONE, Tenant, User, UserExists
from gatehouse.domain.people.role import Member, Role, RoleExists, RoleNotFound
from gatehouse.domain.people.tenant import TenantExists
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.identity import InMemoryRoles, InMemoryTenants, InMemoryUsers

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.people.identity import Tenants, UserLookup, Users
    from gatehouse.ports.people.roles import Roles
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    users: Users
    lookup: UserLookup  # as the call path reads them
    tenants: Tenants
    roles: Roles
    artifacts: Artifacts
    tenant: str


def in_memory() -> World:
    artifacts = InMemoryArtifacts(StoppedClock())
    tenants = InMemoryTenants(artifacts)
    users = InMemoryUsers(artifacts, tenants=tenants)
    return World(
        users=users,
        lookup=users,
        tenants=tenants,
        roles=InMemoryRoles(tenants, users),
        artifacts=artifacts,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    identity, artifacts = dynamodb.table("identity"), dynamodb.table("artifacts")
    return World(
        users=UserTable(identity, ArtifactTable(artifacts)),
        lookup=UserReader(dynamodb.client, identity),
        tenants=TenantTable(identity, ArtifactTable(artifacts)),
        roles=RoleTable(identity),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant=f"{uuid.uuid4().hex}.example",
    )


def user(world: World, name: str = "Mary", **changes: Any) -> User:
    values: dict[str, Any] = {
        "tenant": world.tenant,
        "id": str(uuid.uuid4()),
        "name": name,
        "roles": frozenset({"admin", "Internal/everyone"}),
        "password_hash": "$argon2id$x",
        "active": True,
        "profile": {"name": {"givenName": "Mary"}, "emails": ["mary@example.com"]},
        "created_at": 1_700_000_000,
        "modified_at": 1_700_000_007,
        "version": 1,
    }
    return User(**{**values, **changes})


def tenant(world: World, **changes: Any) -> Tenant:
    values: dict[str, Any] = {"domain": world.tenant, "id": str(uuid.uuid4()), "owner": "Mary", "created_at": 7}
    return Tenant(**{**values, "version": 1, **changes})


def role(world: World, name: str = "gold", **changes: Any) -> Role:
    values: dict[str, Any] = {"tenant": world.tenant, "name": name, "id": str(uuid.uuid4()), "created_at": 7}
    return Role(**{**values, **changes})


class Promises:
    def test_a_user_comes_back_as_it_was_kept(self, world: World) -> None:
        mary = user(world)
        world.users.add(mary)
        assert world.users.get(world.tenant, "Mary") == mary
        assert world.users.by_id(world.tenant, mary.id) == mary

    @pytest.mark.parametrize("name", ["mary", "MARY", "nobody", "", "x" * 5000])
    def test_the_call_path_finds_the_same_users(self, world: World, name: str) -> None:
        world.users.add(user(world))
        world.users.add(user(world, tenant=f"other.{world.tenant}"))
        assert world.lookup.get(world.tenant, name) == world.users.get(world.tenant, name)
        assert world.lookup.get("x" * 3000, "mary") is None

    @pytest.mark.parametrize("name", ["mary", "MARY", "Mary"])
    def test_names_are_found_in_any_case_and_keep_their_spelling(self, world: World, name: str) -> None:
        world.users.add(user(world))
        found = world.users.get(world.tenant, name)
        assert found is not None
        assert found.name == "Mary"

    @pytest.mark.parametrize("name", ["nobody", "", "x" * 5000])
    def test_who_is_not_there_is_not_found(self, world: World, name: str) -> None:
        assert world.users.get(world.tenant, name) is None
        assert world.users.get("x" * 3000, "mary") is None
        assert world.users.by_id(world.tenant, str(uuid.uuid4())) is None
        assert world.users.all(world.tenant) == []

    def test_a_user_of_another_tenant_is_another_user(self, world: World) -> None:
        mary, other = user(world), user(world, tenant=f"other.{world.tenant}")
        world.users.add(mary)
        world.users.add(other)
        assert world.users.get(other.tenant, "mary") == other
        assert world.users.by_id(world.tenant, other.id) is None
        assert world.users.all(world.tenant) == [mary]

    def test_all_are_listed_by_name(self, world: World) -> None:
        for name in ("zoe", "Mary", "adam"):
            world.users.add(user(world, name))
        assert [found.name for found in world.users.all(world.tenant)] == ["adam", "Mary", "zoe"]

    @pytest.mark.parametrize("name", ["mary", "MARY"])
    def test_a_name_is_taken_in_any_case(self, world: World, name: str) -> None:
        mary = user(world)
        world.users.add(mary)
        with pytest.raises(UserExists):
            world.users.add(user(world, name))
        assert world.users.all(world.tenant) == [mary]

    def test_of_many_at_once_one_gets_the_name(self, world: World) -> None:
        def add(_: int) -> bool:
            try:
                world.users.add(user(world))
            except (UserExists, Changed):
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(add, range(8))) == 1
        assert len(world.users.all(world.tenant)) == 1

    def test_a_saved_user_has_moved_on(self, world: World) -> None:
        world.users.add(user(world))
        read = world.users.get(world.tenant, "mary")
        assert read is not None
        saved = world.users.save(replace(read, active=False))
        assert saved == replace(read, active=False, version=read.version + 1)
        assert world.users.get(world.tenant, "mary") == saved
        with pytest.raises(Changed):
            world.users.save(replace(read, roles=frozenset()))
        assert world.users.get(world.tenant, "mary") == saved

    def test_who_is_gone_cannot_be_saved(self, world: World) -> None:
        with pytest.raises(Changed):
            world.users.save(user(world))
        assert world.users.get(world.tenant, "mary") is None

    def test_a_removed_user_leaves_name_and_id_free(self, world: World) -> None:
        mary = user(world)
        world.users.add(mary)
        world.users.remove(mary)
        assert world.users.get(world.tenant, "mary") is None
        assert world.users.by_id(world.tenant, mary.id) is None
        world.users.add(mary)

    def test_a_user_who_has_moved_on_is_not_removed(self, world: World) -> None:
        world.users.add(user(world))
        read = world.users.get(world.tenant, "mary")
        assert read is not None
        world.users.save(read)
        with pytest.raises(Changed):
            world.users.remove(read)
        assert world.users.get(world.tenant, "mary") is not None

    def test_artifacts_are_written_with_the_user_or_not_at_all(self, world: World) -> None:
        key = revocation_key(world.tenant, RevocationKind.USER, "Mary")
        void = [Artifact(key, {"before": 7})]
        mary = user(world)
        with pytest.raises(Changed):
            world.users.save(mary, void)
        with pytest.raises(Changed):
            world.users.remove(mary, void)
        assert world.artifacts.get([key]) == [None]
        assert "revocations" not in world.artifacts.epoch(world.tenant)
        world.users.add(mary)
        world.users.remove(world.users.save(mary, void), void)
        assert world.artifacts.get([key]) == [{"before": 7}]
        assert world.artifacts.epoch(world.tenant)["revocations"] == 2

    def test_a_change_goes_through_only_while_the_witness_is_who_was_read(self, world: World) -> None:
        mary, john = user(world), user(world, "john")
        world.users.add(mary)
        world.users.add(john)
        mary = world.users.save(replace(mary, active=False), witness=john)
        world.users.save(john)
        with pytest.raises(Changed):
            world.users.save(mary, witness=john)
        with pytest.raises(Changed):
            world.users.remove(mary, witness=john)
        assert world.users.get(world.tenant, "mary") == mary

    def test_of_two_who_witness_each_other_one_stays(self, world: World) -> None:
        pair = (user(world, "mary"), user(world, "john"))
        for one in pair:
            world.users.add(one)

        def take_rights(of: User, by: User) -> bool:
            try:
                world.users.save(replace(of, roles=frozenset()), witness=by)
            except Changed:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(take_rights, pair, reversed(pair)))
        assert sum(outcomes) == 1
        assert len(world.roles.members(world.tenant, "admin")) == 1

    def test_members_follow_the_users(self, world: World) -> None:
        world.roles.add(role(world))
        mary, adam = user(world, roles=frozenset({"gold", EVERYONE})), user(world, "Adam")
        world.users.add(mary)
        world.users.add(adam)
        assert world.roles.members(world.tenant, "gold") == [Member(mary.id, "Mary")]
        assert world.roles.members(world.tenant, EVERYONE) == [Member(adam.id, "Adam"), Member(mary.id, "Mary")]
        adam = world.users.save(replace(adam, roles=frozenset({"gold", "admin"})))
        mary = world.users.save(replace(mary, roles=frozenset({EVERYONE})))
        assert world.roles.members(world.tenant, "gold") == [Member(adam.id, "Adam")]
        world.users.remove(adam)
        assert world.roles.members(world.tenant, "gold") == []
        assert world.roles.members(world.tenant, "admin") == []
        assert world.roles.members(f"other.{world.tenant}", EVERYONE) == []

    def test_nobody_gets_a_role_that_is_not_there(self, world: World) -> None:
        mary = user(world)
        with pytest.raises(RoleNotFound):
            world.users.add(user(world, roles=frozenset({"gold"})))
        world.users.add(mary)
        with pytest.raises(RoleNotFound):
            world.users.save(replace(mary, roles=frozenset({"gold"})))
        assert world.users.all(world.tenant) == [mary]
        assert world.roles.members(world.tenant, "gold") == []

    def test_a_role_comes_back_as_it_was_kept_and_its_name_is_taken(self, world: World) -> None:
        gold = role(world)
        world.roles.add(gold)
        world.roles.add(role(world, "Internal/silver"))
        assert world.roles.by_id(world.tenant, gold.id) == gold
        assert [found.name for found in world.roles.all(world.tenant)] == ["Internal/silver", "gold"]
        with pytest.raises(RoleExists):
            world.roles.add(role(world))
        assert world.roles.by_id(f"other.{world.tenant}", gold.id) is None
        assert world.roles.by_id(world.tenant, "x" * 5000) is None

    def test_a_role_may_be_called_otherwise_outside(self, world: World) -> None:
        gold = replace(role(world), external_id="okta-7")
        with pytest.raises(Changed):
            world.roles.rename_outside(gold)
        world.roles.add(gold)
        assert world.roles.by_id(world.tenant, gold.id) == gold
        world.roles.rename_outside(replace(gold, external_id=""))
        assert world.roles.all(world.tenant) == [replace(gold, external_id="")]

    def test_nobody_gets_a_closed_role_and_who_has_it_keeps_it(self, world: World) -> None:
        gold = role(world)
        world.roles.add(gold)
        mary = user(world, roles=frozenset({"gold"}))
        world.users.add(mary)
        for _ in range(2):
            world.roles.close(gold)
        assert world.roles.all(world.tenant) == []
        assert "gold" not in world.tenants.roles(world.tenant)
        assert world.roles.by_id(world.tenant, gold.id) == gold
        with pytest.raises(RoleNotFound):
            world.users.add(user(world, "john", roles=frozenset({"gold"})))
        with pytest.raises(RoleExists):
            world.roles.add(role(world))
        world.users.save(replace(mary, active=False))

    def test_a_removed_role_leaves_its_name_free(self, world: World) -> None:
        gold = role(world)
        world.roles.add(gold)
        world.roles.close(gold)
        for _ in range(2):
            world.roles.remove(gold)
        assert world.roles.by_id(world.tenant, gold.id) is None
        with pytest.raises(Changed):
            world.roles.close(gold)
        world.roles.add(role(world))

    def test_a_provisioned_tenant_has_its_roles(self, world: World) -> None:
        world.tenants.provision(tenant(world), BUILT_IN_ROLES)
        before = world.roles.all(world.tenant)
        world.tenants.provision(tenant(world), BUILT_IN_ROLES)
        assert world.roles.all(world.tenant) == before
        assert {one.name for one in before} == set(BUILT_IN_ROLES)
        assert [world.roles.by_id(world.tenant, one.id) for one in before] == before

    def test_a_tenant_comes_back_as_it_was_kept_and_its_domain_is_taken(self, world: World) -> None:
        one = tenant(world)
        world.tenants.add(one)
        assert world.tenants.get(world.tenant) == world.tenants.by_id(one.id) == one
        assert one in world.tenants.all()
        with pytest.raises(TenantExists):
            world.tenants.add(tenant(world))
        assert world.tenants.by_id(str(uuid.uuid4())) is None
        assert world.tenants.by_id("x" * 5000) is None

    def test_a_tenant_that_is_saved_has_moved_on_with_what_the_call_path_is_told(self, world: World) -> None:
        one, key = tenant(world), closed_key(world.tenant)
        world.tenants.add(one)
        closed = world.tenants.save(replace(one, active=False), [Artifact(key, {})])
        assert closed == world.tenants.get(world.tenant) == replace(one, active=False, version=2)
        assert world.artifacts.get([key]) == [{}]
        with pytest.raises(Changed):
            world.tenants.save(one, [Withdrawal(key)])
        assert world.artifacts.get([key]) == [{}]

    def test_a_removed_tenant_leaves_its_domain_free(self, world: World) -> None:
        one = tenant(world)
        world.tenants.add(one)
        for _ in range(2):
            world.tenants.remove(one)
        assert world.tenants.get(world.tenant) is None
        assert world.tenants.by_id(one.id) is None
        assert one.domain not in {known.domain for known in world.tenants.all()}
        world.tenants.add(one)

    def test_provisioning_a_tenant_twice_adds_only_what_is_missing(self, world: World) -> None:
        one = tenant(world, created_at=1)
        assert world.tenants.get(world.tenant) is None
        assert world.tenants.roles(world.tenant) == frozenset()
        world.tenants.provision(one, ["admin", "Internal/creator"])
        world.tenants.provision(tenant(world, created_at=2), ["admin", "Internal/publisher"])
        assert world.tenants.get(world.tenant) == one
        assert world.tenants.roles(world.tenant) == {"admin", "Internal/creator", "Internal/publisher"}

    @pytest.mark.parametrize("domain", ["", "x" * 3000])
    def test_what_cannot_be_a_tenant_is_none(self, world: World, domain: str) -> None:
        assert world.tenants.get(domain) is None


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
