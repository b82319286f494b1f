"""The directory of applications: the rows that keep names unique in table `applications`, mirrored where there are many.

| pk             | sk                | body                     |
|----------------|-------------------|--------------------------|
| `T#APPS`       | `<owner>#<name>`  | a line (`Listed`)        |
| `T#APPS-NOTES` | time              | what changed (`mirror`)  |
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.rows import ApplicationRow, directory_pk, owner_prefix
from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import bind, query
from gatehouse.domain.applications.application import ApplicationStatus
from gatehouse.ports.applications.application_directory import Listed, listed

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.table import Transaction
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.errors import GatehouseError

READ_MAX = 200
"""So many lines of an owner are read each time; of one who has more, the mirror knows them."""


class DirectoryTable:
    """Implements `ports.applications.application_directory.ApplicationDirectory`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(ApplicationRow, table_name)
        self._lines = Mirror(self._row, "APPS", _line)

    def listed(self, tenant: str) -> list[Listed]:
        """Every application of the tenant, by owner and name."""
        return self._lines.all(tenant)

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        """Every application of this user, by name."""
        prefix = owner_prefix(owner)
        rows = list(query(self._row, directory_pk(tenant), prefix=prefix, limit=READ_MAX + 1))
        if len(rows) <= READ_MAX:
            return [_line(row) for row in rows]
        return [line for line in self._lines.all(tenant) if line.owner == owner.lower()]

    def add(self, transaction: Transaction, application: Application, *, otherwise: GatehouseError) -> None:
        """Write a line along whose place is free; raises `otherwise` when it is not."""
        line = self._row(directory_pk(application.tenant), _place(application), body=asdict(listed(application)))
        transaction.create(line, otherwise=otherwise)
        self._lines.note(transaction, application.tenant, _place(application))

    def put(self, transaction: Transaction, application: Application) -> None:
        """Write a line along, in place of the one before."""
        self._lines.put(transaction, application.tenant, _place(application), asdict(listed(application)))

    def remove(self, transaction: Transaction, application: Application) -> None:
        """Take a line away along."""
        self._lines.delete(transaction, application.tenant, _place(application))


def _place(application: Application) -> str:
    return f"{owner_prefix(application.owner)}{application.name.lower()}"


def _line(row: ApplicationRow) -> Listed:
    return Listed(**{**row.body, "status": ApplicationStatus(row.body["status"])})
