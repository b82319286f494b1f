"""What identity is made of, put together: once in the handler out of the world, once in each test out of fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.accounts import Accounts
from gatehouse.controlplane.identity.groups import Groups
from gatehouse.controlplane.identity.own_account import OwnAccount
from gatehouse.controlplane.identity.rules import Rulebook
from gatehouse.controlplane.identity.tenancy import Tenancy

if TYPE_CHECKING:
    from gatehouse.ports.identity import Passwords, Tenants, Users
    from gatehouse.ports.policies import Policies
    from gatehouse.ports.roles import Roles
    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside that identity needs."""

    users: Users
    roles: Roles
    tenants: Tenants
    configurations: TenantConfigurations
    policies: Policies
    passwords: Passwords
    clock: Clock
    management_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the routes call."""

    accounts: Accounts
    groups: Groups
    own_account: OwnAccount
    tenancy: Tenancy
    management_url: str


def assemble(world: World) -> Parts:
    """Identity on this world."""
    rules = Rulebook(configurations=world.configurations, tenants=world.tenants)
    accounts = Accounts(
        users=world.users, tenants=world.tenants, rules=rules, passwords=world.passwords, clock=world.clock
    )
    return Parts(
        accounts=accounts,
        groups=Groups(users=world.users, roles=world.roles, clock=world.clock),
        own_account=OwnAccount(accounts=accounts),
        tenancy=Tenancy(
            tenants=world.tenants,
            users=world.users,
            rules=rules,
            passwords=world.passwords,
            policies=world.policies,
            clock=world.clock,
        ),
        management_url=world.management_url,
    )
