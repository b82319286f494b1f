"""Descriptions of user stores in table `identity`; the gateway reads them too.

| pk             | sk                 | body                                                       |
|----------------|--------------------|------------------------------------------------------------|
| `T#USERSTORE`  | domain, upper case | `{type, description, properties, sealed_password}`         |

The store's password is sealed (`adapters/user_stores/sealing`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.items import Items
from gatehouse.domain.people.identity import DOMAIN_MAX
from gatehouse.domain.people.user_store import StoreType, UserStore, UserStoreExists, is_domain

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.items import Item


class UserStoreTable:
    """Implements `ports.people.user_stores.UserStores`."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name, by a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""
        self._items = Items(client, table_name)

    def get(self, tenant: str, domain: str) -> UserStore | None:
        """The store of this domain, or None. Raises Unavailable."""
        if not is_domain(domain) or not 0 < len(tenant) <= DOMAIN_MAX:
            return None
        item = self._items.get(*_key(tenant, domain))
        return _store(tenant, item) if item else None

    def all(self, tenant: str) -> list[UserStore]:
        """Every store of the tenant, by domain. Raises Unavailable."""
        return [_store(tenant, item) for item in self._items.all(_partition(tenant))]

    def add(self, store: UserStore) -> UserStore:
        """Keep a new one. Raises UserStoreExists, Unavailable."""
        self._items.add(*_key(store.tenant, store.domain), _body(store), otherwise=UserStoreExists(store=store.domain))
        return replace(store, version=1)

    def save(self, store: UserStore) -> UserStore:
        """Replace one read before. Raises Changed, Unavailable."""
        self._items.replace(*_key(store.tenant, store.domain), _body(store), version=store.version)
        return replace(store, version=store.version + 1)

    def remove(self, store: UserStore) -> None:
        """Forget one read before. Raises Changed, Unavailable."""
        self._items.remove(*_key(store.tenant, store.domain), version=store.version)


def _partition(tenant: str) -> str:
    return f"{tenant}#USERSTORE"


def _key(tenant: str, domain: str) -> tuple[str, str]:
    return _partition(tenant), domain.upper()


def _body(store: UserStore) -> dict[str, Any]:
    return {
        "type": store.type.value,
        "description": store.description,
        "properties": dict(store.properties),
        "sealed_password": store.sealed_password,
    }


def _store(tenant: str, item: Item) -> UserStore:
    told = {**item.body, "type": StoreType(item.body["type"])}
    return UserStore(tenant=tenant, domain=item.sk, version=item.version, **told)
