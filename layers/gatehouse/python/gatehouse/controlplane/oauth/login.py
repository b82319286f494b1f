"""Login: a user's name and password, at the token endpoint and on the login page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.tokens.oauth import InvalidGrant

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.people.identity import Authentication

_USERNAME_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLogin:
    """Checks passwords. Unknown, disabled, foreign and mistyped answer alike."""

    authentication: Authentication

    def __call__(self, client: Client, username: str, password: str, tenant: str | None, *, address: str = "") -> User:
        """The user whom name and password prove, through this client; `tenant` is the one the path names.

        Raises InvalidGrant, with WSO2's text.
        """
        found = self.user_or_none(client, username, password, tenant, address=address)
        if found is None:
            raise InvalidGrant(f"Authentication failed for {username[:_USERNAME_SHOWN_MAX]}", tenant=client.tenant)
        return found

    def user_or_none(
        self, client: Client, username: str, password: str, tenant: str | None, *, address: str = ""
    ) -> User | None:
        """As above, but None for whatever is wrong with the user."""
        domain, _ = self._account(username, tenant)
        # Nobody's password is tried through a client that they could not use.
        own = client.saas or domain == client.tenant
        return self.anybody(username, password, tenant, address=address) if own else None

    def anybody(self, username: str, password: str, tenant: str | None, *, address: str = "") -> User | None:
        """The user whom name and password prove, whatever they may use then; None for whatever is wrong."""
        domain, name = self._account(username, tenant)
        return self.authentication.authenticate(domain, name, password, address=address)

    def _account(self, username: str, tenant: str | None) -> tuple[str, str]:
        """At a tenant's own endpoints the user name may leave its tenant out."""
        if tenant is not None and not username.lower().endswith(f"@{tenant}"):
            return tenant, username
        return self.authentication.account(username)
