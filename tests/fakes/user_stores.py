"""Descriptions of user stores in memory. Verified by tests/contract/test_user_stores.py."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.people.identity import EVERYONE, PASSWORD_MIN, SUPER_TENANT, User
from gatehouse.domain.people.user_store import UserStoreExists, UserStoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.user_store import UserStore


class InMemoryUserStores:
    def __init__(self) -> None:
        self._stores: dict[tuple[str, str], UserStore] = {}

    def get(self, tenant: str, domain: str) -> UserStore | None:
        return self._stores.get((tenant, domain.upper()))

    def all(self, tenant: str) -> list[UserStore]:
        return [store for (where, _), store in sorted(self._stores.items()) if where == tenant]

    def add(self, store: UserStore) -> UserStore:
        if self.get(store.tenant, store.domain):
            raise UserStoreExists
        return self._keep(replace(store, version=1))

    def save(self, store: UserStore) -> UserStore:
        self._refuse_changed(store)
        return self._keep(replace(store, version=store.version + 1))

    def remove(self, store: UserStore) -> None:
        self._refuse_changed(store)
        del self._stores[store.tenant, store.domain]

    def _keep(self, store: UserStore) -> UserStore:
        self._stores[store.tenant, store.domain] = store
        return store

    def _refuse_changed(self, store: UserStore) -> None:
        known = self.get(store.tenant, store.domain)
        if known is None or known.version != store.version:
            raise Changed


class OneDirectory:
    """Opens one and the same directory for all stores, with these users in it. Its secrets are sealed by nothing."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self.passwords: dict[str, str] = {}
        self.writable = True

    def open(self, _store: UserStore) -> OneDirectory:  # type: ignore[override]
        return self

    def all(self) -> list[User]:
        return self.users

    def by_id(self, user_id: str) -> User | None:
        return next((user for user in self.users if user.id == user_id), None)

    def add(self, name: str, password: str, profile: Mapping[str, object]) -> User:
        self._refuse_unless_writable()
        if len(password) < PASSWORD_MIN:
            raise Invalid.field("password", "is too short")
        new = User(
            tenant=SUPER_TENANT,
            id=str(uuid.uuid4()),
            name=f"CORP/{name}",
            roles=frozenset({EVERYONE}),
            password_hash="directory:",
            profile=profile,
        )
        self.users.append(new)
        self.passwords[name] = password
        return new

    def set_password(self, name: str, password: str) -> None:
        self._refuse_unless_writable()
        self.passwords[name] = password

    def remove(self, name: str) -> None:
        self._refuse_unless_writable()
        self.users = [user for user in self.users if user.name != f"CORP/{name}"]

    def _refuse_unless_writable(self) -> None:
        if not self.writable:
            raise UserStoreReadOnly
