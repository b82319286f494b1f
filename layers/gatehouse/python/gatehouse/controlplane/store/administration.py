"""Administration of a tenant's applications, whoever owns them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.successors import successor
from gatehouse.domain.applications.application import ApplicationInactive, ApplicationNotFound
from gatehouse.domain.people.identity import split_username

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.removal import Removal
    from gatehouse.domain.applications.application import Application
    from gatehouse.ports.applications.application_directory import ApplicationDirectory, Listed
    from gatehouse.ports.people.identity import UserLookup


class AdminSort(StrEnum):
    """What the list can be sorted by, as the interface names it."""

    NAME = "name"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAdministration:
    """Finds and removes applications of a tenant, and gives them to others."""

    directory: ApplicationDirectory
    removal: Removal
    users: UserLookup

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

    def change_owner(self, tenant: str, application_id: str, username: str) -> Application:
        """Give an application to another user of the tenant, with its clients at the resident key manager.

        Those at external ones are nobody's here. To break off half way leaves clients with the old owner; to repeat it moves
        them. Raises ApplicationNotFound, ApplicationInactive, ApplicationExists, Invalid (`owner`), SuccessorUnknown, Changed,
        Unavailable.
        """
        application = self.get(tenant, application_id)
        owner = successor(self.users, tenant, username, "owner").name
        if not application.status.is_open:
            raise ApplicationInactive.because(application)
        if owner.lower() != application.owner.lower():
            application = self.removal.applications.save(replace(application, owner=owner))
        for key in self.removal.keys.of_application(tenant, application.id):
            if key.client_id and not key.key_manager_id:
                self.removal.key_manager.hand_over(tenant=tenant, client_id=key.client_id, owner=owner)
        return application

    def delete(self, tenant: str, application_id: str) -> None:
        """Raises ApplicationNotFound, and what `Removal.remove` raises."""
        self.removal.remove(self.get(tenant, application_id))
