"""Identity providers in memory. Verified by tests/contract/test_identity_providers.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.identity_provider import IdentityProviderExists

if TYPE_CHECKING:
    from gatehouse.domain.identity_provider import IdentityProvider


class InMemoryIdentityProviders:
    def __init__(self) -> None:
        self._providers: dict[tuple[str, str], IdentityProvider] = {}

    def get(self, tenant: str, provider_id: str) -> IdentityProvider | None:
        return self._providers.get((tenant, provider_id))

    def all(self, tenant: str) -> list[IdentityProvider]:
        found = (provider for (where, _), provider in self._providers.items() if where == tenant)
        return sorted(found, key=lambda provider: provider.name.lower())

    def add(self, provider: IdentityProvider) -> IdentityProvider:
        if self.get(provider.tenant, provider.id):
            raise IdentityProviderExists
        return self._keep(replace(provider, version=1))

    def save(self, provider: IdentityProvider) -> IdentityProvider:
        self._refuse_changed(provider)
        return self._keep(replace(provider, version=provider.version + 1))

    def remove(self, provider: IdentityProvider) -> None:
        self._refuse_changed(provider)
        del self._providers[provider.tenant, provider.id]

    def _keep(self, provider: IdentityProvider) -> IdentityProvider:
        self._providers[provider.tenant, provider.id] = provider
        return provider

    def _refuse_changed(self, provider: IdentityProvider) -> None:
        known = self.get(provider.tenant, provider.id)
        if known is None or known.version != provider.version:
            raise Changed
