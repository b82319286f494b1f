"""Organizations of a tenant, as its administrator keeps them. Who belongs to one is the users' affair (`portal.organization`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.portal.organization import (
    VISIBLE,
    OrganizationInUse,
    OrganizationNotFound,
    OrganizationTaken,
    organization_id,
)
from gatehouse.domain.record import Kind, made, rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.record import Record
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Organizations:
    """Finding them. The name of a record is the id that others know the organization by."""

    settings: RecordLookup

    def all(self, tenant: str) -> list[Record]:
        """Every one, by its display name."""
        return sorted(self.settings.all(tenant, Kind.ORGANIZATION), key=lambda one: shown_name(one).lower())

    def get(self, tenant: str, organization: str) -> Record:
        """One. Raises OrganizationNotFound."""
        found = self.settings.get(tenant, Kind.ORGANIZATION, organization)
        if found is None:
            raise OrganizationNotFound.by_id(organization)
        return found

    def of(self, principal: Principal) -> tuple[str, str]:
        """The id and the name of the caller's: the tenant's domain is both when they belong to no organization of it."""
        found = self.settings.get(principal.tenant, Kind.ORGANIZATION, principal.organization)
        return (found.id, shown_name(found)) if found else (principal.tenant, principal.tenant)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationAdministration:
    """Making, changing and deleting them."""

    organizations: Organizations
    records: Records
    apis: ApiLookup
    clock: Clock

    def add(self, principal: Principal, external_id: str, document: Mapping[str, Any]) -> Record:
        """A new one. Raises OrganizationTaken."""
        own = organization_id(principal.tenant, external_id)
        record = made(principal, self.clock.now(), Kind.ORGANIZATION, own, document, name=external_id)
        return self.records.add(record, taken=_taken(external_id))

    def update(self, principal: Principal, organization: str, external_id: str, document: Mapping[str, Any]) -> Record:
        """Replace what it is called. Raises OrganizationNotFound, Invalid for another external id, Changed."""
        before = self.organizations.get(principal.tenant, organization)
        if external_id != before.name:
            problem = f"is '{before.name}' and stays so: it is what users are told apart by"
            raise Invalid.field("externalOrganizationId", problem)
        changed = rewritten(before, principal, self.clock.now(), document)
        return self.records.replace(before, changed, taken=_taken(external_id))

    def remove(self, tenant: str, organization: str) -> None:
        """Forget one that no API is shown to by name. Raises OrganizationNotFound, OrganizationInUse, Changed."""
        record = self.organizations.get(tenant, organization)
        users = [one for one in self.apis.summaries(tenant) if organization in (one.info.get(VISIBLE) or ())]
        if users:
            raise OrganizationInUse(
                f"'{shown_name(record)}' cannot be deleted: {len(users)} APIs are shown to it by name"
            )
        self.records.remove([record])


def shown_name(record: Record) -> str:
    """What people call it."""
    return str(record.body.get("displayName") or record.name)


def view(record: Record) -> dict[str, Any]:
    """An organization as all interfaces show it. All of them are parts of the tenant itself."""
    return {
        "organizationId": record.id,
        "externalOrganizationId": record.name,
        "parentOrganizationId": record.tenant,
        "displayName": shown_name(record),
        "description": record.body.get("description") or "",
    }


def _taken(external_id: str) -> OrganizationTaken:
    return OrganizationTaken(f"externalOrganizationId: there is an organization '{external_id}' already")
