"""External key managers in table `settings`.

| pk               | sk               | body                                                               |
|------------------|------------------|--------------------------------------------------------------------|
| `T#KEYMANAGERS`  | lower-case name  | `{id, name, issuer, document}`; also the list, by name             |
| `T#KEYMANAGERID` | id               | `{name}`: what the id stands for                                   |
| `T#ISSUERS`      | issuer           | `{id}`: a token's issuer stands for one key manager; also aliases  |

Those of all tenants stand under `WSO2-ALL-TENANTS`. How the gateway checks their tokens is an artifact; it is written in the
same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.settings import SettingsRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.artifact import Artifact, Withdrawal, issuer_key
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.tokens.key_manager import ExternalKeyManager, IssuerTaken, KeyManagerExists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.tokens.issuer import Issuer


class KeyManagerTable:
    """Implements `ports.tokens.key_managers.KeyManagers`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(SettingsRow, table_name)
        self._artifacts = artifacts

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager | None:
        """The key manager with this id, or None."""
        pointer = get(self._row, _ids_pk(tenant), key_manager_id)
        found = self.named(tenant, str(pointer.body["name"])) if pointer else None
        # Between the two reads the name may have gone to another.
        return found if found and found.id == key_manager_id else None

    def named(self, tenant: str, name: str) -> ExternalKeyManager | None:
        """The key manager of this name, without regard to case, or None."""
        row = get(self._row, _pk(tenant), name.lower())
        return _key_manager(tenant, row) if row else None

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        """Every external key manager of the tenant, by name."""
        return [_key_manager(tenant, row) for row in query(self._row, _pk(tenant))]

    def add(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        """Keep a new one; returns it with its version. Raises KeyManagerExists, IssuerTaken."""
        transaction = Transaction()
        transaction.create(self._main(key_manager), otherwise=KeyManagerExists(key_manager=key_manager.name))
        for name in key_manager.issuers:
            transaction.create(self._issuer(key_manager, name), otherwise=IssuerTaken(issuer=name))
        transaction.create(self._pointer(key_manager), otherwise=Conflict(cause="id taken", id=key_manager.id))
        self._commit(transaction, [_artifact(key_manager, issuer)])
        return replace(key_manager, version=1)

    def save(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        """Replace one read before; returns it with its new version. Raises IssuerTaken, Changed."""
        known = self.named(key_manager.tenant, key_manager.name)
        if known is None or known.version != key_manager.version or known.id != key_manager.id:
            raise Changed(key_manager=key_manager.id)
        transaction = Transaction()
        transaction.replace(self._main(key_manager), expected_version=key_manager.version)
        changes: list[Change] = [_artifact(key_manager, issuer)]
        for name in known.issuers:
            if name not in key_manager.issuers:
                transaction.delete(self._issuer(known, name))
        for name in key_manager.issuers:
            if name not in known.issuers:
                transaction.create(self._issuer(key_manager, name), otherwise=IssuerTaken(issuer=name))
        if known.issuer != key_manager.issuer:
            changes.append(Withdrawal(issuer_key(known.tenant, known.issuer)))
        self._commit(transaction, changes)
        return replace(key_manager, version=key_manager.version + 1)

    def remove(self, key_manager: ExternalKeyManager) -> None:
        """Forget one read before, and its issuers. Raises Changed."""
        unchanged = self._row.version == key_manager.version
        transaction = Transaction()
        transaction.delete(self._main(key_manager), when=unchanged, otherwise=Changed())
        for name in key_manager.issuers:
            transaction.delete(self._issuer(key_manager, name))
        transaction.delete(self._pointer(key_manager))
        self._commit(transaction, [Withdrawal(issuer_key(key_manager.tenant, key_manager.issuer))])

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _main(self, key_manager: ExternalKeyManager) -> SettingsRow:
        body = {
            "id": key_manager.id,
            "name": key_manager.name,
            "issuer": key_manager.issuer,
            "document": dict(key_manager.document),
        }
        return self._row(_pk(key_manager.tenant), key_manager.name.lower(), body=body)

    def _pointer(self, key_manager: ExternalKeyManager) -> SettingsRow:
        return self._row(_ids_pk(key_manager.tenant), key_manager.id, body={"name": key_manager.name})

    def _issuer(self, key_manager: ExternalKeyManager, name: str) -> SettingsRow:
        return self._row(f"{key_manager.tenant}#ISSUERS", name, body={"id": key_manager.id})


def _pk(tenant: str) -> str:
    return f"{tenant}#KEYMANAGERS"


def _ids_pk(tenant: str) -> str:
    return f"{tenant}#KEYMANAGERID"


def _artifact(key_manager: ExternalKeyManager, issuer: Issuer) -> Artifact:
    return Artifact(issuer_key(key_manager.tenant, key_manager.issuer), issuer.to_body())


def _key_manager(tenant: str, row: SettingsRow) -> ExternalKeyManager:
    return ExternalKeyManager(**row.body, tenant=tenant, version=int(row.version))
