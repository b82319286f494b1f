"""External key managers over the wire: making clients there, getting tokens for them, and finding a provider out.

Every method raises RegistrationRefused when the provider refuses what was asked for, RegistrationFailed when it fails or does
not take our credentials, and Unavailable when it does not answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.applications.registration import Desk, RegisteredClient, Registration, WantedClient
    from gatehouse.domain.tokens.oauth import ClientCredentials, IssuedToken


class ClientRegistrar(Protocol):
    """Registers clients, in whatever dialect the desk speaks."""

    def register(self, desk: Desk, wanted: WantedClient) -> RegisteredClient:
        """Make a client (RFC 7591 §3, or the provider's own way)."""
        ...

    def update(self, desk: Desk, known: Registration, wanted: WantedClient) -> Registration:
        """Replace what a client is like; its secret stays. Returns what is kept of it from now on (RFC 7592 §2.2)."""
        ...

    def renew_secret(self, desk: Desk, known: Registration) -> RegisteredClient:
        """A new secret; the old one is dead. Raises MappingNotSupported where the provider has no such thing."""
        ...

    def delete(self, desk: Desk, known: Registration) -> None:
        """Forget a client (RFC 7592 §2.3). One that is not there any more is no error."""
        ...

    def token(
        self, desk: Desk, client: ClientCredentials, scopes: Sequence[str], properties: Mapping[str, Any]
    ) -> IssuedToken:
        """A token of the client's own (RFC 6749 §4.4). `properties` are the client's, as it was registered.

        Raises InvalidClient, InvalidScope besides.
        """
        ...

    def revoke(self, desk: Desk, client: ClientCredentials, token: str, properties: Mapping[str, Any]) -> None:
        """Void a token of the client's (RFC 7009). Raises InvalidClient besides, and MappingNotSupported."""
        ...


class ProviderMetadata(Protocol):
    """Reads what a provider publishes of itself."""

    def at(self, url: str) -> Mapping[str, Any]:
        """The document at a well-known address (OpenID Connect Discovery §4, RFC 8414 §3). Raises Invalid with the reason."""
        ...
