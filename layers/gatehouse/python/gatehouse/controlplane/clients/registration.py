"""Registration: clients come, change and go (RFC 7591 in spirit; WSO2's interface is older than it).

A client's name is unique among its owner's clients, not in the tenant: registering a known name answers its secret, and
with tenant-wide names anybody could ask for another user's secret.
"""

from __future__ import annotations

import secrets
import string
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.clients.client_secret import client_secret, secret_hash
from gatehouse.controlplane.clients.redirect_uri import checked_callback
from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.authorization import new_secret
from gatehouse.domain.tokens.oauth import (
    DEFAULT_LIFETIMES,
    DEFAULT_RULES,
    FIRST_SECRET,
    FOREVER_SECONDS,
    GRANT_TYPES,
    NOT_SERVED,
    SECRETS_MAX,
    Client,
    ClientCredentials,
    ClientExists,
    ClientNotFound,
    ClientSecret,
    LastSecret,
    NewSecret,
    SecretFacts,
    SecretNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tokens.oauth import Clients
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.world import Clock

CLIENT_ID_LENGTH = 28
DESCRIPTION_MAX = 255
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Keeps clients and knows their secrets."""

    clients: Clients
    tenants: Tenants
    publication: Publication
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
        rules: ClientRules = DEFAULT_RULES,
    ) -> None:
        """Replace what may change of a client; of the rules, those about secrets and PKCE.

        Raises ClientNotFound, Changed, Invalid (`grant_types`, `callback_url`).
        """
        grants = known_grant_types(grant_types)
        client = self.get(tenant, client_id)
        self.clients.save(
            replace(
                client,
                grant_types=grants,
                callback_url=checked_callback(callback_url, field="callback_url"),
                lifetimes=lifetimes,
                rules=replace(
                    client.rules,
                    public=rules.public,
                    pkce_mandatory=rules.pkce_mandatory,
                    pkce_plain=rules.pkce_plain,
                ),
            )
        )

    def regenerate_secret(self, tenant: str, client_id: str) -> ClientCredentials:
        """The next generation's secret; this one's is dead. Raises ClientNotFound, Changed."""
        client = self.get(tenant, client_id)
        generation = client.generation + 1
        kept = secret_hash(client_secret(self.keyring, client.id, generation))
        return self.credentials(self.clients.save(replace(client, generation=generation, secret_hash=kept)))

    def add_secret(self, tenant: str, client_id: str, description: str, expires_in: int) -> NewSecret:
        """A further secret; those that are there stay good. Raises ClientNotFound, Changed, Invalid (`description`, …)."""
        client, now = self.get(tenant, client_id), int(self.clock.now())
        if len(description) > DESCRIPTION_MAX:
            raise Invalid.field("description", f"must not be longer than {DESCRIPTION_MAX} characters")
        if not 0 <= expires_in <= FOREVER_SECONDS:
            raise Invalid.field("expiresIn", "must be a number of seconds, 0 for never")
        expires_at = now + expires_in if expires_in else 0
        alive = tuple(one for one in client.secrets if not one.expires_at or one.expires_at > now)
        if len(alive) >= SECRETS_MAX:
            raise Invalid.field("", f"a client has no more than {SECRETS_MAX} secrets besides its first")
        value = new_secret()
        made = ClientSecret(
            id=str(uuid.uuid4()),
            hash=secret_hash(value),
            description=description,
            created_at=now,
            expires_at=expires_at,
        )
        self.clients.save(replace(client, secrets=(*alive, made)))
        return NewSecret(id=made.id, value=value, created_at=now, expires_at=expires_at)

    def secrets(self, tenant: str, client_id: str) -> list[SecretFacts]:
        """What secrets the client has, without themselves. Raises ClientNotFound."""
        client = self.get(tenant, client_id)
        first = SecretFacts(id=FIRST_SECRET, description="", created_at=client.created_at, expires_at=0)
        further = [
            SecretFacts(id=one.id, description=one.description, created_at=one.created_at, expires_at=one.expires_at)
            for one in client.secrets
        ]
        return [*([first] if client.secret_hash else []), *further]

    def remove_secret(self, tenant: str, client_id: str, secret_id: str) -> None:
        """Void one. Raises ClientNotFound, SecretNotFound, LastSecret, Changed."""
        client, now = self.get(tenant, client_id), self.clock.now()
        if secret_id not in {one.id for one in self.secrets(tenant, client_id)}:
            raise SecretNotFound
        left = tuple(one for one in client.secrets if one.id != secret_id)
        first = "" if secret_id == FIRST_SECRET else client.secret_hash
        if not first and not any(not one.expires_at or one.expires_at > now for one in left):
            raise LastSecret
        self.clients.save(replace(client, secrets=left, secret_hash=first))

    def hand_over(self, tenant: str, client_id: str, owner: str) -> None:
        """Give a client to another user of its tenant. Raises ClientNotFound, ClientExists, Changed."""
        self.clients.hand_over(self.get(tenant, client_id), owner)

    def delete(self, tenant: str, client_id: str) -> None:
        """Forget a client and void all its tokens, in every tenant that it serves; it need not be there."""
        client = self.clients.get(tenant, client_id)
        if client is None:
            return
        # Elsewhere first: while the client is there, this can be repeated. What is issued meanwhile is void as well.
        for served in self.tenants.all() if client.saas else ():
            if served.domain != tenant:
                self.publication.publish([self._end(served.domain, client_id)])
        self.clients.remove(client, [self._end(tenant, client_id)])

    def _end(self, tenant: str, client_id: str) -> Artifact:
        # Of any age, and kept for ever: nobody gets this id again, and how long its tokens would live nobody knows.
        before = int(self.clock.now()) + FOREVER_SECONDS
        return Artifact(revocation_key(tenant, RevocationKind.CLIENT, client_id), {"before": before})

    def _found(self, client: Client | None) -> Client:
        if client is None:
            raise ClientNotFound
        return client


def known_grant_types(grant_types: Collection[str], *, field: str = "grant_types") -> frozenset[str]:
    """These grant types, every one of them known. Raises Invalid that names `field`."""
    for unknown in sorted(set(grant_types) - GRANT_TYPES):
        if reason := NOT_SERVED.get(unknown):
            raise Invalid.field(field, f"'{unknown}' {reason}")
        raise Invalid.field(field, f"unknown grant type '{unknown}'")
    return frozenset(grant_types)
