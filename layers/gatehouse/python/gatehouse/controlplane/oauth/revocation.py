"""Revocation (RFC 7009): a client gives back a token before its time.

An access token is a JWT that nobody keeps, so what is written down is its id, until it would have expired anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.issuing import digest_of
from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.oauth import UnauthorizedClient
from gatehouse.domain.token import LEEWAY_SECONDS, TokenInvalid, tenant_of_issuer

if TYPE_CHECKING:
    from gatehouse.domain.oauth import Client
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.oauth import RefreshTokens
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.tokens import TokenVerifier
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Voids tokens. What is no token of ours, or no longer one, is not an error (RFC 7009 §2.2)."""

    refresh_tokens: RefreshTokens
    publication: Publication
    verifier: TokenVerifier
    keyring: Keyring
    clock: Clock
    management_url: str

    def __call__(self, client: Client, token: str) -> None:
        """Void this access or refresh token; it holds everywhere within `max_staleness`. Raises UnauthorizedClient."""
        issuer = self.verifier.unverified_issuer(token)
        tenant = tenant_of_issuer(self.management_url, issuer)
        if tenant is None:
            self._refresh_token(client, token)
        else:
            self._access_token(client, token, issuer, tenant)

    def _access_token(self, client: Client, token: str, issuer: str, tenant: str) -> None:
        now = self.clock.now()
        try:
            claims = self.verifier.verify(token, self.keyring.public_keys(), issuer=issuer, now=now)
        except TokenInvalid:
            return
        _refuse_foreign(client, claims.client_id)
        self._void(tenant, claims.token_id, max(int(now), claims.issued_at), claims.expires_at)

    def _refresh_token(self, client: Client, token: str) -> None:
        grant = self.refresh_tokens.get(client.tenant, digest_of(token))
        if grant is None:
            return
        _refuse_foreign(client, grant.client_id)
        self.refresh_tokens.remove(client.tenant, grant.digest)
        if grant.access_token_expires_at > self.clock.now():
            self._void(grant.tenant, grant.access_token_id, grant.issued_at, grant.access_token_expires_at)

    def _void(self, tenant: str, token_id: str, before: int, expires_at: int) -> None:
        key = revocation_key(tenant, RevocationKind.TOKEN, token_id)
        # Verifiers forgive a slow clock, so the revocation must outlive the token by as much.
        until = expires_at + int(LEEWAY_SECONDS) + 1
        self.publication.publish([Artifact(key, {"before": before}, until)])


def _refuse_foreign(client: Client, issued_to: str) -> None:
    if issued_to != client.id:
        raise UnauthorizedClient("The token was issued to another client.", client_id=client.id)
