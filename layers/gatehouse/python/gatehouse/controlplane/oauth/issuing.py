"""Issuing: making access tokens (RFC 9068, with WSO2's claims) and the refresh tokens that stand beside them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.identity import qualified
from gatehouse.domain.oauth import FOREVER_SECONDS, IssuedToken, RefreshGrant
from gatehouse.domain.token import APPLICATION, APPLICATION_USER, issuer_of

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.keys import PublishedKeys
    from gatehouse.domain.identity import User
    from gatehouse.domain.oauth import Client
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.world import Clock

REFRESH_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _AccessToken:
    """A signed access token and what must be known of it to revoke it."""

    text: str
    id: str
    issued_at: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Makes tokens. `management_url` is the front door that issuers are named after."""

    keyring: Keyring
    keys: PublishedKeys
    clock: Clock
    management_url: str

    def for_application(
        self, client: Client, scopes: tuple[str, ...], validity_seconds: int | None = None
    ) -> IssuedToken:
        """An application's own token. `validity_seconds` None is the client's own lifetime."""
        seconds = client.lifetimes.application_seconds if validity_seconds is None else validity_seconds
        owner = qualified(client.tenant, client.owner)
        token = self._sign(
            client, client.tenant, scopes, seconds, {"aut": APPLICATION, "sub": client.id, "username": owner}
        )
        return IssuedToken(access_token=token.text, scopes=scopes, expires_in=token.seconds)

    def for_user(self, client: Client, user: User, scopes: tuple[str, ...]) -> tuple[IssuedToken, RefreshGrant]:
        """A user's token through a client, with a refresh token; the grant is what must be kept of that."""
        name = qualified(user.tenant, user.name)
        about = {"aut": APPLICATION_USER, "sub": name, "username": name}
        token = self._sign(client, user.tenant, scopes, client.lifetimes.user_seconds, about)
        refresh_token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        grant = RefreshGrant(
            digest=digest_of(refresh_token),
            client_id=client.id,
            tenant=user.tenant,
            user=user.name,
            scopes=scopes,
            issued_at=token.issued_at,
            expires_at=token.issued_at + _bounded(client.lifetimes.refresh_seconds),
            access_token_id=token.id,
            access_token_expires_at=token.issued_at + token.seconds,
        )
        issued = IssuedToken(
            access_token=token.text, scopes=scopes, expires_in=token.seconds, refresh_token=refresh_token
        )
        return issued, grant

    def _sign(
        self, client: Client, tenant: str, scopes: tuple[str, ...], seconds: int, about: dict[str, str]
    ) -> _AccessToken:
        self.keys.ensure(tenant)
        now = int(self.clock.now())
        lifetime = _bounded(seconds)
        token_id = str(uuid.uuid4())
        claims: dict[str, object] = {
            "iss": issuer_of(self.management_url, tenant),
            **about,
            "aud": client.id,
            "azp": client.id,
            "client_id": client.id,
            "entity_id": client.id,
            "scope": " ".join(scopes),
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "jti": token_id,
        }
        return _AccessToken(text=self.keyring.sign(claims), id=token_id, issued_at=now, seconds=lifetime)


def digest_of(refresh_token: str) -> str:
    """What is kept of a refresh token. It has 256 bits of entropy, so it needs no slow hash."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def _bounded(seconds: int) -> int:
    """WSO2 writes "no expiry" as -1 or as a number near 2**63."""
    return FOREVER_SECONDS if seconds < 0 else min(seconds, FOREVER_SECONDS)
