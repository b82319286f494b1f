"""Users and tenants in memory. Verified by tests/contract/test_identity.py."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.identity import UserExists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.identity import Tenant, User
    from gatehouse.ports.artifacts import Publication


class InMemoryUsers:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication, users: Iterable[User] = ()) -> None:
        self._artifacts = artifacts
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

    def add(self, user: User) -> None:
        with self._lock:
            if self.get(user.tenant, user.name):
                raise UserExists
            if self.by_id(user.tenant, user.id):
                raise Conflict
            self._keep(replace(user, version=1))

    def save(self, user: User, changes: Sequence[Change] = ()) -> User:
        with self._lock:
            self._refuse_changed(user)
            saved = replace(user, version=user.version + 1)
            self._keep(saved)
            self._artifacts.publish(changes)
            return saved

    def remove(self, user: User, changes: Sequence[Change] = ()) -> None:
        with self._lock:
            self._refuse_changed(user)
            del self._users[user.tenant, user.name.lower()]
            self.writes += 1
            self._artifacts.publish(changes)

    def _keep(self, user: User) -> None:
        self._users[user.tenant, user.name.lower()] = user
        self.writes += 1

    def _refuse_changed(self, user: User) -> None:
        known = self.get(user.tenant, user.name)
        if known is None or known.version != user.version:
            raise Changed


class InMemoryTenants:
    def __init__(self) -> None:
        self._tenants: dict[str, Tenant] = {}
        self._roles: dict[str, set[str]] = {}

    def get(self, domain: str) -> Tenant | None:
        return self._tenants.get(domain)

    def provision(self, tenant: Tenant, roles: Collection[str]) -> None:
        self._tenants.setdefault(tenant.domain, tenant)
        self._roles.setdefault(tenant.domain, set()).update(roles)

    def roles(self, domain: str) -> frozenset[str]:
        return frozenset(self._roles.get(domain, ()))
