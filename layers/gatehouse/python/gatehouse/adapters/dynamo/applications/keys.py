"""Keys of applications in table `applications`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.rows import (
    KEY,
    META,
    ApplicationRow,
    application_pk,
    client_pk,
    clients_pk,
    key_body,
    key_of,
    key_sk,
)
from gatehouse.adapters.dynamo.table import Transaction, bind, query
from gatehouse.domain.applications.application import KeyExists, application_grant, grant_key
from gatehouse.domain.artifact import Artifact, Withdrawal
from gatehouse.domain.errors import Changed
from gatehouse.domain.tokens.key_manager import KeyMapped
from gatehouse.ports.tokens.key_managers import KeyManagerUser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.applications.application import Application, ApplicationKey
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.publishing.workflows import Along


class KeyTable:
    """Implements `ports.applications.applications.ApplicationKeys` and `ports.tokens.key_managers.KeyManagerUses`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._artifacts = artifacts

    def of_application(self, tenant: str, application_id: str) -> list[ApplicationKey]:
        """Every key of the application, by type and key manager."""
        found = query(self._row, application_pk(tenant, application_id), prefix=KEY)
        return [key_of(tenant, row) for row in found]

    def add(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Keep a new key; returns it with its version. Raises KeyExists, KeyMapped, Changed (the application moved on)."""
        transaction = Transaction()
        transaction.create(self._key_row(key), otherwise=KeyExists(application=key.application_id))
        self._grant(transaction, key, application, along)
        return replace(key, version=1)

    def complete(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Replace a key read before, which has a client now; returns it. Raises KeyMapped, Changed."""
        transaction = Transaction()
        transaction.replace(self._key_row(key), expected_version=key.version)
        self._grant(transaction, key, application, along)
        return replace(key, version=key.version + 1)

    def save(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Replace a key read before, but not its client; returns it with its new version. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._key_row(key), expected_version=key.version)
        self._commit(transaction, (), along)
        return replace(key, version=key.version + 1)

    def remove(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> None:
        """Forget a key read before. Raises Changed."""
        transaction = Transaction()
        transaction.delete(self._key_row(key), when=self._row.version == key.version, otherwise=Changed())
        if key.client_id:
            transaction.delete(self._client(key))
        transaction.update(self._meta(key), [self._row.keys.add(1)], when=self._row.pk.exists())
        self._commit(transaction, [Withdrawal(grant_key(key))] if key.client_id else [], along)

    def uses(self, tenant: str, key_manager_id: str) -> bool:
        """Whether an application has a key at this key manager."""
        return any(query(self._row, clients_pk(tenant, key_manager_id), limit=1))

    def users(self, tenant: str, key_manager_id: str) -> list[KeyManagerUser]:
        """The applications that have keys there."""
        rows = query(self._row, clients_pk(tenant, key_manager_id))
        return sorted({KeyManagerUser(str(row.body["tenant"]), str(row.body["application_id"])) for row in rows})

    def _key_row(self, key: ApplicationKey) -> ApplicationRow:
        return self._row(application_pk(key.tenant, key.application_id), key_sk(key), body=key_body(key))

    def _client(self, key: ApplicationKey) -> ApplicationRow:
        body = {"application_id": key.application_id, "tenant": key.tenant}
        return self._row(client_pk(key), key.client_id, body=body)

    def _meta(self, key: ApplicationKey) -> ApplicationRow:
        return self._row(application_pk(key.tenant, key.application_id), META)

    def _grant(
        self, transaction: Transaction, key: ApplicationKey, application: Application, along: Sequence[Along]
    ) -> None:
        """Count the key among its application's, and let its client, if it has one, stand for the application."""
        changes: list[Change] = []
        if key.client_id:
            transaction.create(self._client(key), otherwise=KeyMapped(application=key.application_id))
            changes.append(Artifact(grant_key(key), application_grant(application, key).to_body()))
        transaction.update(self._meta(key), [self._row.keys.add(1)], when=self._row.version == application.version)
        self._commit(transaction, changes, along)

    def _commit(self, transaction: Transaction, changes: Sequence[Change], along: Sequence[Along]) -> None:
        for write in along:
            write(transaction)
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)
