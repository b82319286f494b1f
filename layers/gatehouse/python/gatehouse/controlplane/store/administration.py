"""Administration of a tenant's applications, whoever owns them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.application import ApplicationNotFound
from gatehouse.domain.identity import split_username

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.removal import Removal
    from gatehouse.domain.application import Application
    from gatehouse.ports.application_directory import ApplicationDirectory, Listed


class AdminSort(StrEnum):
    """What the list can be sorted by, as the interface names it."""

    NAME = "name"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAdministration:
    """Finds and removes applications of a tenant."""

    directory: ApplicationDirectory
    removal: Removal

    def search(self, tenant: str, *, owner: str, name: str, sort_by: AdminSort, descending: bool) -> list[Listed]:
        """Those of this owner whose name has this in it, each "" for any."""
        named_tenant, user = split_username(owner) if "@" in owner else (tenant, owner)
        wanted = user if named_tenant == tenant else owner
        found = [
            line
            for line in self.directory.listed(tenant)
            if wanted.lower() in {"", line.owner} and name.lower() in line.name
        ]
        return sorted(
            found,
            key=lambda line: (line.owner, line.name) if sort_by is AdminSort.OWNER else (line.name, line.owner),
            reverse=descending,
        )

    def some(self, tenant: str, lines: Sequence[Listed]) -> list[Application]:
        """The applications of these lines, in their order; one that has gone meanwhile is left out."""
        found = self.removal.applications.some(tenant, [line.id for line in lines])
        return [found[line.id] for line in lines if line.id in found]

    def get(self, tenant: str, application_id: str) -> Application:
        """Raises ApplicationNotFound."""
        found = self.removal.applications.get(tenant, application_id)
        if found is None:
            raise ApplicationNotFound.by_id(application_id)
        return found

    def delete(self, tenant: str, application_id: str) -> None:
        """Raises ApplicationNotFound, and what `Removal.remove` raises."""
        self.removal.remove(self.get(tenant, application_id))
