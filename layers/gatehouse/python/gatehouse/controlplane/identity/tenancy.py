"""Tenancy: how a tenant comes into the world, with its roles, its first administrator and its default policies."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.identity import BUILT_IN_ROLES, Tenant, User, UserExists

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.rules import Rulebook
    from gatehouse.ports.identity import Passwords, Tenants, Users
    from gatehouse.ports.policies import Policies
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """Provisions tenants."""

    tenants: Tenants
    users: Users
    rules: Rulebook
    passwords: Passwords
    policies: Policies
    clock: Clock

    def provision(self, domain: str, admin: str, password: str) -> None:
        """Give the tenant what it lacks. Repeating it changes nothing: a changed password is never set back.

        The administrator has every built-in role, because an API's scopes are bound to roles and not to `admin`.
        Raises Invalid (`password`).
        """
        now = int(self.clock.now())
        self.tenants.provision(Tenant(domain=domain, created_at=now), BUILT_IN_ROLES)
        if self.users.get(domain, admin) is None:
            user = User(
                tenant=domain,
                id=str(uuid.uuid4()),
                name=admin,
                roles=frozenset(BUILT_IN_ROLES),
                password_hash=self.passwords.hash(self.rules.password(domain, password)),
                created_at=now,
                modified_at=now,
                version=1,
            )
            with suppress(UserExists):  # somebody else is provisioning it at the same time
                self.users.add(user)
        seed(self.policies, domain)
