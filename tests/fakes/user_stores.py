"""Descriptions of user stores in memory. Verified by tests/contract/test_user_stores.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.user_store import UserStoreExists

if TYPE_CHECKING:
    from gatehouse.domain.identity import User
    from gatehouse.domain.user_store import UserStore


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

    def open(self, _store: UserStore) -> OneDirectory:  # type: ignore[override]
        return self

    def all(self) -> list[User]:
        return self.users
