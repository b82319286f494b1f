"""External key managers in memory: clients at desks, and what providers publish of themselves.

Verified by tests/contract/test_registrars.py, beside the adapter at a real provider.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.applications.registration import RegisteredClient, Registration, RegistrationRefused
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import InvalidClient, IssuedToken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.applications.registration import Desk, WantedClient
    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.tokens.oauth import ClientCredentials


class InMemoryMetadata:
    """`published` is by URL; what is not there does not answer."""

    def __init__(self) -> None:
        self.published: dict[str, dict[str, Any]] = {}

    def at(self, url: str) -> Mapping[str, Any]:
        if url not in self.published:
            raise Invalid.field("url", "does not answer")
        return self.published[url]


class InMemoryRegistrar:
    """`clients` is by client id; a management token is good once, as where they rotate. `failure` is raised by its action."""

    def __init__(self) -> None:
        self.clients: dict[str, WantedClient] = {}
        self.secrets: dict[str, str] = {}
        self.management: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.failure: dict[str, GatehouseError] = {}
        self.desks: list[Desk] = []

    def register(self, desk: Desk, wanted: WantedClient) -> RegisteredClient:
        self._at(desk, "register")
        if any(grant.startswith("unheard") for grant in wanted.grant_types):
            raise RegistrationRefused(f"'{desk.name}' refuses: invalid_client_metadata (HTTP 400)")
        client_id = f"client-{uuid.uuid4().hex}"
        self.clients[client_id], self.secrets[client_id] = wanted, uuid.uuid4().hex
        return RegisteredClient(registration=self._rotated(client_id), client_secret=self.secrets[client_id])

    def update(self, desk: Desk, known: Registration, wanted: WantedClient) -> Registration:
        self._at(desk, "update")
        self._authorized(desk, known)
        self.clients[known.client_id] = wanted
        return self._rotated(known.client_id)

    def renew_secret(self, desk: Desk, known: Registration) -> RegisteredClient:
        self._at(desk, "renew_secret")
        self._authorized(desk, known)
        self.secrets[known.client_id] = uuid.uuid4().hex
        return RegisteredClient(registration=known, client_secret=self.secrets[known.client_id])

    def delete(self, desk: Desk, known: Registration) -> None:
        self._at(desk, "delete")
        self.clients.pop(known.client_id, None)
        self.secrets.pop(known.client_id, None)

    def token(
        self, desk: Desk, client: ClientCredentials, scopes: Sequence[str], properties: Mapping[str, Any]
    ) -> IssuedToken:
        assert properties is not None
        self._at(desk, "token")
        if self.secrets.get(client.client_id) != client.client_secret:
            raise InvalidClient
        token = uuid.uuid4().hex
        self.tokens[token] = client.client_id
        return IssuedToken(access_token=token, scopes=tuple(scopes), expires_in=3600)

    def revoke(self, desk: Desk, client: ClientCredentials, token: str, properties: Mapping[str, Any]) -> None:
        assert properties is not None
        self._at(desk, "revoke")
        if self.secrets.get(client.client_id) != client.client_secret:
            raise InvalidClient
        self.tokens.pop(token, None)

    def _at(self, desk: Desk, action: str) -> None:
        self.desks.append(desk)
        if action in self.failure:
            raise self.failure[action]

    def _authorized(self, desk: Desk, known: Registration) -> None:
        if known.client_id not in self.clients or self.management[known.client_id] != known.management_token:
            raise RegistrationRefused(f"'{desk.name}' refuses: invalid_token (HTTP 401)")

    def _rotated(self, client_id: str) -> Registration:
        self.management[client_id] = uuid.uuid4().hex
        url = f"https://idp.example/reg/{client_id}"
        known = Registration(client_id=client_id, management_url=url)
        return replace(known, management_token=self.management[client_id])
