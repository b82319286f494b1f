"""Introspection (RFC 7662): what a token is worth right now, for those who cannot or will not verify it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import revocation_keys, token_key
from gatehouse.domain.people.identity import qualified, split_username
from gatehouse.domain.tokens.authorization import digest_of, family_of
from gatehouse.domain.tokens.token import (
    LEEWAY_SECONDS,
    TokenInvalid,
    claims_of,
    issuer_of,
    opaque_digest,
    opaque_tenant,
    revokes,
    tenant_of_issuer,
)

if TYPE_CHECKING:
    from gatehouse.domain.tokens.authorization import TokenFamily
    from gatehouse.domain.tokens.token import Claims
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.tokens.oauth import TokenFamilies
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.tokens.tokens import TokenVerifier
    from gatehouse.ports.world import Clock

BEARER = "Bearer"
REFRESH = "Refresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReader:
    """Reads tokens of ours: signature, time, revocations."""

    verifier: TokenVerifier
    keyring: Keyring
    artifacts: Artifacts
    families: TokenFamilies
    clock: Clock
    management_url: str

    def access_token(self, token: str) -> tuple[str, Claims] | None:
        """The tenant and the claims of an access token that is good now; None for everything else."""
        found = self.said(token)
        if found is None:
            return None
        tenant, claims = found
        _, user = split_username(claims.username)
        keys = revocation_keys(tenant, token=claims.token_id, client=claims.client_id, user=user)
        revocations = self.artifacts.get(keys)
        return None if any(revokes(one, claims.issued_at) for one in revocations) else found

    def said(self, token: str) -> tuple[str, Claims] | None:
        """The tenant and the claims of an access token in its time, revoked or not; None for everything else."""
        opaque = opaque_tenant(token)
        if opaque is not None:
            return self._looked_up(token, opaque)
        issuer = self.verifier.unverified_issuer(token)
        tenant = tenant_of_issuer(self.management_url, issuer)
        if tenant is None:
            return None
        try:
            keys = self.keyring.public_keys()
            return tenant, self.verifier.verify(token, keys, issuer=issuer, now=self.clock.now())
        except TokenInvalid:
            return None

    def _looked_up(self, token: str, tenant: str) -> tuple[str, Claims] | None:
        (body,) = self.artifacts.get([token_key(tenant, opaque_digest(token))])
        claims = claims_of(body) if body else None
        return (tenant, claims) if claims and claims.expires_at + LEEWAY_SECONDS > self.clock.now() else None

    def family(self, tenant: str, token: str) -> TokenFamily | None:
        """The family whose present refresh token this is, of a client of this tenant; None for everything else."""
        family = self.families.get(tenant, family_of(token))
        good = family is not None and family.digest == digest_of(token) and family.expires_at > self.clock.now()
        return family if good else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """Answers about tokens. Who asks from another tenant is told that nothing is known, unless `across_tenants`."""

    reader: TokenReader
    management_url: str
    across_tenants: bool

    def __call__(self, tenant: str, token: str) -> dict[str, object]:
        """What the token is worth (RFC 7662 §2.2), for somebody of this tenant."""
        found = self.reader.access_token(token)
        if found is not None:
            of_tenant, claims = found
            return self._of_access_token(claims) if self.across_tenants or of_tenant == tenant else {"active": False}
        family = self.reader.family(tenant, token)
        return self._of_family(tenant, family) if family else {"active": False}

    def _of_access_token(self, claims: Claims) -> dict[str, object]:
        raw = claims.raw
        named = {name: raw[name] for name in ("iss", "sub", "aud", "iat", "nbf", "exp", "jti", "aut") if name in raw}
        return {
            "active": True,
            "token_type": BEARER,
            "client_id": claims.client_id,
            "username": claims.username,
            "scope": str(raw.get("scope", "")),
            **named,
        }

    def _of_family(self, tenant: str, family: TokenFamily) -> dict[str, object]:
        name = qualified(family.tenant, family.user)
        return {
            "active": True,
            "token_type": REFRESH,
            "client_id": family.client_id,
            "username": name,
            "sub": name,
            "scope": " ".join(family.scopes),
            "iss": issuer_of(self.management_url, tenant),
            "iat": family.issued_at,
            "exp": family.expires_at,
        }
