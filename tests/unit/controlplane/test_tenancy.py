"""The first tenant: what a deployment brings, and what the next one leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.controlplane.identity.rules import Rulebook
from gatehouse.controlplane.identity.tenancy import Tenancy
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import BUILT_IN_ROLES, Tenant
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import PlainPasswords
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.erasure import InMemoryEstate
from tests.fakes.identity import InMemoryTenants, InMemoryUsers
from tests.fakes.policies import InMemoryPolicies

TENANT = "new.example"


class World:
    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.artifacts = artifacts = InMemoryArtifacts(self.clock)
        self.users = InMemoryUsers(artifacts)
        self.tenants = InMemoryTenants()
        self.policies = InMemoryPolicies(artifacts)

    def provision(self, password: str = "generated") -> None:
        self.tenancy().provision(TENANT, "root", password)

    def tenancy(self) -> Tenancy:
        return Tenancy(
            tenants=self.tenants,
            users=self.users,
            rules=Rulebook(configurations=InMemoryTenantConfigurations(), tenants=self.tenants),
            passwords=PlainPasswords(),
            policies=self.policies,
            estate=InMemoryEstate(self.users),
            clock=self.clock,
        )


@pytest.fixture
def world() -> World:
    return World()


def test_it_has_roles_an_administrator_and_policies(world: World) -> None:
    world.provision()
    tenant = world.tenants.get(TENANT)
    assert tenant is not None
    assert tenant == Tenant(domain=TENANT, id=tenant.id, owner="root", created_at=int(world.clock.now()), version=1)
    assert world.tenants.roles(TENANT) == set(BUILT_IN_ROLES)
    admin = world.users.get(TENANT, "root")
    assert admin is not None
    assert (admin.roles, admin.password_hash, admin.active) == (frozenset(BUILT_IN_ROLES), "plain:generated", True)
    names = {policy.name for policy in world.policies.all(TENANT, PolicyKind.APPLICATION)}
    assert "10PerMin" in names


def test_the_next_deployment_changes_nothing(world: World) -> None:
    world.provision()
    before = (world.users.writes, world.policies.writes)
    world.provision("generated anew")
    assert (world.users.writes, world.policies.writes) == before
    admin = world.users.get(TENANT, "root")
    assert admin is not None
    assert admin.password_hash == "plain:generated"


def test_a_deployment_that_broke_off_is_taken_up_again(world: World) -> None:
    world.tenants.provision(Tenant(domain=TENANT), ["admin"])
    world.provision()
    assert world.users.get(TENANT, "root") is not None
    written = world.policies.writes
    seed(world.policies, TENANT)
    assert world.policies.writes == written


def test_a_password_that_is_too_short_is_no_first_password(world: World) -> None:
    with pytest.raises(Invalid, match="password"):
        world.provision("1234")
    assert world.users.writes == 0


def test_a_reset_gives_the_administrator_rights_and_password_back(world: World) -> None:
    world.provision()
    root = world.users.get(TENANT, "root")
    assert root is not None
    world.users.save(replace(root, active=False, roles=frozenset({"Internal/everyone"})))
    world.tenancy().reset_admin(TENANT, "root", "another")
    after = world.users.get(TENANT, "root")
    assert after is not None
    assert (after.id, after.active, after.password_hash) == (root.id, True, "plain:another")
    assert after.roles == {"admin", "Internal/everyone"}
    key = revocation_key(TENANT, RevocationKind.USER, "root")
    assert world.artifacts.get([key]) == [{"before": int(world.clock.now())}]


def test_a_reset_of_an_administrator_who_is_gone_makes_a_new_one(world: World) -> None:
    world.tenancy().reset_admin(TENANT, "root", "another")
    root = world.users.get(TENANT, "root")
    assert root is not None
    assert root.password_hash == "plain:another"
