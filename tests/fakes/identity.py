"""Users, roles and tenants in memory. Verified by tests/contract/test_identity.py."""

from __future__ import annotations

import uuid
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.people.identity import BUILT_IN_ROLES, UserExists
from gatehouse.domain.people.role import Member, Role, RoleExists, RoleNotFound
from gatehouse.domain.people.tenant import TenantExists
from tests.fakes.workflows import carry_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Tenant, User
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.publishing.workflows import Along


class InMemoryUsers:
    """`writes` counts what was written: "nothing written" is asserted on it.

    Without tenants beside them, users have whatever roles they are given.
    """

    def __init__(
        self, artifacts: Publication, users: Iterable[User] = (), *, tenants: InMemoryTenants | None = None
    ) -> None:
        self._artifacts = artifacts
        self._tenants = tenants
        self._users: dict[tuple[str, str], User] = {}
        self._lock = Lock()
        self.writes = 0
        for user in users:
            self.add(user)
        self.writes = 0

    def get(self, tenant: str, name: str) -> User | None:
        return self._users.get((tenant, name.lower()))

    def by_id(self, tenant: str, user_id: str) -> User | None:
        return next((user for user in self.all(tenant) if user.id == user_id), None)

    def all(self, tenant: str) -> list[User]:
        return [user for (where, _), user in sorted(self._users.items()) if where == tenant]

    def add(self, user: User, *, along: Sequence[Along] = ()) -> None:
        with self._lock:
            if self.get(user.tenant, user.name):
                raise UserExists
            if self.by_id(user.tenant, user.id):
                raise Conflict
            self._refuse_unknown(user.tenant, user.roles)
            carry_out(along)
            self._keep(replace(user, version=1))

    def fill(self, users: Iterable[User]) -> None:
        """Many at once, as if they had always been there."""
        self._users |= {(user.tenant, user.name.lower()): user for user in users}

    def save(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> User:
        with self._lock:
            before = self._unchanged(user)
            self._refuse_unknown(user.tenant, user.roles - before.roles)
            if witness is not None:
                self._unchanged(witness)
            carry_out(along)
            saved = replace(user, version=user.version + 1)
            self._keep(saved)
            self._artifacts.publish(changes)
            return saved

    def remove(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> None:
        with self._lock:
            self._unchanged(user)
            if witness is not None:
                self._unchanged(witness)
            carry_out(along)
            del self._users[user.tenant, user.name.lower()]
            self.writes += 1
            self._artifacts.publish(changes)

    def _keep(self, user: User) -> None:
        self._users[user.tenant, user.name.lower()] = user
        self.writes += 1

    def _unchanged(self, user: User) -> User:
        known = self.get(user.tenant, user.name)
        if known is None or known.version != user.version:
            raise Changed
        return known

    def _refuse_unknown(self, tenant: str, roles: Collection[str]) -> None:
        if self._tenants is not None and set(roles) - self._tenants.roles(tenant) - set(BUILT_IN_ROLES):
            raise RoleNotFound


class InMemoryTenants:
    def __init__(self, artifacts: Publication | None = None) -> None:
        self._artifacts = artifacts
        self._tenants: dict[str, Tenant] = {}
        self.kept_roles: dict[tuple[str, str], Role] = {}
        self.closed: set[tuple[str, str]] = set()

    def get(self, domain: str) -> Tenant | None:
        return self._tenants.get(domain)

    def by_id(self, tenant_id: str) -> Tenant | None:
        return next((tenant for tenant in self.all() if tenant.id == tenant_id), None)

    def all(self) -> list[Tenant]:
        return [tenant for _, tenant in sorted(self._tenants.items())]

    def add(self, tenant: Tenant) -> None:
        if tenant.domain in self._tenants:
            raise TenantExists
        self._tenants[tenant.domain] = tenant

    def save(self, tenant: Tenant, changes: Sequence[Change] = ()) -> Tenant:
        known = self.get(tenant.domain)
        if known is None or known.version != tenant.version:
            raise Changed
        self._tenants[tenant.domain] = replace(tenant, version=tenant.version + 1)
        if self._artifacts is not None:
            self._artifacts.publish(changes)
        return self._tenants[tenant.domain]

    def remove(self, tenant: Tenant, changes: Sequence[Change] = ()) -> None:
        self._tenants.pop(tenant.domain, None)
        if self._artifacts is not None:
            self._artifacts.publish(changes)

    def provision(self, tenant: Tenant, role_names: Collection[str]) -> None:
        self._tenants.setdefault(tenant.domain, tenant)
        for name in role_names:
            role = Role(tenant=tenant.domain, name=name, id=str(uuid.uuid4()), created_at=tenant.created_at)
            self.kept_roles.setdefault((tenant.domain, name), role)

    def has_role(self, domain: str, name: str) -> bool:
        return name in self.roles(domain)

    def roles(self, domain: str) -> frozenset[str]:
        return frozenset(name for tenant, name in self.kept_roles if tenant == domain) - {
            name for tenant, name in self.closed if tenant == domain
        }


class InMemoryRoles:
    """The roles of these tenants, with these users as members. `asked` counts lists of members."""

    def __init__(self, tenants: InMemoryTenants, users: InMemoryUsers) -> None:
        self._tenants = tenants
        self._users = users
        self.asked = 0

    def all(self, tenant: str) -> list[Role]:
        open_roles = self._tenants.roles(tenant)
        return [
            role for key, role in sorted(self._tenants.kept_roles.items()) if key[0] == tenant and key[1] in open_roles
        ]

    def by_id(self, tenant: str, role_id: str) -> Role | None:
        kept = self._tenants.kept_roles.items()
        return next((role for (where, _), role in kept if where == tenant and role.id == role_id), None)

    def add(self, role: Role) -> None:
        if (role.tenant, role.name) in self._tenants.kept_roles:
            raise RoleExists
        self._tenants.kept_roles[role.tenant, role.name] = role

    def rename_outside(self, role: Role) -> None:
        if (role.tenant, role.name) not in self._tenants.kept_roles:
            raise Changed
        self._tenants.kept_roles[role.tenant, role.name] = role

    def close(self, role: Role) -> None:
        if (role.tenant, role.name) not in self._tenants.kept_roles:
            raise Changed
        self._tenants.closed.add((role.tenant, role.name))

    def remove(self, role: Role) -> None:
        self._tenants.kept_roles.pop((role.tenant, role.name), None)
        self._tenants.closed.discard((role.tenant, role.name))

    def members(self, tenant: str, name: str) -> list[Member]:
        self.asked += 1
        return [Member(user.id, user.name) for user in self._users.all(tenant) if name in user.roles]
