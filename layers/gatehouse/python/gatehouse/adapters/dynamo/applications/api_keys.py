"""API keys in table `applications`."""

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
    bound_key_sk,
    bound_keys_pk,
    place_of,
)
from gatehouse.adapters.dynamo.applications.rows import ACTIONS_MAX, META, ApplicationRow, application_pk, parts
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, query
from gatehouse.domain.api_key import api_key_grant
from gatehouse.domain.artifact import Artifact, Withdrawal, api_key_key
from gatehouse.domain.errors import Changed, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.api_key import ApiKey
    from gatehouse.domain.application import Application
    from gatehouse.domain.artifact import Change

RELEASE_ATTEMPTS = 5
"""How often a deleted application lets go of keys that change in that very moment."""


class ApiKeyTable:
    """Implements `ports.api_keys.ApiKeys`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._artifacts = artifacts

    def of_application(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to the application."""
        return _sorted(tenant, query(self._row, application_pk(tenant, application_id), prefix=API_KEY))

    def associated(self, tenant: str, application_id: str) -> list[ApiKey]:
        """The keys that are bound to an API and associated with the application."""
        pointers = query(self._row, application_pk(tenant, application_id), prefix=ASSOCIATION)
        places = [(str(row.body["pk"]), str(row.body["sk"])) for row in pointers]
        found = _sorted(tenant, batch(self._row, places) if places else ())
        # Between the two reads a key may have been given to another application.
        return [key for key in found if key.application_id == application_id]

    def of_owner(self, tenant: str, owner: str, api_id: str = "") -> list[ApiKey]:
        """The user's keys that are bound to an API: to this one, or to any."""
        prefix = bound_key_sk(api_id) if api_id else ""
        return _sorted(tenant, query(self._row, bound_keys_pk(tenant, owner), prefix=prefix))

    def add(self, key: ApiKey, application: Application | None = None) -> ApiKey:
        """Keep a new key; returns it with its version. Raises Changed (the application moved on)."""
        transaction = Transaction()
        transaction.create(self._key_row(key), otherwise=Conflict(cause="key id taken", key=key.id))
        self._require_unchanged(transaction, application)
        self._commit(transaction, [_artifact(key)])
        return replace(key, version=1)

    def renew(self, key: ApiKey, renewed: ApiKey, application: Application | None = None) -> ApiKey:
        """Put a key in place of one read before; the old one opens nothing any more. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._key_row(renewed), expected_version=key.version)
        self._require_unchanged(transaction, application)
        self._commit(transaction, [_withdrawal(key), _artifact(renewed)])
        return replace(renewed, version=key.version + 1)

    def associate(self, key: ApiKey, application: Application) -> ApiKey:
        """Let a key that is bound to an API, and stands for no application, stand for this one. Raises Changed."""
        given = replace(key, application_id=application.id)
        transaction = Transaction()
        transaction.replace(self._key_row(given), expected_version=key.version)
        transaction.put(self._pointer(given))
        self._require_unchanged(transaction, application)
        self._commit(transaction, [_artifact(given)])
        return replace(given, version=key.version + 1)

    def dissociate(self, key: ApiKey) -> ApiKey:
        """Let an associated key stand for no application. Raises Changed."""
        freed = replace(key, application_id="")
        transaction = Transaction()
        transaction.replace(self._key_row(freed), expected_version=key.version)
        self._let_go(transaction, key)
        self._commit(transaction, [_artifact(freed)])
        return replace(freed, version=key.version + 1)

    def remove(self, key: ApiKey) -> None:
        """Revoke a key read before. Raises Changed."""
        transaction = Transaction()
        transaction.delete(self._key_row(key), when=self._row.version == key.version, otherwise=Changed(key=key.id))
        self._let_go(transaction, key)
        self._commit(transaction, [_withdrawal(key)])

    def withdraw_all(self, application: Application) -> None:
        """Take the keys of an application that is marked as being deleted from the gateway. May be repeated."""
        keys = self.of_application(application.tenant, application.id)
        for part in parts([_withdrawal(key) for key in keys], ACTIONS_MAX):
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

    def _require_unchanged(self, transaction: Transaction, application: Application | None) -> None:
        """Go through only while the application is what was read, and tell who deletes it that it has one more."""
        if application is not None:
            meta = self._row(application_pk(application.tenant, application.id), META)
            moved = Changed(application=application.id)
            unchanged = self._row.version == application.version
            transaction.update(meta, [self._row.keys.add(1)], when=unchanged, otherwise=moved)

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

    def _pointer(self, key: ApiKey) -> ApplicationRow:
        pk, sk = place_of(key)
        return self._row(application_pk(key.tenant, key.application_id), association_sk(key), body={"pk": pk, "sk": sk})


def _sorted(tenant: str, rows: Iterable[ApplicationRow]) -> list[ApiKey]:
    keys = (api_key_of(tenant, row) for row in rows)
    return sorted(keys, key=lambda key: (key.created_at, key.id))


def _artifact(key: ApiKey) -> Artifact:
    # What has expired may go; until it does, the gateway looks at the time.
    return Artifact(api_key_key(key.tenant, key.digest), api_key_grant(key).to_body(), expires_at=key.expires_at)


def _withdrawal(key: ApiKey) -> Withdrawal:
    return Withdrawal(api_key_key(key.tenant, key.digest))
