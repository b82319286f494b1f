"""Clients in table `oauth`.

Names belong to owners, not to the whole tenant: registration answers a known name with its secret, and one user's secret
is not another's to have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.oauth.rows import META, OAuthRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get
from gatehouse.domain import body as bodies
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.tokens.oauth import Client, ClientExists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change


class ClientTable:
    """Implements `ports.tokens.oauth.Clients`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in the transactions that void tokens."""
        self._row = bind(OAuthRow, table_name)
        self._artifacts = artifacts

    def get(self, tenant: str, client_id: str) -> Client | None:
        """The client with this id, or None."""
        row = get(self._row, _client_pk(tenant, client_id), META)
        return _client(tenant, row) if row else None

    def find(self, client_id: str) -> Client | None:
        """The client with this id, of whatever tenant."""
        directory = get(self._row, _directory_pk(client_id), META)
        return self.get(str(directory.body["tenant"]), client_id) if directory else None

    def named(self, tenant: str, owner: str, name: str) -> Client | None:
        """The owner's client of this name, or None."""
        sentinel = get(self._row, _names_pk(tenant, owner), name)
        return self.get(tenant, str(sentinel.body["id"])) if sentinel else None

    def add(self, client: Client) -> None:
        """Raises ClientExists."""
        transaction = Transaction()
        transaction.create(self._name(client), otherwise=ClientExists(client_name=client.name))
        transaction.create(self._client_row(client), otherwise=Conflict(cause="client id taken"))
        transaction.create(self._directory(client), otherwise=Conflict(cause="client id taken"))
        transaction.commit()

    def save(self, client: Client) -> Client:
        """Replace a client read before; returns it with its new version. Raises Changed."""
        row = self._client_row(client)
        transaction = Transaction()
        transaction.replace(row, expected_version=client.version)
        transaction.commit()
        return _client(client.tenant, row)

    def hand_over(self, client: Client, owner: str) -> Client:
        """Give a client read before to another owner; returns it with its new version. Raises ClientExists, Changed."""
        given = replace(client, owner=owner)
        row, transaction = self._client_row(given), Transaction()
        transaction.replace(row, expected_version=client.version)
        if owner.lower() != client.owner.lower():
            transaction.delete(self._name(client))
            transaction.create(self._name(given), otherwise=ClientExists(client_name=client.name))
        transaction.commit()
        return _client(client.tenant, row)

    def remove(self, client: Client, changes: Sequence[Change]) -> None:
        """Forget a client read before, and write these artifact changes in the same transaction. Raises Changed."""
        unchanged = self._row.version == client.version
        transaction = Transaction()
        transaction.delete(self._client_row(client), when=unchanged, otherwise=Changed())
        transaction.delete(self._name(client))
        transaction.delete(self._directory(client))
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _client_row(self, client: Client) -> OAuthRow:
        body = bodies.to_body(client) | {"grant_types": sorted(client.grant_types)}
        for key in ("tenant", "version"):  # they are the row's own
            body.pop(key, None)
        return self._row(_client_pk(client.tenant, client.id), META, body=body)

    def _name(self, client: Client) -> OAuthRow:
        return self._row(_names_pk(client.tenant, client.owner), client.name, body={"id": client.id})

    def _directory(self, client: Client) -> OAuthRow:
        return self._row(_directory_pk(client.id), META, body={"tenant": client.tenant})


def _client_pk(tenant: str, client_id: str) -> str:
    return f"{tenant}#CLIENT#{client_id}"


def _directory_pk(client_id: str) -> str:
    return f"CLIENT#{client_id}"


def _names_pk(tenant: str, owner: str) -> str:
    return f"{tenant}#CLIENTNAME#{owner.lower()}"


def _client(tenant: str, row: OAuthRow) -> Client:
    return bodies.from_body(Client, {**row.body, "tenant": tenant, "version": int(row.version)})
