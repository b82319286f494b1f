"""Records in memory. Verified by tests/contract/test_records.py."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.portal.document import Writing
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.record import Record
    from gatehouse.ports.artifacts import Publication
    from tests.fakes.apis import InMemoryApis

Key = tuple[str, Kind, str, str]


class InMemoryRecords:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication, apis: InMemoryApis | None = None) -> None:
        self._artifacts = artifacts
        self._apis = apis
        self._kept: dict[Key, Record] = {}
        self._lock = RLock()
        self.writes = 0

    def get(self, tenant: str, kind: Kind, record_id: str, owner: str = "") -> Record | None:
        return self._kept.get((tenant, kind, owner, record_id)) if self._there(tenant, owner) else None

    def named(self, tenant: str, kind: Kind, name: str, owner: str = "") -> Record | None:
        wanted = _folded(kind, name)
        return next((one for one in self.all(tenant, kind, owner) if _folded(kind, one.name) == wanted), None)

    def all(self, tenant: str, kind: Kind, owner: str = "") -> list[Record]:
        if not self._there(tenant, owner):
            return []
        found = [record for key, record in self._kept.items() if key[:3] == (tenant, kind, owner)]
        return sorted(found, key=lambda record: (record.created_at, record.id))

    def documents(self, tenant: str) -> list[Record]:
        found = (record for key, record in self._kept.items() if key[:2] == (tenant, Kind.DOCUMENT))
        return [replace(record, version=0) for record in found if self._there(tenant, record.owner)]

    def writings(self, tenant: str) -> list[Writing]:
        return [Writing.of(document) for document in self.documents(tenant)]

    def scope_exists(self, tenant: str, name: str) -> bool:
        return self._apis is not None and (tenant, name) in self._apis.scope_names

    def add(self, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()) -> Record:
        with self._lock:
            if record.owner and self._apis:
                self._apis.get(record.tenant, record.owner)
            self._claim(record, taken)
            return self._keep(replace(record, version=1), changes)

    def replace(
        self, before: Record, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()
    ) -> Record:
        with self._lock:
            self._require(before)
            if _folded(record.kind, before.name) != _folded(record.kind, record.name):
                self._claim(record, taken)
            return self._keep(replace(record, version=before.version + 1), changes)

    def remove(self, records: Sequence[Record], changes: Sequence[Change] = ()) -> None:
        with self._lock:
            for record in records:
                self._require(record)
            for record in records:
                del self._kept[_key(record)]
                if record.kind is Kind.SHARED_SCOPE and self._apis:
                    self._apis.scope_names.pop((record.tenant, record.name), None)
            self.writes += 1
            self._artifacts.publish(changes)

    def _there(self, tenant: str, owner: str) -> bool:
        return not owner or self._apis is None or self._apis.is_kept(tenant, owner)

    def _claim(self, record: Record, taken: GatehouseError) -> None:
        if not record.name:
            return
        if self.named(record.tenant, record.kind, record.name, record.owner):
            raise taken
        if record.kind is Kind.SHARED_SCOPE and self._apis:
            if (record.tenant, record.name) in self._apis.scope_names:
                raise taken
            self._apis.scope_names[record.tenant, record.name] = record.id

    def _require(self, record: Record) -> None:
        known = self._kept.get(_key(record))
        if known is None or known.version != record.version:
            raise Changed

    def _keep(self, record: Record, changes: Sequence[Change]) -> Record:
        self._kept[_key(record)] = record
        self.writes += 1
        self._artifacts.publish(changes)
        return record


def _folded(kind: Kind, name: str) -> str:
    return name if kind is Kind.SHARED_SCOPE else name.lower()


def _key(record: Record) -> Key:
    return record.tenant, record.kind, record.owner, record.id
