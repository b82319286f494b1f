"""Finding gateway environments: the stage's own first, then those that the tenant's administrator has made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.environment import Environment, EnvironmentNotFound, default_environment
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.records import RecordLookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """`settings` keeps them; `gateway_url` is the address of the stage's own, "" when that is unknown."""

    settings: RecordLookup
    gateway_url: str

    def all(self, tenant: str) -> list[Environment]:
        """Every one, the stage's own first, the others by name."""
        made = [environment_of(record) for record in self.settings.all(tenant, Kind.ENVIRONMENT)]
        return [self.own(tenant), *sorted(made, key=lambda one: one.name.lower())]

    def own(self, tenant: str) -> Environment:
        """The stage's own, as it looks in this tenant."""
        return default_environment(tenant, self.gateway_url)

    def get(self, tenant: str, environment_id: str) -> Environment:
        """One. Raises EnvironmentNotFound."""
        if environment_id == DEFAULT_ENVIRONMENT:
            return self.own(tenant)
        record = self.settings.get(tenant, Kind.ENVIRONMENT, environment_id)
        if record is None:
            raise EnvironmentNotFound.by_id(environment_id)
        return environment_of(record)

    def named(self, tenant: str, name: str) -> Environment | None:
        """The one of exactly this name, or None."""
        if name == DEFAULT_ENVIRONMENT:
            return self.own(tenant)
        record = self.settings.named(tenant, Kind.ENVIRONMENT, name)
        return environment_of(record) if record is not None and record.name == name else None

    def open_to(self, tenant: str, roles: Collection[str]) -> list[Environment]:
        """Those that who has these roles may see and deploy to."""
        return [one for one in self.all(tenant) if one.open_to(roles)]


def environment_of(record: Record) -> Environment:
    """The environment that is kept like this."""
    return Environment(tenant=record.tenant, id=record.id, name=record.name, document=record.body)
