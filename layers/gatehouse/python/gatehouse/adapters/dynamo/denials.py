"""Deny policies in table `settings`.

| pk             | sk               | body                                                    |
|----------------|------------------|---------------------------------------------------------|
| `T#DENY`       | id               | the denial; also the list                               |
| `T#DENYVALUE`  | kind and value   | `{id}`: the same is shut out once; the value is hashed  |

Those that are on are artifacts as well, written in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.settings import SettingsRow
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.artifact import Artifact, Withdrawal, denial_key
from gatehouse.domain.throttling.counter_key import hashed
from gatehouse.domain.throttling.denial import Denial, DenialExists, DenialNotFound

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change


class DenialTable:
    """Implements `ports.throttling.denials.Denials`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(SettingsRow, table_name)
        self._artifacts = artifacts

    def all(self, tenant: str) -> list[Denial]:
        """Every one of the tenant, by id."""
        return [Denial.from_body(row.body) for row in query(self._row, _pk(tenant))]

    def get(self, tenant: str, denial_id: str) -> Denial | None:
        """The one with this id, or None."""
        row = get(self._row, _pk(tenant), denial_id)
        return Denial.from_body(row.body) if row else None

    def add(self, tenant: str, denial: Denial) -> None:
        """Keep a new one. Raises DenialExists."""
        transaction = Transaction()
        transaction.create(self._sentinel(tenant, denial), otherwise=DenialExists(value=denial.value))
        transaction.create(self._main(tenant, denial), otherwise=DenialExists(id=denial.id))
        self._commit(transaction, _change(tenant, denial))

    def save(self, tenant: str, denial: Denial) -> None:
        """Keep it on or off. Raises DenialNotFound."""
        transaction = Transaction()
        gone = DenialNotFound(id=denial.id)
        transaction.put(self._main(tenant, denial), when=self._row.pk.exists(), otherwise=gone)
        self._commit(transaction, _change(tenant, denial))

    def remove(self, tenant: str, denial: Denial) -> None:
        """Forget it."""
        transaction = Transaction()
        transaction.delete(self._main(tenant, denial))
        transaction.delete(self._sentinel(tenant, denial))
        self._commit(transaction, Withdrawal(denial_key(tenant, denial.id)))

    def _commit(self, transaction: Transaction, change: Change) -> None:
        self._artifacts.join(transaction, [change])
        transaction.commit()
        self._artifacts.announce([change])

    def _main(self, tenant: str, denial: Denial) -> SettingsRow:
        return self._row(_pk(tenant), denial.id, body=denial.to_body())

    def _sentinel(self, tenant: str, denial: Denial) -> SettingsRow:
        sign = "!" if denial.inverted else ""
        return self._row(f"{tenant}#DENYVALUE", f"{denial.kind} {sign}{hashed(denial.value)}", body={"id": denial.id})


def _change(tenant: str, denial: Denial) -> Change:
    key = denial_key(tenant, denial.id)
    return Artifact(key, denial.to_body(), denial.until) if denial.enabled else Withdrawal(key)


def _pk(tenant: str) -> str:
    return f"{tenant}#DENY"
