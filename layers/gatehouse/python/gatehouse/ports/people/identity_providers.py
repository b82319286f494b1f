"""Identity providers of somebody else's, and the protocols by which they vouch for users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity_provider import IdentityProvider, Voucher


class IdentityProviders(Protocol):
    """Keeps identity providers. Every method may raise Unavailable."""

    def get(self, tenant: str, provider_id: str) -> IdentityProvider | None:
        """The provider with this id, or None."""
        ...

    def all(self, tenant: str) -> list[IdentityProvider]:
        """Every provider of the tenant, by name."""
        ...

    def add(self, provider: IdentityProvider) -> IdentityProvider:
        """Keep a new one; returns it with its version. Raises IdentityProviderExists."""
        ...

    def save(self, provider: IdentityProvider) -> IdentityProvider:
        """Replace one read before; returns it with its new version. Raises Changed, also when it is gone."""
        ...

    def remove(self, provider: IdentityProvider) -> None:
        """Forget one read before. Raises Changed."""
        ...


class Vouching(Protocol):
    """Asks a provider who somebody is, through their browser. `secret` is what the provider knows us by, "" for none."""

    def ask(self, provider: IdentityProvider, callback: str, state: str) -> tuple[str, Mapping[str, str]]:
        """Where to send the browser, and what must be remembered until it comes back to `callback` with this state."""
        ...

    def hear(
        self, provider: IdentityProvider, secret: str, callback: str, told: Mapping[str, str], asked: Mapping[str, str]
    ) -> Voucher:
        """Whom the provider vouches for in what the browser brought back. Raises NotVouchedFor, Unavailable."""
        ...
