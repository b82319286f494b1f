"""Who calls a management interface: an access token (Bearer) or a user name and password (Basic)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import keys_key, revocation_keys, system_scopes_key, token_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import Principal, split_username
from gatehouse.domain.portal.organization import organization_of
from gatehouse.domain.tokens.scopes import ScopeBindings
from gatehouse.domain.tokens.token import (
    LEEWAY_SECONDS,
    TokenInvalid,
    claims_of,
    opaque_digest,
    opaque_tenant,
    revokes,
    tenant_of_issuer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.token import Claims
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.people.identity import Authentication, UserLookup
    from gatehouse.ports.tokens.tokens import TokenVerifier
    from gatehouse.ports.world import Clock

# WSO2's text: its clients look for it.
UNAUTHENTICATED = "Unauthenticated request"

TENANTS_MAX = 1_000
"""Of how many tenants the bindings of scopes are remembered; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Turns an `Authorization` header into a Principal. Every failure is the same Unauthenticated: no user enumeration.

    Which roles have which scopes is remembered for `bindings_seconds`, as long as any change may take to hold.
    """

    users: UserLookup
    authentication: Authentication
    verifier: TokenVerifier
    artifacts: Artifacts
    clock: Clock
    management_url: str
    bindings_seconds: float = 0.0
    _bindings: dict[str, tuple[float, ScopeBindings]] = field(default_factory=dict, init=False, repr=False)

    def identify(self, headers: Mapping[str, str], address: str = "") -> Principal:
        """The caller these request headers (lower-case names) prove, who calls from this IP address.

        Raises Unauthenticated, Throttled, Unavailable.
        """
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                return self._bearer(credential.strip())
            case "basic":
                return self._basic(credential.strip(), address)
            case _:
                raise Unauthenticated(UNAUTHENTICATED)

    def _basic(self, credential: str, address: str) -> Principal:
        try:
            username, separator, password = base64.b64decode(credential, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Unauthenticated(UNAUTHENTICATED, cause="malformed Basic credential") from error
        if not separator:
            raise Unauthenticated(UNAUTHENTICATED, cause="Basic credential without a colon")
        return self.log_in(username, password, address)

    def log_in(self, username: str, password: str, address: str = "") -> Principal:
        """The user with this name and password. Raises Unauthenticated, Throttled, Unavailable."""
        tenant, user = self.authentication.account(username)
        found = self.authentication.authenticate(tenant, user, password, address=address)
        if found is None:
            raise Unauthenticated(UNAUTHENTICATED, tenant=tenant, cause="wrong user name or password")
        return _principal(found, self._scopes_of(tenant, found.roles))

    def _scopes_of(self, tenant: str, roles: frozenset[str]) -> frozenset[str]:
        return self._bindings_of(tenant).scopes_of(roles)

    def _bindings_of(self, tenant: str) -> ScopeBindings:
        now = self.clock.now()
        until, known = self._bindings.get(tenant, (0.0, None))
        if known is not None and until > now:
            return known
        (body,) = self.artifacts.get([system_scopes_key(tenant)])
        found = ScopeBindings.from_body(body)
        self._bindings.pop(tenant, None)
        if len(self._bindings) >= TENANTS_MAX:
            del self._bindings[next(iter(self._bindings))]
        self._bindings[tenant] = (now + self.bindings_seconds, found)
        return found

    def _bearer(self, token: str) -> Principal:
        claims, tenant = self._verified(token)
        _, user = split_username(claims.username)
        self._refuse_revoked(claims, tenant, user)
        found = self.users.get(tenant, user)
        if found is None or not found.active:
            raise Unauthenticated(UNAUTHENTICATED, tenant=tenant, cause="the token's user is gone or disabled")
        return _principal(found, claims.scopes)

    def _verified(self, token: str) -> tuple[Claims, str]:
        opaque = opaque_tenant(token)
        if opaque is not None:
            return self._looked_up(token, opaque), opaque
        issuer = self.verifier.unverified_issuer(token)
        tenant = tenant_of_issuer(self.management_url, issuer)
        if tenant is None:
            raise Unauthenticated(UNAUTHENTICATED, cause="the token is not ours", issuer=issuer)
        (keys,) = self.artifacts.get([keys_key(tenant)])
        jwks = keys.get("keys", []) if keys else []
        try:
            claims = self.verifier.verify(
                token, jwks if isinstance(jwks, list) else [], issuer=issuer, now=self.clock.now()
            )
        except TokenInvalid as error:
            raise Unauthenticated(UNAUTHENTICATED, cause=f"{type(error).__name__}: {error}") from error
        return claims, tenant

    def _looked_up(self, token: str, tenant: str) -> Claims:
        """What an opaque token of ours says."""
        (body,) = self.artifacts.get([token_key(tenant, opaque_digest(token))])
        claims = claims_of(body) if body else None
        if claims is None or claims.expires_at + LEEWAY_SECONDS <= self.clock.now():
            raise Unauthenticated(UNAUTHENTICATED, tenant=tenant, cause="no such token, or its time is over")
        return claims

    def _refuse_revoked(self, claims: Claims, tenant: str, user: str) -> None:
        keys = revocation_keys(tenant, token=claims.token_id, client=claims.client_id, user=user)
        found = self.artifacts.get(keys)
        if any(revokes(revocation, claims.issued_at) for revocation in found):
            raise Unauthenticated(UNAUTHENTICATED, tenant=tenant, cause="the token has been revoked")


def _principal(user: User, scopes: frozenset[str]) -> Principal:
    return Principal(
        tenant=user.tenant,
        user=user.name,
        roles=user.roles,
        scopes=scopes,
        organization=organization_of(user.tenant, user.profile),
    )
