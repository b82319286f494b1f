"""Table `oauth`: clients and refresh tokens.

| pk                    | sk     | body                                                                    |
|-----------------------|--------|-------------------------------------------------------------------------|
| `T#CLIENT#<id>`       | `META` | the client                                                              |
| `T#CLIENTNAME#<owner>`| name   | `{id}`: a name is unique among its owner's clients                      |
| `CLIENT#<id>`         | `META` | `{tenant}`: the one key without a tenant, because the tenant is the question |
| `T#REFRESH#<sha256>`  | `META` | what the refresh token stands for; TTL                                  |

Names belong to owners, not to the whole tenant: registration answers a known name with its secret, and one user's secret
is not another's to have.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.oauth import Client, ClientExists, InvalidGrant, Lifetimes, RefreshGrant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change

META = "META"


class OAuthRow(Row):
    """One row of table `oauth`."""


class ClientTable:
    """Implements `ports.oauth.Clients`."""

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
        body = asdict(client) | {"grant_types": sorted(client.grant_types)}
        for key in ("tenant", "version"):  # they are the row's own
            del body[key]
        return self._row(_client_pk(client.tenant, client.id), META, body=body)

    def _name(self, client: Client) -> OAuthRow:
        return self._row(_names_pk(client.tenant, client.owner), client.name, body={"id": client.id})

    def _directory(self, client: Client) -> OAuthRow:
        return self._row(_directory_pk(client.id), META, body={"tenant": client.tenant})


class RefreshTable:
    """Implements `ports.oauth.RefreshTokens`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(OAuthRow, table_name)

    def get(self, tenant: str, digest: str) -> RefreshGrant | None:
        """What the token with this digest stands for, or None."""
        row = get(self._row, _refresh_pk(tenant, digest), META)
        # TTL deletes lag by up to two days, so expiry is checked on reading too.
        return _grant(digest, row) if row and row.ttl and int(row.ttl) > time.time() else None

    def add(self, tenant: str, grant: RefreshGrant) -> None:
        """Keep a new one."""
        transaction = Transaction()
        transaction.put(self._grant_row(tenant, grant))
        transaction.commit()

    def rotate(self, tenant: str, used: RefreshGrant, new: RefreshGrant) -> None:
        """Keep `new` in place of `used`. Raises InvalidGrant when another request has used that already."""
        transaction = Transaction()
        old = self._row(_refresh_pk(tenant, used.digest), META)
        transaction.delete(old, when=self._row.pk.exists(), otherwise=InvalidGrant(cause="used twice"))
        transaction.put(self._grant_row(tenant, new))
        try:
            transaction.commit()
        except Changed as error:  # both at the very same time: neither shall have two
            raise InvalidGrant(cause="used twice at once") from error

    def remove(self, tenant: str, digest: str) -> None:
        """Forget one; it need not be there."""
        transaction = Transaction()
        transaction.delete(self._row(_refresh_pk(tenant, digest), META))
        transaction.commit()

    def _grant_row(self, tenant: str, grant: RefreshGrant) -> OAuthRow:
        body = asdict(grant)
        del body["digest"]
        return self._row(_refresh_pk(tenant, grant.digest), META, body=body, ttl=grant.expires_at)


def _client_pk(tenant: str, client_id: str) -> str:
    return f"{tenant}#CLIENT#{client_id}"


def _directory_pk(client_id: str) -> str:
    return f"CLIENT#{client_id}"


def _names_pk(tenant: str, owner: str) -> str:
    return f"{tenant}#CLIENTNAME#{owner.lower()}"


def _refresh_pk(tenant: str, digest: str) -> str:
    return f"{tenant}#REFRESH#{digest}"


def _client(tenant: str, row: OAuthRow) -> Client:
    body: dict[str, Any] = row.body
    restored = {"grant_types": frozenset(body["grant_types"]), "lifetimes": Lifetimes(**body["lifetimes"])}
    return Client(**(body | restored), tenant=tenant, version=int(row.version))


def _grant(digest: str, row: OAuthRow) -> RefreshGrant:
    body: dict[str, Any] = row.body
    return RefreshGrant(**(body | {"scopes": tuple(body["scopes"])}), digest=digest)
