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
from gatehouse.domain.application import KeyExists, application_grant, grant_key
from gatehouse.domain.artifact import Artifact, Withdrawal
from gatehouse.domain.errors import Changed
from gatehouse.domain.key_manager import KeyMapped

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.application import Application, ApplicationKey
    from gatehouse.domain.artifact import Change


class KeyTable:
    """Implements `ports.applications.ApplicationKeys` and `ports.key_managers.KeyManagerUses`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._artifacts = artifacts

    def of_application(self, tenant: str, application_id: str) -> list[ApplicationKey]:
        """Every key of the application, by type and key manager."""
        found = query(self._row, application_pk(tenant, application_id), prefix=KEY)
        return [key_of(tenant, row) for row in found]

    def add(self, key: ApplicationKey, application: Application) -> ApplicationKey:
        """Keep a new key; returns it with its version. Raises KeyExists, KeyMapped, Changed (the application moved on)."""
        transaction = Transaction()
        transaction.create(self._key_row(key), otherwise=KeyExists(application=key.application_id))
        if key.key_manager_id:
            transaction.create(self._client(key), otherwise=KeyMapped(application=key.application_id))
        transaction.update(self._meta(key), [self._row.keys.add(1)], when=self._row.version == application.version)
        grant = application_grant(application, key).to_body()
        self._commit(transaction, Artifact(grant_key(key), grant))
        return replace(key, version=1)

    def save(self, key: ApplicationKey) -> ApplicationKey:
        """Replace a key read before, but not its client; returns it with its new version. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._key_row(key), expected_version=key.version)
        transaction.commit()
        return replace(key, version=key.version + 1)

    def remove(self, key: ApplicationKey) -> None:
        """Forget a key read before. Raises Changed."""
        transaction = Transaction()
        transaction.delete(self._key_row(key), when=self._row.version == key.version, otherwise=Changed())
        if key.key_manager_id:
            transaction.delete(self._client(key))
        transaction.update(self._meta(key), [self._row.keys.add(1)], when=self._row.pk.exists())
        self._commit(transaction, Withdrawal(grant_key(key)))

    def uses(self, tenant: str, key_manager_id: str) -> bool:
        """Whether an application has a key at this external key manager."""
        return any(query(self._row, clients_pk(tenant, key_manager_id), limit=1))

    def _key_row(self, key: ApplicationKey) -> ApplicationRow:
        return self._row(application_pk(key.tenant, key.application_id), key_sk(key), body=key_body(key))

    def _client(self, key: ApplicationKey) -> ApplicationRow:
        body = {"application_id": key.application_id}
        return self._row(client_pk(key), key.client_id, body=body)

    def _meta(self, key: ApplicationKey) -> ApplicationRow:
        return self._row(application_pk(key.tenant, key.application_id), META)

    def _commit(self, transaction: Transaction, change: Change) -> None:
        self._artifacts.join(transaction, [change])
        transaction.commit()
        self._artifacts.announce([change])
