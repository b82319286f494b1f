"""Services: added, read, searched, changed and removed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import SERVICE_KEY
from gatehouse.domain.apis.service import (
    DefinitionType,
    Described,
    Service,
    ServiceImmutable,
    ServiceInUse,
    ServiceNotFound,
    ServiceTaken,
    fingerprint,
    service_id,
)
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.record import Kind, Record

if TYPE_CHECKING:
    from gatehouse.controlplane.service_catalog.contents import Contents
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.world import Blobs, Clock

_FIXED = {"name": "name", "version": "version", "key": "serviceKey", "definition_type": "definitionType"}
"""What a service is found by, and how the interface calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which services are looked for: parts of name and version, or in double quotes the whole; the rest exactly."""

    name: str = ""
    version: str = ""
    definition_type: str = ""
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services of a tenant."""

    records: Records
    apis: ApiLookup
    blobs: Blobs
    contents: Contents
    clock: Clock

    def all(self, tenant: str, wanted: Wanted) -> list[Service]:
        """Those that are wanted, by name and version."""
        found = [service_of(record) for record in self.records.all(tenant, Kind.SERVICE)]
        chosen = [one for one in found if _is_wanted(one.described, wanted)]
        return sorted(chosen, key=lambda one: (one.described.name.lower(), one.described.version))

    def get(self, tenant: str, wanted_id: str) -> Service:
        """One. Raises ServiceNotFound."""
        return found(self.records, tenant, wanted_id)

    def definition(self, service: Service) -> bytes:
        """Its definition as it was sent."""
        return self.blobs.get(service.tenant, service.definition)

    def users(self, service: Service) -> list[ApiSummary]:
        """The APIs that were made of it, by name and version."""
        key = service.described.key
        return [one for one in self.apis.summaries(service.tenant) if one.info.get(SERVICE_KEY) == key]

    def usage(self, tenant: str) -> Counter[str]:
        """How many APIs were made of each service, by its key."""
        keys = (one.info.get(SERVICE_KEY) for one in self.apis.summaries(tenant))
        return Counter(key for key in keys if key)

    def add(self, principal: Principal, described: Described, definition: bytes, *, metadata: bytes = b"") -> Service:
        """A new one; `metadata` is the file that describes it, where there is one.

        Raises ServiceTaken, and what `Contents.check` raises.
        """
        self.contents.check(described.definition_type, definition)
        taken = ServiceTaken(f"There is a service with key '{described.key}', or with this name and version, already")
        wanted_id = service_id(principal.tenant, described.name, described.version)
        if self.records.get(principal.tenant, Kind.SERVICE, wanted_id):
            raise taken
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        service = Service(
            tenant=principal.tenant,
            id=wanted_id,
            described=described,
            definition=self.blobs.put(principal.tenant, definition),
            md5=fingerprint(metadata or _canonical(described), definition),
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return service_of(self.records.add(_record(service), taken=taken))

    def change(
        self,
        principal: Principal,
        before: Service,
        described: Described,
        definition: bytes | None = None,
        *,
        metadata: bytes = b"",
    ) -> Service:
        """Describe and define one that was read anew; without a definition it keeps its own.

        Raises ServiceImmutable, Changed, and what `Contents.check` raises.
        """
        for name, shown in _FIXED.items():
            if getattr(described, name) != (kept := getattr(before.described, name)):
                raise ServiceImmutable(f"{shown}: is '{kept}' and cannot be changed: the service is found by it")
        if definition is not None:
            self.contents.check(described.definition_type, definition)
        content = self.definition(before) if definition is None else definition
        changed = replace(
            before,
            described=described,
            definition=self.blobs.put(principal.tenant, content),
            md5=fingerprint(metadata or _canonical(described), content),
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        kept_record = self.records.replace(_record(before), _record(changed), taken=ServiceTaken())
        return service_of(kept_record)

    def remove(self, tenant: str, wanted_id: str) -> None:
        """Forget one that no API was made of. Raises ServiceNotFound, ServiceInUse, Changed."""
        service = self.get(tenant, wanted_id)
        if users := self.users(service):
            names = ", ".join(f"{one.name} {one.version}" for one in users)
            raise ServiceInUse(f"'{service.described.key}' cannot be deleted: APIs were made of it: {names}")
        self.records.remove([_record(service)])


def found(records: RecordLookup, tenant: str, wanted_id: str) -> Service:
    """The tenant's service with this id. Raises ServiceNotFound."""
    record = records.get(tenant, Kind.SERVICE, wanted_id)
    if record is None:
        raise ServiceNotFound.by_id(wanted_id)
    return service_of(record)


def keyed(records: RecordLookup, tenant: str, key: str) -> Service | None:
    """The tenant's service with this key, None when there is none."""
    record = records.named(tenant, Kind.SERVICE, key)
    return service_of(record) if record else None


def service_of(record: Record) -> Service:
    """A service as it was kept."""
    body = dict(record.body)
    described = Described(
        **{**body["described"], "definition_type": DefinitionType(body["described"]["definition_type"])}
    )
    return Service(
        tenant=record.tenant,
        id=record.id,
        described=described,
        definition=body["definition"],
        md5=body["md5"],
        created_at=record.created_at,
        updated_at=record.updated_at,
        by=record.by,
        updated_by=record.updated_by,
        stored_version=record.version,
    )


def _record(service: Service) -> Record:
    return Record(
        tenant=service.tenant,
        kind=Kind.SERVICE,
        id=service.id,
        name=service.described.key,
        body={"described": asdict(service.described), "definition": service.definition, "md5": service.md5},
        created_at=service.created_at,
        updated_at=service.updated_at,
        by=service.by,
        updated_by=service.updated_by,
        version=service.stored_version,
    )


def _canonical(described: Described) -> bytes:
    return json.dumps(asdict(described), sort_keys=True).encode()


def _is_wanted(described: Described, wanted: Wanted) -> bool:
    if wanted.keys and described.key not in wanted.keys:
        return False
    # Who looks for `OAS` means both of them.
    if wanted.definition_type not in {"", described.definition_type, described.definition_type.rstrip("23")}:
        return False
    return _matches(described.name, wanted.name) and _matches(described.version, wanted.version)


def _matches(text: str, wanted: str) -> bool:
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '"':
        return text == wanted[1:-1]
    return wanted.lower() in text.lower()


def ordered(services: list[Service], by: str, order: str) -> list[Service]:
    """Services that are sorted by name in another order: by `name` or `definitionType`, `asc` or `desc`. Raises Invalid."""
    if by not in {"", "name", "definitionType"}:
        raise Invalid.field("sortBy", f"'{by}' is neither name nor definitionType")
    if order not in {"", "asc", "desc"}:
        raise Invalid.field("sortOrder", f"'{order}' is neither asc nor desc")
    if by == "definitionType":
        services = sorted(services, key=lambda one: one.described.definition_type)
    return services[::-1] if order == "desc" else services
