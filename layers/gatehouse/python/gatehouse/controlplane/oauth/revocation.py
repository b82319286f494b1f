"""Revocation (RFC 7009): a client gives back a token before its time, and what follows from a token that was stolen.

What an access token says cannot be taken back, so what is written down is its id, until it would have expired anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.tokens.authorization import LiveToken, digest_of, family_of
from gatehouse.domain.tokens.oauth import UnauthorizedClient
from gatehouse.domain.tokens.token import LEEWAY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.controlplane.oauth.introspection import TokenReader
    from gatehouse.domain.tokens.authorization import TokenFamily
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.tokens.oauth import TokenFamilies
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Voids tokens. What is no token of ours, or no longer one, is not an error (RFC 7009 §2.2)."""

    families: TokenFamilies
    publication: Publication
    reader: TokenReader
    clock: Clock

    def __call__(self, client: Client, token: str) -> None:
        """Void this access or refresh token; it holds everywhere within `max_staleness`. Raises UnauthorizedClient."""
        found = self.reader.said(token)
        if found is None:
            self._refresh_token(client, token)
            return
        tenant, claims = found
        _refuse_foreign(client, claims.client_id)
        live = LiveToken(id=claims.token_id, tenant=tenant, expires_at=claims.expires_at)
        self.publication.publish([_revocation(live, max(int(self.clock.now()), claims.issued_at))])

    def end(self, tenant: str, family: TokenFamily) -> None:
        """End a family of a client of this tenant: its refresh token is gone, its access tokens open nothing."""
        self.families.end(tenant, family.id, self.voided(family.live))

    def voided(self, tokens: Iterable[LiveToken]) -> list[Artifact]:
        """The revocations of those of these access tokens that still live."""
        now = int(self.clock.now())
        return [_revocation(token, now) for token in tokens if token.expires_at > now]

    def _refresh_token(self, client: Client, token: str) -> None:
        family = self.families.get(client.tenant, family_of(token))
        if family is None or family.digest != digest_of(token):
            return
        _refuse_foreign(client, family.client_id)
        self.end(client.tenant, family)


def _revocation(token: LiveToken, before: int) -> Artifact:
    key = revocation_key(token.tenant, RevocationKind.TOKEN, token.id)
    # Verifiers forgive a slow clock, so the revocation must outlive the token by as much.
    return Artifact(key, {"before": before}, token.expires_at + int(LEEWAY_SECONDS) + 1)


def _refuse_foreign(client: Client, issued_to: str) -> None:
    if issued_to != client.id:
        raise UnauthorizedClient("The token was issued to another client.", client_id=client.id)
