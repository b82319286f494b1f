"""The directory of applications, read from the rows that keep names unique in table `applications`."""

from __future__ import annotations

from gatehouse.adapters.dynamo.applications.rows import ApplicationRow, directory_pk, owner_of
from gatehouse.adapters.dynamo.table import bind, query
from gatehouse.ports.applications.application_directory import Listed


class DirectoryTable:
    """Implements `ports.applications.application_directory.ApplicationDirectory`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(ApplicationRow, table_name)

    def listed(self, tenant: str) -> list[Listed]:
        """Every application of the tenant, by owner and name."""
        found = []
        for row in query(self._row, directory_pk(tenant)):
            owner, _, name = row.sk.partition("#")
            found.append(Listed(id=str(row.body["id"]), owner=owner_of(owner), name=name))
        return found
