"""Clients and refresh tokens in memory. Verified by tests/contract/test_oauth.py."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.oauth import ClientExists, InvalidGrant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.oauth import Client, RefreshGrant
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.world import Clock


class InMemoryClients:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._clients: dict[str, Client] = {}
        self._lock = Lock()
        self.writes = 0

    def get(self, tenant: str, client_id: str) -> Client | None:
        found = self.find(client_id)
        return found if found and found.tenant == tenant else None

    def find(self, client_id: str) -> Client | None:
        return self._clients.get(client_id)

    def named(self, tenant: str, owner: str, name: str) -> Client | None:
        wanted = (tenant, owner.lower(), name)
        return next((c for c in self._clients.values() if (c.tenant, c.owner.lower(), c.name) == wanted), None)

    def add(self, client: Client) -> None:
        with self._lock:
            if self.named(client.tenant, client.owner, client.name):
                raise ClientExists
            if client.id in self._clients:
                raise Conflict
            self._keep(replace(client, version=1))

    def save(self, client: Client) -> Client:
        with self._lock:
            self._refuse_changed(client)
            saved = replace(client, version=client.version + 1)
            self._keep(saved)
            return saved

    def remove(self, client: Client, changes: Sequence[Change]) -> None:
        with self._lock:
            self._refuse_changed(client)
            del self._clients[client.id]
            self.writes += 1
            self._artifacts.publish(changes)

    def _keep(self, client: Client) -> None:
        self._clients[client.id] = client
        self.writes += 1

    def _refuse_changed(self, client: Client) -> None:
        known = self.get(client.tenant, client.id)
        if known is None or known.version != client.version:
            raise Changed


class InMemoryRefreshTokens:
    """`kept` is what stands in the table: tokens are looked for in it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self.kept: dict[tuple[str, str], RefreshGrant] = {}

    def get(self, tenant: str, digest: str) -> RefreshGrant | None:
        grant = self.kept.get((tenant, digest))
        return grant if grant and grant.expires_at > self._clock.now() else None

    def add(self, tenant: str, grant: RefreshGrant) -> None:
        self.kept[tenant, grant.digest] = grant

    def rotate(self, tenant: str, used: RefreshGrant, new: RefreshGrant) -> None:
        with self._lock:
            if (tenant, used.digest) not in self.kept:
                raise InvalidGrant
            del self.kept[tenant, used.digest]
            self.kept[tenant, new.digest] = new

    def remove(self, tenant: str, digest: str) -> None:
        self.kept.pop((tenant, digest), None)
