"""Identity providers in table `identity`.

| pk       | sk | body                                                            |
|----------|----|-----------------------------------------------------------------|
| `T#IDP`  | id | `{name, protocol, issuer, settings, document, sealed_secret}`   |

The id is made of the name, so that a name is there once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.items import Items
from gatehouse.domain.people.identity import DOMAIN_MAX
from gatehouse.domain.people.identity_provider import IdentityProvider, IdentityProviderExists, Protocol

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.items import Item

ID_MAX = 36


class IdentityProviderTable:
    """Implements `ports.people.identity_providers.IdentityProviders`."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name, by a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""
        self._items = Items(client, table_name)

    def get(self, tenant: str, provider_id: str) -> IdentityProvider | None:
        """The provider with this id, or None. Raises Unavailable."""
        if not 0 < len(provider_id) <= ID_MAX or not 0 < len(tenant) <= DOMAIN_MAX:
            return None
        item = self._items.get(_partition(tenant), provider_id)
        return _provider(tenant, item) if item else None

    def all(self, tenant: str) -> list[IdentityProvider]:
        """Every provider of the tenant, by name. Raises Unavailable."""
        found = (_provider(tenant, item) for item in self._items.all(_partition(tenant)))
        return sorted(found, key=lambda provider: provider.name.lower())

    def add(self, provider: IdentityProvider) -> IdentityProvider:
        """Keep a new one. Raises IdentityProviderExists, Unavailable."""
        taken = IdentityProviderExists(provider=provider.name)
        self._items.add(_partition(provider.tenant), provider.id, _body(provider), otherwise=taken)
        return replace(provider, version=1)

    def save(self, provider: IdentityProvider) -> IdentityProvider:
        """Replace one read before. Raises Changed, Unavailable."""
        self._items.replace(_partition(provider.tenant), provider.id, _body(provider), version=provider.version)
        return replace(provider, version=provider.version + 1)

    def remove(self, provider: IdentityProvider) -> None:
        """Forget one read before. Raises Changed, Unavailable."""
        self._items.remove(_partition(provider.tenant), provider.id, version=provider.version)


def _partition(tenant: str) -> str:
    return f"{tenant}#IDP"


def _body(provider: IdentityProvider) -> dict[str, Any]:
    return {
        "name": provider.name,
        "protocol": provider.protocol.value,
        "issuer": provider.issuer,
        "settings": dict(provider.settings),
        "document": dict(provider.document),
        "sealed_secret": provider.sealed_secret,
    }


def _provider(tenant: str, item: Item) -> IdentityProvider:
    told = {**item.body, "protocol": Protocol(item.body["protocol"])}
    return IdentityProvider(tenant=tenant, id=item.sk, version=item.version, **told)
