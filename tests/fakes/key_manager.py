"""A key manager in memory, for the store's tests. Verified by tests/contract/test_key_manager.py."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.applications.signed_key import KEY_CLAIMS, TOKEN_TYPE
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import (
    DEFAULT_LIFETIMES,
    DEFAULT_RULES,
    FIRST_SECRET,
    FOREVER_SECONDS,
    GRANT_TYPES,
    ClientCredentials,
    ClientExists,
    ClientNotFound,
    InvalidClient,
    IssuedToken,
    LastSecret,
    NewSecret,
    SecretFacts,
    SecretNotFound,
    UnauthorizedClient,
)
from gatehouse.domain.tokens.token import DEFAULT_SCOPE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes


@dataclass(slots=True, kw_only=True)
class KnownClient:
    owner: str
    name: str
    secret: str
    grant_types: frozenset[str]
    callback_url: str
    lifetimes: Lifetimes
    rules: ClientRules
    further: dict[str, tuple[NewSecret, str]] = field(default_factory=dict)


class InMemoryKeyManager:
    """`clients` is by tenant and client id; `tokens` tells whose each live token is; `revoked` collects the others."""

    def __init__(self) -> None:
        self.clients: dict[tuple[str, str], KnownClient] = {}
        self.tokens: dict[str, str] = {}
        self.revoked: set[str] = set()

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
        if any(where[0] == tenant and (c.owner, c.name) == (owner, name) for where, c in self.clients.items()):
            raise ClientExists
        client = KnownClient(
            owner=owner,
            name=name,
            secret=uuid.uuid4().hex,
            grant_types=_known(grant_types),
            callback_url=callback_url,
            lifetimes=lifetimes,
            rules=rules,
        )
        client_id = uuid.uuid4().hex
        self.clients[tenant, client_id] = client
        return ClientCredentials(client_id=client_id, client_secret=client.secret)

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
        client = self._client(tenant, client_id)
        client.grant_types = _known(grant_types)
        client.callback_url = callback_url
        client.lifetimes = lifetimes
        client.rules = rules

    def regenerate_secret(self, *, tenant: str, client_id: str) -> ClientCredentials:
        client = self._client(tenant, client_id)
        client.secret = uuid.uuid4().hex
        return ClientCredentials(client_id=client_id, client_secret=client.secret)

    def hand_over(self, *, tenant: str, client_id: str, owner: str) -> None:
        client = self._client(tenant, client_id)
        others = {(other.owner, other.name) for other in self.clients.values() if other is not client}
        if (owner, client.name) in others:
            raise ClientExists
        client.owner = owner

    def delete_client(self, *, tenant: str, client_id: str) -> None:
        self.clients.pop((tenant, client_id), None)
        self.revoked |= {token for token, owner in self.tokens.items() if owner == client_id}

    def issue_application_token(
        self,
        *,
        tenant: str,
        client_id: str,
        client_secret: str | None,
        scopes: Sequence[str] = (),
        validity_seconds: int | None = None,
    ) -> IssuedToken:
        client = self._client(tenant, client_id)
        good = {client.secret, *(one.value for one, _ in client.further.values())} - {""}
        if client_secret is not None and client_secret not in good:
            raise InvalidClient
        seconds = client.lifetimes.application_seconds if validity_seconds is None else validity_seconds
        token = uuid.uuid4().hex
        self.tokens[token] = client_id
        return IssuedToken(
            access_token=token,
            scopes=tuple(scopes) or (DEFAULT_SCOPE,),
            expires_in=seconds if seconds >= 0 else FOREVER_SECONDS,
        )

    def revoke_token(self, *, tenant: str, client_id: str, token: str) -> None:
        self._client(tenant, client_id)
        if self.tokens.get(token, client_id) != client_id:
            raise UnauthorizedClient
        if token in self.tokens:
            self.revoked.add(token)

    def add_secret(self, *, tenant: str, client_id: str, description: str = "", expires_in: int = 0) -> NewSecret:
        client = self._client(tenant, client_id)
        if expires_in < 0:
            raise Invalid
        now = int(time.time())
        until = now + expires_in if expires_in else 0
        made = NewSecret(id=uuid.uuid4().hex, value=uuid.uuid4().hex, created_at=now, expires_at=until)
        client.further[made.id] = (made, description)
        return made

    def secrets(self, *, tenant: str, client_id: str) -> list[SecretFacts]:
        client = self._client(tenant, client_id)
        first = [SecretFacts(id=FIRST_SECRET, description="", created_at=0, expires_at=0)] if client.secret else []
        further = [
            SecretFacts(id=one.id, description=description, created_at=one.created_at, expires_at=one.expires_at)
            for one, description in client.further.values()
        ]
        return [*first, *further]

    def remove_secret(self, *, tenant: str, client_id: str, secret_id: str) -> None:
        client = self._client(tenant, client_id)
        known = [one.id for one in self.secrets(tenant=tenant, client_id=client_id)]
        if secret_id not in known:
            raise SecretNotFound
        if len(known) == 1:
            raise LastSecret
        if secret_id == FIRST_SECRET:
            client.secret = ""
        client.further.pop(secret_id, None)

    def sign_api_key(
        self, *, tenant: str, token_id: str, issued_at: int, expires_at: int, claims: Mapping[str, object]
    ) -> str:
        """Unsigned, for nobody verifies it: what is said can be read."""
        if not set(claims) <= KEY_CLAIMS:
            raise Invalid
        times = {"iat": issued_at, **({"exp": expires_at} if expires_at else {})}
        said = {**claims, **times, "jti": token_id, "iss": tenant, "token_type": TOKEN_TYPE}
        parts = (json.dumps({"kid": "fake", "typ": "JWT", "alg": "RS256"}), json.dumps(said), "fake")
        return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)

    def _client(self, tenant: str, client_id: str) -> KnownClient:
        client = self.clients.get((tenant, client_id))
        if client is None:
            raise ClientNotFound
        return client


def _known(grant_types: Collection[str]) -> frozenset[str]:
    for grant_type in grant_types:
        if grant_type not in GRANT_TYPES:
            raise Invalid.field("grant_types", f"unknown grant type '{grant_type}'")
    return frozenset(grant_types)
