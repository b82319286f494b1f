"""Issuing: making access tokens (RFC 9068, with WSO2's claims) and id tokens (OpenID Connect Core §2)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, token_key
from gatehouse.domain.people.identity import qualified
from gatehouse.domain.tokens.authorization import LiveToken
from gatehouse.domain.tokens.oauth import FOREVER_SECONDS
from gatehouse.domain.tokens.token import (
    APPLICATION,
    APPLICATION_USER,
    LEEWAY_SECONDS,
    issuer_of,
    new_opaque_token,
    opaque_digest,
)
from gatehouse.ports.tokens.signing import ID_TOKEN

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.keys import PublishedKeys
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.authorization import Login
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.world import Clock

PASSWORD_LOGIN = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
"""The claim `acr` of whoever came with a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """An access token. Its repr must not show it, so what is issued carries it as a field without one."""

    text: str
    live: LiveToken
    issued_at: int
    seconds: int

    def __repr__(self) -> str:
        return f"AccessToken(id={self.live.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Makes tokens. `management_url` is the front door that issuers are named after."""

    keyring: Keyring
    keys: PublishedKeys
    publication: Publication
    clock: Clock
    management_url: str

    def for_application(
        self, client: Client, scopes: tuple[str, ...], validity_seconds: int | None = None
    ) -> AccessToken:
        """An application's own token. `validity_seconds` None is the client's own lifetime."""
        seconds = client.lifetimes.application_seconds if validity_seconds is None else validity_seconds
        owner = qualified(client.tenant, client.owner)
        about = {"aut": APPLICATION, "sub": client.id, "username": owner}
        return self._access_token(client, client.tenant, scopes, seconds, about)

    def for_user(self, client: Client, user: User, scopes: tuple[str, ...]) -> AccessToken:
        """A user's token through a client."""
        name = qualified(user.tenant, user.name)
        about = {"aut": APPLICATION_USER, "sub": name, "username": name}
        return self._access_token(client, user.tenant, scopes, client.lifetimes.user_seconds, about)

    def id_token(self, client: Client, user: User, login: Login, access_token: str) -> str:
        """Who logged in, when and how, for the client alone. The issuer is that of the client's tenant."""
        now = int(self.clock.now())
        claims: dict[str, object] = {
            "iss": issuer_of(self.management_url, client.tenant),
            "sub": qualified(user.tenant, user.name),
            "aud": client.id,
            "azp": client.id,
            "iat": now,
            "exp": now + bounded(client.lifetimes.id_seconds),
            "auth_time": login.at,
            "at_hash": half_hash(access_token),
        }
        if login.method:
            claims |= {"acr": PASSWORD_LOGIN, "amr": [login.method]}
        if login.nonce:
            claims["nonce"] = login.nonce
        if login.session:
            claims["sid"] = login.session
        self.keys.ensure(client.tenant, client.rules.signed_with, bounded(client.lifetimes.id_seconds))
        return self.keyring.sign(claims, ID_TOKEN, client.rules.signed_with)

    def _access_token(
        self, client: Client, tenant: str, scopes: tuple[str, ...], seconds: int, about: dict[str, str]
    ) -> AccessToken:
        now = int(self.clock.now())
        lifetime = bounded(seconds)
        token_id = str(uuid.uuid4())
        audiences = client.rules.audiences
        claims: dict[str, object] = {
            "iss": issuer_of(self.management_url, tenant),
            **about,
            "aud": [client.id, *audiences] if audiences else client.id,
            "azp": client.id,
            "client_id": client.id,
            "entity_id": client.id,
            "scope": " ".join(scopes),
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "jti": token_id,
        }
        live = LiveToken(id=token_id, tenant=tenant, expires_at=now + lifetime)
        return AccessToken(text=self._text(client, claims, live), live=live, issued_at=now, seconds=lifetime)

    def _text(self, client: Client, claims: dict[str, object], live: LiveToken) -> str:
        if client.rules.opaque_tokens:
            # Its claims stand where verifiers look tokens up, under its digest.
            text = new_opaque_token(live.tenant)
            until = live.expires_at + int(LEEWAY_SECONDS) + 1
            self.publication.keep(Artifact(token_key(live.tenant, opaque_digest(text)), claims, until))
            return text
        algorithm = client.rules.signed_with
        self.keys.ensure(live.tenant, algorithm, bounded(live.expires_at - int(self.clock.now())))
        return self.keyring.sign(claims, algorithm=algorithm)


def bounded(seconds: int) -> int:
    """A lifetime. WSO2 writes "no expiry" as -1 or as a number near 2**63."""
    return FOREVER_SECONDS if seconds < 0 else min(seconds, FOREVER_SECONDS)


def half_hash(token: str) -> str:
    """The left half of a token's SHA-256, base64url (OpenID Connect Core §3.1.3.6)."""
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
