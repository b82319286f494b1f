"""A grant is what a token is issued for: a user's password, the client itself, or an earlier refresh token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.issuing import digest_of
from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.identity import split_username
from gatehouse.domain.oauth import InvalidClient, InvalidGrant, InvalidScope
from gatehouse.domain.token import revokes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.oauth.issuing import Issuer
    from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
    from gatehouse.domain.identity import User
    from gatehouse.domain.oauth import Client, IssuedToken, RefreshGrant
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.identity import Authentication, UserLookup
    from gatehouse.ports.oauth import RefreshTokens
    from gatehouse.ports.world import Clock

_USERNAME_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordGrant:
    """Resource owner password credentials (RFC 6749 §4.3)."""

    authentication: Authentication
    refresh_tokens: RefreshTokens
    scopes: ScopeGrant
    issuer: Issuer

    def __call__(self, client: Client, form: Mapping[str, str], tenant: str | None) -> IssuedToken:
        """Raises Invalid (a missing parameter), InvalidScope, InvalidGrant (whatever is wrong with the user)."""
        username, password = required(form, "username"), required(form, "password")
        wanted = parse_scopes(form.get("scope", ""))
        user = self._user(client, username, password, tenant)
        issued, grant = self.issuer.for_user(client, user, self.scopes(user.tenant, user.roles, wanted))
        self.refresh_tokens.add(client.tenant, grant)
        return issued

    def _user(self, client: Client, username: str, password: str, tenant: str | None) -> User:
        """The user, or one and the same InvalidGrant: unknown, disabled, foreign and mistyped answer alike."""
        domain, name = _tenant_and_name(username, tenant)
        # Nobody's password is tried through a client that they could not use.
        own = client.saas or domain == client.tenant
        found = self.authentication.authenticate(domain, name, password) if own else None
        if found is None:
            raise InvalidGrant(f"Authentication failed for {username[:_USERNAME_SHOWN_MAX]}", tenant=domain)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentialsGrant:
    """Client credentials (RFC 6749 §4.4). The roles of the client's owner count; no refresh token."""

    users: UserLookup
    scopes: ScopeGrant
    issuer: Issuer

    def __call__(self, client: Client, form: Mapping[str, str], _tenant: str | None) -> IssuedToken:
        """Raises InvalidScope, InvalidClient (its owner is gone)."""
        return self.issue(client, parse_scopes(form.get("scope", "")))

    def issue(self, client: Client, wanted: tuple[str, ...], validity_seconds: int | None = None) -> IssuedToken:
        """An application's own token. Raises InvalidClient (its owner is gone)."""
        owner = self.users.get(client.tenant, client.owner)
        if owner is None or not owner.active:
            raise InvalidClient(client_id=client.id, cause="the client's owner is gone or disabled")
        granted = self.scopes(client.tenant, owner.roles, wanted)
        return self.issuer.for_application(client, granted, validity_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenGrant:
    """A refresh token (RFC 6749 §6), good for one use: the answer carries the next one."""

    users: UserLookup
    refresh_tokens: RefreshTokens
    artifacts: Artifacts
    scopes: ScopeGrant
    issuer: Issuer
    clock: Clock

    def __call__(self, client: Client, form: Mapping[str, str], _tenant: str | None) -> IssuedToken:
        """Raises Invalid (a missing parameter), InvalidGrant (used, expired, revoked, foreign), InvalidScope."""
        digest = digest_of(required(form, "refresh_token"))
        wanted = parse_scopes(form.get("scope", ""))
        grant = self.refresh_tokens.get(client.tenant, digest)
        if grant is None or grant.client_id != client.id or grant.expires_at <= self.clock.now():
            raise InvalidGrant(cause="unknown, used, expired or another client's")
        user = self._user(client, grant)
        if not set(wanted) <= set(grant.scopes):
            raise InvalidScope
        scopes = self.scopes(user.tenant, user.roles, wanted or grant.scopes)
        issued, renewed = self.issuer.for_user(client, user, scopes)
        # The next refresh token keeps the whole grant, even when this access token is narrower (RFC 6749 §6).
        self.refresh_tokens.rotate(client.tenant, grant, replace(renewed, scopes=grant.scopes))
        return issued

    def _user(self, client: Client, grant: RefreshGrant) -> User:
        keys = [
            revocation_key(grant.tenant, RevocationKind.CLIENT, client.id),
            revocation_key(grant.tenant, RevocationKind.USER, grant.user),
        ]
        if any(revokes(revocation, grant.issued_at) for revocation in self.artifacts.get(keys)):
            raise InvalidGrant(cause="revoked")
        user = self.users.get(grant.tenant, grant.user)
        if user is None or not user.active:
            raise InvalidGrant(cause="the user is gone or disabled")
        return user


def required(form: Mapping[str, str], name: str) -> str:
    """A form field that must be there and not empty. Raises Invalid."""
    value = form.get(name, "")
    if not value:
        raise Invalid.field(name, "this parameter is required")
    return value


def _tenant_and_name(username: str, tenant: str | None) -> tuple[str, str]:
    """At a tenant's own token endpoint the user name may leave its tenant out."""
    if tenant is not None and not username.lower().endswith(f"@{tenant}"):
        return tenant, username
    return split_username(username)
