"""A key manager in memory, for the store's tests. Verified by tests/contract/test_key_manager.py."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.domain.oauth import (
    DEFAULT_LIFETIMES,
    FOREVER_SECONDS,
    GRANT_TYPES,
    ClientCredentials,
    ClientExists,
    ClientNotFound,
    InvalidClient,
    IssuedToken,
    UnauthorizedClient,
)
from gatehouse.domain.token import DEFAULT_SCOPE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.oauth import Lifetimes


@dataclass(slots=True, kw_only=True)
class KnownClient:
    owner: str
    name: str
    secret: str
    grant_types: frozenset[str]
    callback_url: str
    lifetimes: Lifetimes


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
    ) -> None:
        client = self._client(tenant, client_id)
        client.grant_types = _known(grant_types)
        client.callback_url = callback_url
        client.lifetimes = lifetimes

    def regenerate_secret(self, *, tenant: str, client_id: str) -> ClientCredentials:
        client = self._client(tenant, client_id)
        client.secret = uuid.uuid4().hex
        return ClientCredentials(client_id=client_id, client_secret=client.secret)

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
        if client_secret is not None and not hmac.compare_digest(client_secret, client.secret):
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
