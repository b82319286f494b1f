"""API keys in table `applications`, as they end: one by one, with their application, or with their API."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.api_key_rows import (
    API_KEY,
    ASSOCIATION,
    api_key_body,
    api_key_of,
    association_sk,
    keys_of_api_pk,
    place_of,
)
from gatehouse.adapters.dynamo.applications.rows import ACTIONS_MAX, ApplicationRow, application_pk, parts
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, query
from gatehouse.domain.applications.api_key import api_key_end, api_key_grants
from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.artifact import Change

RELEASE_ATTEMPTS = 5
"""How often a deleted application, or API, is rid of keys that change in that very moment."""


class RevocableApiKeys:
    """Implements `ports.applications.api_keys.ApiBoundKeys`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._artifacts = artifacts

    def of_application(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to the application."""
        return by_age(tenant, query(self._row, application_pk(tenant, application_id), prefix=API_KEY))

    def associated(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to an API and associated with the application."""
        pointers = query(self._row, application_pk(tenant, application_id), prefix=ASSOCIATION)
        places = [(str(row.body["pk"]), str(row.body["sk"])) for row in pointers]
        found = by_age(tenant, batch(self._row, places) if places else ())
        # Between the two reads a key may have been given to another application.
        return [key for key in found if key.application_id == application_id]

    def dissociate(self, key: ApiKey) -> ApiKey:
        """Let an associated key stand for no application. Raises Changed."""
        freed = replace(key, application_id="")
        transaction = Transaction()
        transaction.replace(self._key_row(freed), expected_version=key.version)
        self._let_go(transaction, key)
        self._commit(transaction, api_key_grants(freed))
        return replace(freed, version=key.version + 1)

    def remove(self, key: ApiKey) -> None:
        """Revoke a key read before. Raises Changed."""
        transaction = Transaction()
        transaction.delete(self._key_row(key), when=self._row.version == key.version, otherwise=Changed(key=key.id))
        self._let_go(transaction, key)
        if key.api_id:
            listed = self._of_api(key)
            transaction.delete(self._row(listed.pk, listed.sk))
        self._commit(transaction, [api_key_end(key)])

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        """Revoke every key that is bound to the API. May be repeated. Raises Changed when they do not stop changing."""
        for _ in range(RELEASE_ATTEMPTS):
            pointers = query(self._row, keys_of_api_pk(tenant, api_id))
            places = [(str(row.body["pk"]), str(row.body["sk"])) for row in pointers]
            if not places:
                return
            for key in by_age(tenant, batch(self._row, places)):
                with suppress(Changed):  # somebody was faster; look again
                    self.remove(key)
        raise Changed(api=api_id)

    def withdraw_all(self, application: Application) -> None:
        """Take the keys of an application that is marked as being deleted from the gateway. May be repeated."""
        keys = self.of_application(application.tenant, application.id)
        for part in parts([api_key_end(key) for key in keys], ACTIONS_MAX):
            self._artifacts.publish(part)

    def remove_all(self, application: Application) -> None:
        """Forget the keys of a withdrawn application, and let go of those that are bound to APIs. May be repeated.

        Raises Changed when keys do not stop changing.
        """
        tenant, application_id = application.tenant, application.id
        for part in parts(self.of_application(tenant, application_id), ACTIONS_MAX):
            transaction = Transaction()
            for key in part:
                transaction.delete(self._row(*place_of(key)))
            transaction.commit()
        for _ in range(RELEASE_ATTEMPTS):
            keys = self.associated(tenant, application_id)
            if not keys:
                return
            for key in keys:
                with suppress(Changed):  # somebody was faster; look again
                    self.dissociate(key)
        raise Changed(application=application_id)

    def _let_go(self, transaction: Transaction, key: ApiKey) -> None:
        if key.api_id and key.application_id:
            pointer = self._pointer(key)
            transaction.delete(self._row(pointer.pk, pointer.sk))

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _key_row(self, key: ApiKey) -> ApplicationRow:
        return self._row(*place_of(key), body=api_key_body(key))

    def _of_api(self, key: ApiKey) -> ApplicationRow:
        pk, sk = place_of(key)
        return self._row(keys_of_api_pk(key.tenant, key.api_id), key.id, body={"pk": pk, "sk": sk})

    def _pointer(self, key: ApiKey) -> ApplicationRow:
        pk, sk = place_of(key)
        return self._row(application_pk(key.tenant, key.application_id), association_sk(key), body={"pk": pk, "sk": sk})


def by_age(tenant: str, rows: Iterable[ApplicationRow]) -> list[ApiKey]:
    """The keys in these rows, oldest first."""
    keys = (api_key_of(tenant, row) for row in rows)
    return sorted(keys, key=lambda key: (key.created_at, key.id))
