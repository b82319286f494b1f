"""What identity is made of, put together: once in the handler out of the world, once in each test out of fakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.accounts import Accounts
from gatehouse.controlplane.identity.groups import Groups
from gatehouse.controlplane.identity.own_account import OwnAccount
from gatehouse.controlplane.identity.recovery import Recovery
from gatehouse.controlplane.identity.rules import Rulebook
from gatehouse.controlplane.identity.sign_up import SignUp
from gatehouse.controlplane.identity.tenancy import Tenancy
from gatehouse.controlplane.workflows.subjects.sign_up import SignUpEffects

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.ports.people.erasure import Estate
    from gatehouse.ports.people.identity import Passwords, Tenants, Users
    from gatehouse.ports.people.mail import Mail
    from gatehouse.ports.people.recovery import RecoveryCodes
    from gatehouse.ports.people.roles import Roles
    from gatehouse.ports.publishing.workflows import Desk
    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything outside that identity needs."""

    users: Users
    roles: Roles
    tenants: Tenants
    configurations: TenantConfigurations
    policies: Policies
    estate: Estate
    passwords: Passwords
    recovery_codes: RecoveryCodes
    approvals: Approvals
    mail: Mail
    clock: Clock
    pause: Callable[[float], object]
    management_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the routes call."""

    accounts: Accounts
    groups: Groups
    own_account: OwnAccount
    sign_up: SignUp
    recovery: Recovery
    tenancy: Tenancy
    tenants: Tenants
    desk: Desk
    management_url: str


def assemble(world: World) -> Parts:
    """Identity on this world."""
    rules = Rulebook(configurations=world.configurations, tenants=world.tenants)
    accounts = Accounts(
        users=world.users,
        tenants=world.tenants,
        rules=rules,
        passwords=world.passwords,
        approvals=world.approvals,
        clock=world.clock,
    )
    return Parts(
        accounts=accounts,
        groups=Groups(users=world.users, roles=world.roles, clock=world.clock),
        own_account=OwnAccount(accounts=accounts),
        sign_up=SignUp(
            accounts=accounts,
            tenants=world.tenants,
            configurations=world.configurations,
        ),
        recovery=Recovery(
            accounts=accounts,
            codes=world.recovery_codes,
            mail=world.mail,
            clock=world.clock,
            management_url=world.management_url,
            pause=world.pause,
        ),
        tenants=world.tenants,
        tenancy=Tenancy(
            tenants=world.tenants,
            users=world.users,
            rules=rules,
            passwords=world.passwords,
            policies=world.policies,
            estate=world.estate,
            clock=world.clock,
        ),
        desk=SignUpEffects(users=world.users, approvals=world.approvals).desk(),
        management_url=world.management_url,
    )
