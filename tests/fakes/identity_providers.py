"""Identity providers in memory. Verified by tests/contract/test_identity_providers.py."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity_provider import IdentityProviderExists, NotVouchedFor, Voucher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity_provider import IdentityProvider


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


@dataclass
class SaidSo:
    """A protocol in which the provider says what the test says. It is used once the callback and the nonce are right."""

    voucher: Voucher = field(default_factory=lambda: Voucher(issuer="", subject="subject-1", claims={}))
    secrets: list[str] = field(default_factory=list)

    def ask(self, provider: IdentityProvider, callback: str, state: str) -> tuple[str, Mapping[str, str]]:
        return f"{provider.issuer}/in?state={state}", {"nonce": f"{callback} {state}"}

    def hear(
        self, provider: IdentityProvider, secret: str, callback: str, told: Mapping[str, str], asked: Mapping[str, str]
    ) -> Voucher:
        self.secrets.append(secret)
        if asked["nonce"] != f"{callback} {told.get('state') or told.get('RelayState')}":
            raise NotVouchedFor(cause="another request")
        return replace(self.voucher, issuer=provider.issuer)
