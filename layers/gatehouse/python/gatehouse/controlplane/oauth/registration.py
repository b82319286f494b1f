"""Registration: clients come, change and go (RFC 7591 in spirit; WSO2's interface is older than it).

A client's name is unique among its owner's clients, not in the tenant: registering a known name answers its secret, and
with tenant-wide names anybody could ask for another user's secret.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.oauth.client_secret import client_secret, secret_hash
from gatehouse.controlplane.oauth.redirect_uri import checked_callback
from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.oauth import (
    DEFAULT_LIFETIMES,
    DEFAULT_RULES,
    GRANT_TYPES,
    Client,
    ClientCredentials,
    ClientExists,
    ClientNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.oauth import ClientRules, Lifetimes
    from gatehouse.ports.oauth import Clients
    from gatehouse.ports.signing import Keyring
    from gatehouse.ports.world import Clock

CLIENT_ID_LENGTH = 28
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Keeps clients and knows their secrets."""

    clients: Clients
    keyring: Keyring
    clock: Clock

    def register(
        self,
        *,
        tenant: str,
        owner: str,
        name: str,
        grant_types: Collection[str],
        callback_url: str = "",
        saas: bool = False,
        lifetimes: Lifetimes = DEFAULT_LIFETIMES,
        rules: ClientRules = DEFAULT_RULES,
    ) -> Client:
        """A new client. Raises ClientExists, Invalid (`grant_types`, `callback_url`)."""
        client_id = "".join(secrets.choice(_ALPHABET) for _ in range(CLIENT_ID_LENGTH))
        client = Client(
            tenant=tenant,
            id=client_id,
            name=name,
            owner=owner,
            grant_types=known_grant_types(grant_types),
            secret_hash=secret_hash(client_secret(self.keyring, client_id, 1)),
            callback_url=checked_callback(callback_url, field="callback_url"),
            saas=saas,
            lifetimes=lifetimes,
            rules=rules,
            created_at=int(self.clock.now()),
            version=1,
        )
        self.clients.add(client)
        return client

    def register_once(
        self, *, tenant: str, owner: str, name: str, grant_types: Collection[str], callback_url: str, saas: bool
    ) -> Client:
        """The owner's client of this name as it stands, or else a new one. Raises Invalid (`grant_types`)."""
        grants = known_grant_types(grant_types)
        found = self.clients.named(tenant, owner, name)
        if found is not None:
            return found
        try:
            return self.register(
                tenant=tenant, owner=owner, name=name, grant_types=grants, callback_url=callback_url, saas=saas
            )
        except ClientExists:
            # Another request registered it between our look and our write; its answer is ours too.
            return self._found(self.clients.named(tenant, owner, name))

    def get(self, tenant: str, client_id: str) -> Client:
        """Raises ClientNotFound."""
        return self._found(self.clients.get(tenant, client_id))

    def credentials(self, client: Client) -> ClientCredentials:
        """The client's id and its present secret."""
        secret = client_secret(self.keyring, client.id, client.generation)
        return ClientCredentials(client_id=client.id, client_secret=secret)

    def update(
        self,
        *,
        tenant: str,
        client_id: str,
        grant_types: Collection[str],
        callback_url: str,
        lifetimes: Lifetimes,
    ) -> None:
        """Replace what may change of a client. Raises ClientNotFound, Changed, Invalid (`grant_types`)."""
        grants = known_grant_types(grant_types)
        client = self.get(tenant, client_id)
        self.clients.save(
            replace(
                client,
                grant_types=grants,
                callback_url=checked_callback(callback_url, field="callback_url"),
                lifetimes=lifetimes,
            )
        )

    def regenerate_secret(self, tenant: str, client_id: str) -> ClientCredentials:
        """The next generation's secret; this one's is dead. Raises ClientNotFound, Changed."""
        client = self.get(tenant, client_id)
        generation = client.generation + 1
        kept = secret_hash(client_secret(self.keyring, client.id, generation))
        return self.credentials(self.clients.save(replace(client, generation=generation, secret_hash=kept)))

    def delete(self, tenant: str, client_id: str) -> None:
        """Forget a client and void all its tokens; it need not be there."""
        client = self.clients.get(tenant, client_id)
        if client is not None:
            # Kept for ever: how long the client's tokens would live, nobody knows afterwards.
            key = revocation_key(tenant, RevocationKind.CLIENT, client_id)
            self.clients.remove(client, [Artifact(key, {"before": int(self.clock.now())})])

    def _found(self, client: Client | None) -> Client:
        if client is None:
            raise ClientNotFound
        return client


def known_grant_types(grant_types: Collection[str], *, field: str = "grant_types") -> frozenset[str]:
    """These grant types, every one of them known. Raises Invalid that names `field`."""
    unknown = sorted(set(grant_types) - GRANT_TYPES)
    if unknown:
        raise Invalid.field(field, f"unknown grant type '{unknown[0]}'")
    return frozenset(grant_types)
