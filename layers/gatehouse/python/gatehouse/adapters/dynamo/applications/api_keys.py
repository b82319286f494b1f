"""API keys in table `applications`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.api_key_revocation import RevocableApiKeys, by_age
from gatehouse.adapters.dynamo.applications.api_key_rows import bound_key_sk, bound_keys_pk
from gatehouse.adapters.dynamo.applications.rows import META, application_pk
from gatehouse.adapters.dynamo.table import Transaction, query
from gatehouse.domain.applications.api_key import api_key_end, api_key_grants
from gatehouse.domain.applications.application import Application
from gatehouse.domain.errors import Changed, Conflict

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.apis import ApiTable
    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey


class ApiKeyTable(RevocableApiKeys):
    """Implements `ports.applications.api_keys.ApiKeys`."""

    def __init__(self, table_name: str, apis: ApiTable, artifacts: ArtifactTable) -> None:
        """On the table of this name; `apis` and `artifacts` take part in its transactions."""
        super().__init__(table_name, artifacts)
        self._apis = apis

    def of_owner(self, tenant: str, owner: str, api_id: str = "") -> list[ApiKey]:
        """The user's keys that are bound to an API: to this one, or to any."""
        prefix = bound_key_sk(api_id) if api_id else ""
        return by_age(tenant, query(self._row, bound_keys_pk(tenant, owner), prefix=prefix))

    def add(self, key: ApiKey, bound_to: Application | Api) -> ApiKey:
        """Keep a new key; returns it with its version. Raises Changed when what it is bound to moved on."""
        transaction = Transaction()
        transaction.create(self._key_row(key), otherwise=Conflict(cause="key id taken", key=key.id))
        if isinstance(bound_to, Application):
            self._require_unchanged(transaction, bound_to)
        else:
            transaction.put(self._of_api(key))
            self._apis.require_unchanged(transaction, bound_to)
        self._commit(transaction, api_key_grants(key))
        return replace(key, version=1)

    def renew(self, key: ApiKey, renewed: ApiKey, application: Application | None = None) -> ApiKey:
        """Put a key in place of one read before; the old one opens nothing any more. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._key_row(renewed), expected_version=key.version)
        self._require_unchanged(transaction, application)
        self._commit(transaction, [api_key_end(key), *api_key_grants(renewed)])
        return replace(renewed, version=key.version + 1)

    def associate(self, key: ApiKey, application: Application) -> ApiKey:
        """Let a key that is bound to an API, and stands for no application, stand for this one. Raises Changed."""
        given = replace(key, application_id=application.id)
        transaction = Transaction()
        transaction.replace(self._key_row(given), expected_version=key.version)
        transaction.put(self._pointer(given))
        self._require_unchanged(transaction, application)
        self._commit(transaction, api_key_grants(given))
        return replace(given, version=key.version + 1)

    def _require_unchanged(self, transaction: Transaction, application: Application | None) -> None:
        """Go through only while the application is what was read, and tell who deletes it that it has one more."""
        if application is not None:
            meta = self._row(application_pk(application.tenant, application.id), META)
            moved = Changed(application=application.id)
            unchanged = self._row.version == application.version
            transaction.update(meta, [self._row.keys.add(1)], when=unchanged, otherwise=moved)
