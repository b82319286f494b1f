"""Tenancy: how a tenant comes into the world, is closed for a while, and goes with everything it owns."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.authority import is_id, only_operators, voiding_tokens
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.domain.artifact import Artifact, Withdrawal, closed_key, tenant_revocation_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import ADMIN, BUILT_IN_ROLES, SUPER_TENANT, Tenant, User, UserExists
from gatehouse.domain.people.tenant import StillDeleting, SuperTenantStays, TenantExists, TenantNotFound, checked_domain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.identity.rules import Rulebook
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.people.erasure import Estate
    from gatehouse.ports.people.identity import Passwords, Tenants, Users
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock

ITEMS_AT_ONCE = 2_000
"""How many items one request deletes of a tenant: it has 29 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who a tenant is made for: its first administrator. `password` is plain."""

    username: str
    password: str
    profile: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """Keeps tenants. Methods with a caller raise Forbidden unless it is an administrator of the super tenant."""

    tenants: Tenants
    users: Users
    rules: Rulebook
    passwords: Passwords
    policies: Policies
    estate: Estate
    clock: Clock

    def all(self, caller: Principal) -> list[Tenant]:
        """Every tenant but the super tenant, by domain."""
        only_operators(caller)
        return [tenant for tenant in self.tenants.all() if tenant.domain != SUPER_TENANT]

    def get(self, caller: Principal, tenant_id: str) -> Tenant:
        """Raises TenantNotFound."""
        only_operators(caller)
        found = self.tenants.by_id(tenant_id) if is_id(tenant_id) else None
        if found is None:
            raise TenantNotFound
        return found

    def of(self, caller: Principal, domain: str) -> Tenant:
        """The tenant with this domain. Raises TenantNotFound."""
        only_operators(caller)
        found = self.tenants.get(domain.lower())
        if found is None:
            raise TenantNotFound
        return found

    def create(self, caller: Principal, domain: str, owner: Owner) -> Tenant:
        """A new tenant with roles, policies and its owner as administrator.

        One that broke off is completed by repeating it. Raises Invalid (`domain`, `userName`, `password`), TenantExists.
        """
        only_operators(caller)
        name = checked_domain(domain)
        username = self.rules.username(name, owner.username)
        known = self.tenants.get(name)
        if known is not None and (known.leaving or self.users.get(name, known.owner) is not None):
            raise TenantExists
        self.provision(name, username, owner.password, owner.profile)
        return self.of(caller, name)

    def set_active(self, caller: Principal, tenant: Tenant, *, active: bool) -> Tenant:
        """Open or close a tenant. While it is closed, nobody of it logs in, and no API of it answers.

        Raises SuperTenantStays, Invalid (a tenant that is being deleted), Changed.
        """
        only_operators(caller)
        _not_super(tenant)
        if active and tenant.leaving:
            raise Invalid.field("activated", "the tenant is being deleted")
        if active:
            return self.tenants.save(replace(tenant, active=True), [Withdrawal(closed_key(tenant.domain))])
        return self.tenants.save(replace(tenant, active=False), self._closing(tenant))

    def delete(self, caller: Principal, tenant: Tenant) -> None:
        """Close a tenant for good, and delete everything it owns, a bounded part at a time.

        Raises SuperTenantStays, Changed, and StillDeleting until everything is gone: repeat it.
        """
        only_operators(caller)
        _not_super(tenant)
        if not tenant.leaving:
            tenant = self.tenants.save(replace(tenant, active=False, leaving=True), self._closing(tenant))
        if not self.estate.erase(tenant.domain, items=ITEMS_AT_ONCE):
            raise StillDeleting
        self.tenants.remove(tenant, [Withdrawal(closed_key(tenant.domain))])

    def provision(self, domain: str, admin: str, password: str, profile: Mapping[str, object] | None = None) -> None:
        """Give the tenant what it lacks. Repeating it changes nothing: a changed password is never set back.

        The administrator has every built-in role, because an API's scopes are bound to roles and not to `admin`.
        Raises Invalid (`password`).
        """
        now = int(self.clock.now())
        password_hash = ""
        if self.users.get(domain, admin) is None:
            password_hash = self.passwords.hash(self.rules.password(domain, password))
        tenant = Tenant(domain=domain, id=str(uuid.uuid4()), owner=admin, created_at=now, version=1)
        self.tenants.provision(tenant, BUILT_IN_ROLES)
        seed(self.policies, domain)
        if password_hash:
            user = User(
                tenant=domain,
                id=str(uuid.uuid4()),
                name=admin,
                roles=frozenset(BUILT_IN_ROLES),
                password_hash=password_hash,
                profile=dict(profile or {}),
                created_at=now,
                modified_at=now,
                version=1,
            )
            with suppress(UserExists):  # somebody else is provisioning it at the same time
                self.users.add(user)

    def _closing(self, tenant: Tenant) -> list[Change]:
        """What the call path is told: nothing of the tenant is served, and whatever was issued is void."""
        void = Artifact(tenant_revocation_key(tenant.domain), {"before": int(self.clock.now())})
        return [Artifact(closed_key(tenant.domain), {}), void]

    def reset_admin(self, domain: str, admin: str, password: str) -> None:
        """Let this user administer the tenant, with this password, whatever was before; nothing else is touched.

        Raises Invalid (`password`), Changed.
        """
        user = self.users.get(domain, admin)
        if user is None:
            self.provision(domain, admin, password)
            return
        new = replace(
            user,
            roles=user.roles | {ADMIN},
            active=True,
            password_hash=self.passwords.hash(self.rules.password(domain, password)),
            modified_at=int(self.clock.now()),
        )
        self.users.save(new, voiding_tokens(user, self.clock.now()))


def _not_super(tenant: Tenant) -> None:
    if tenant.domain == SUPER_TENANT:
        raise SuperTenantStays
