"""The resident key manager: what the store may ask of us, as one object (WSO2: "Resident Key Manager")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.clients.client_secret import proves
from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.domain.tokens.oauth import DEFAULT_LIFETIMES, DEFAULT_RULES, InvalidClient

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.controlplane.clients.registration import Registration
    from gatehouse.controlplane.oauth.key_signing import KeySigning
    from gatehouse.controlplane.oauth.revocation import Revocation
    from gatehouse.controlplane.oauth.tokens import Tokens
    from gatehouse.domain.tokens.oauth import (
        ClientCredentials,
        ClientRules,
        IssuedToken,
        Lifetimes,
        NewSecret,
        SecretFacts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentKeyManager:
    """Implements `ports.tokens.key_manager.KeyManager`."""

    registration: Registration
    tokens: Tokens
    revocation: Revocation
    key_signing: KeySigning

    def create_client(
        self,
        *,
        tenant: str,
        owner: str,
        name: str,
        grant_types: Collection[str],
        callback_url: str = "",
        lifetimes: Lifetimes = DEFAULT_LIFETIMES,
        rules: ClientRules = DEFAULT_RULES,
    ) -> ClientCredentials:
        """Register a client. Raises ClientExists, Invalid (`grant_types`)."""
        client = self.registration.register(
            tenant=tenant,
            owner=owner,
            name=name,
            grant_types=grant_types,
            callback_url=callback_url,
            lifetimes=lifetimes,
            rules=rules,
        )
        return self.registration.credentials(client)

    def update_client(
        self,
        *,
        tenant: str,
        client_id: str,
        grant_types: Collection[str],
        callback_url: str = "",
        lifetimes: Lifetimes = DEFAULT_LIFETIMES,
        rules: ClientRules = DEFAULT_RULES,
    ) -> None:
        """Replace what may change of a client. Raises ClientNotFound, Changed, Invalid (`grant_types`)."""
        self.registration.update(
            tenant=tenant,
            client_id=client_id,
            grant_types=grant_types,
            callback_url=callback_url,
            lifetimes=lifetimes,
            rules=rules,
        )

    def regenerate_secret(self, *, tenant: str, client_id: str) -> ClientCredentials:
        """A new secret; the old one is dead at once. Raises ClientNotFound, Changed."""
        return self.registration.regenerate_secret(tenant, client_id)

    def hand_over(self, *, tenant: str, client_id: str, owner: str) -> None:
        """Give a client to another user of its tenant. Raises ClientNotFound, ClientExists, Changed."""
        self.registration.hand_over(tenant, client_id, owner)

    def delete_client(self, *, tenant: str, client_id: str) -> None:
        """Forget a client and void all its tokens; it need not be there."""
        self.registration.delete(tenant, client_id)

    def issue_application_token(
        self,
        *,
        tenant: str,
        client_id: str,
        client_secret: str | None,
        scopes: Sequence[str] = (),
        validity_seconds: int | None = None,
    ) -> IssuedToken:
        """An application's own token. Raises ClientNotFound, InvalidClient, InvalidScope."""
        client = self.registration.get(tenant, client_id)
        if client_secret is not None and not proves(client_secret, client, self.registration.clock.now()):
            raise InvalidClient(client_id=client_id, cause="wrong secret")
        return self.tokens.for_application(client, parse_scopes(" ".join(scopes)), validity_seconds)

    def revoke_token(self, *, tenant: str, client_id: str, token: str) -> None:
        """Void a token of this client. Raises ClientNotFound, UnauthorizedClient."""
        self.revocation(self.registration.get(tenant, client_id), token)

    def add_secret(self, *, tenant: str, client_id: str, description: str = "", expires_in: int = 0) -> NewSecret:
        """A further secret; those that are there stay good. Raises ClientNotFound, Changed, Invalid."""
        return self.registration.add_secret(tenant, client_id, description, expires_in)

    def secrets(self, *, tenant: str, client_id: str) -> list[SecretFacts]:
        """What secrets the client has, without themselves. Raises ClientNotFound."""
        return self.registration.secrets(tenant, client_id)

    def remove_secret(self, *, tenant: str, client_id: str, secret_id: str) -> None:
        """Void one. Raises ClientNotFound, SecretNotFound, LastSecret, Changed."""
        self.registration.remove_secret(tenant, client_id, secret_id)

    def sign_api_key(
        self, *, tenant: str, token_id: str, issued_at: int, expires_at: int, claims: Mapping[str, object]
    ) -> str:
        """A signed API key. Raises Invalid."""
        return self.key_signing(tenant, claims, token_id=token_id, issued_at=issued_at, expires_at=expires_at)
