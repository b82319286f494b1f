"""The key manager, as the store uses it: clients for applications, and tokens for trying them out.

Every method may raise Unavailable. The key manager checks who owns nothing: that the caller may act on this client is the
store's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gatehouse.domain.tokens.oauth import DEFAULT_LIFETIMES, DEFAULT_RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.domain.tokens.oauth import (
        ClientCredentials,
        ClientRules,
        IssuedToken,
        Lifetimes,
        NewSecret,
        SecretFacts,
    )


class KeyManager(Protocol):
    """Keeps clients and issues tokens. `owner` is a user name without its tenant."""

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
        """Register a client; its name is unique among the owner's. Raises ClientExists, Invalid (`grant_types`)."""
        ...

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
        """Replace what may change of a client; of the rules, those about secrets and PKCE.

        Raises ClientNotFound, Changed, Invalid (`grant_types`, `callback_url`).
        """
        ...

    def regenerate_secret(self, *, tenant: str, client_id: str) -> ClientCredentials:
        """A new secret; the old one is dead at once, tokens live on. Raises ClientNotFound, Changed."""
        ...

    def hand_over(self, *, tenant: str, client_id: str, owner: str) -> None:
        """Give a client to another user of its tenant: tokens of its own are theirs from then on.

        Raises ClientNotFound, ClientExists (of its name, among theirs), Changed.
        """
        ...

    def delete_client(self, *, tenant: str, client_id: str) -> None:
        """Forget a client and void all its tokens. Deleting what is not there is no error."""
        ...

    def issue_application_token(
        self,
        *,
        tenant: str,
        client_id: str,
        client_secret: str | None,
        scopes: Sequence[str] = (),
        validity_seconds: int | None = None,
    ) -> IssuedToken:
        """An application's own token (RFC 6749 §4.4), whatever grants the client has registered.

        `client_secret` None skips its check: for a caller that has just made the client. `validity_seconds` None is the
        client's own; a negative one is no expiry. Raises ClientNotFound, InvalidClient (wrong secret), InvalidScope.
        """
        ...

    def revoke_token(self, *, tenant: str, client_id: str, token: str) -> None:
        """Void an access or refresh token of this client (RFC 7009). What is no token (any more) is no error.

        Raises ClientNotFound, UnauthorizedClient (it is another client's).
        """
        ...

    def add_secret(self, *, tenant: str, client_id: str, description: str = "", expires_in: int = 0) -> NewSecret:
        """A further secret; those that are there stay good. `expires_in` is in seconds, 0 is never.

        Raises ClientNotFound, Changed, Invalid.
        """
        ...

    def secrets(self, *, tenant: str, client_id: str) -> list[SecretFacts]:
        """What secrets the client has, without themselves, the oldest first. Raises ClientNotFound."""
        ...

    def remove_secret(self, *, tenant: str, client_id: str, secret_id: str) -> None:
        """Void one. Raises ClientNotFound, SecretNotFound, LastSecret, Changed."""
        ...

    def sign_api_key(
        self, *, tenant: str, token_id: str, issued_at: int, expires_at: int, claims: Mapping[str, object]
    ) -> str:
        """A signed API key (`applications.signed_key`) with these claims. Times are epoch seconds; `expires_at` 0 is never.

        Raises Invalid: claims that are none of a key's.
        """
        ...
