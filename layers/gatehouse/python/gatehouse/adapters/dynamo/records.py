"""Records, in table `apis` or `settings`.

| pk              | sk                  | what                                                        |
|-----------------|---------------------|-------------------------------------------------------------|
| `T#<kind>`      | `<id>`              | one of the tenant; also the list of its kind                |
| `T#<kind>#NAME` | `<name>`            | sentinel; the body says whose name it is                    |
| `T#API#<id>`    | `<kind>#<id>`       | one of an API, in that API's item collection                |
| `T#API#<id>`    | `<kind>-NAME#<name>` | sentinel                                                    |
| `T#DOCUMENTS`   | `<api>#<id>`        | a copy of each document, to be searched (`mirror`)          |
| `T#<kind>-NOTES` | `<time>#<n>`       | which of the kind was written then, where its list is mirrored |
| `T#SCOPENAME`   | `<scope>`           | sentinel of a shared scope: APIs' own scopes have theirs there |

Those of an API are written only while it is there, and go with it.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis.rows import DOCUMENTS, META, ApiRow, api_pk
from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.errors import Changed
from gatehouse.domain.portal.document import Writing
from gatehouse.domain.record import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.errors import GatehouseError


LISTED_OFTEN = frozenset({Kind.COMPLIANCE})
"""Kinds of a tenant's that are as many as it has APIs, and are read whole by every question: their lists are mirrored."""


class RecordTable:
    """Implements `ports.portal.records.Records`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApiRow, table_name)
        self._artifacts = artifacts
        self._documents = Mirror(self._row, DOCUMENTS, _writing)
        self._lists = {kind: Mirror(self._row, str(kind), _record) for kind in LISTED_OFTEN}

    def get(self, tenant: str, kind: Kind, record_id: str, owner: str = "") -> Record | None:
        """The one with this id, or None."""
        row = get(self._row, *_key(tenant, kind, owner, record_id)) if record_id else None
        return _record(row) if row else None

    def named(self, tenant: str, kind: Kind, name: str, owner: str = "") -> Record | None:
        """The one of this name, regardless of case, or None."""
        sentinel = get(self._row, *_name_key(tenant, kind, owner, name)) if name else None
        return self.get(tenant, kind, str(sentinel.body.get("id", "")), owner) if sentinel else None

    def all(self, tenant: str, kind: Kind, owner: str = "") -> list[Record]:
        """Every one of the kind and the owner, oldest first."""
        if kind in self._lists:
            found = self._lists[kind].all(tenant)
        else:
            pk, prefix = _key(tenant, kind, owner, "")
            found = [_record(row) for row in query(self._row, pk, prefix=prefix)]
        return sorted(found, key=lambda record: (record.created_at, record.id))

    def documents(self, tenant: str) -> list[Record]:
        """Every document of every API of the tenant."""
        return [writing.document for writing in self.writings(tenant)]

    def writings(self, tenant: str) -> list[Writing]:
        """The same documents, as they are searched."""
        return self._documents.all(tenant)

    def scope_exists(self, tenant: str, name: str) -> bool:
        """Whether the tenant or one of its APIs has a scope of exactly this name."""
        return get(self._row, *_name_key(tenant, Kind.SHARED_SCOPE, "", name)) is not None

    def add(self, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()) -> Record:
        """Keep a new one. Raises `taken`, ApiNotFound."""
        transaction = Transaction()
        self._require_owner(transaction, record)
        self._claim(transaction, record, taken)
        transaction.create(self._kept(record), otherwise=Changed())
        self._copy(transaction, record)
        self._commit(transaction, changes)
        return replace(record, version=1)

    def replace(
        self, before: Record, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()
    ) -> Record:
        """Keep `record` in place of `before`. Raises Changed, `taken`."""
        transaction = Transaction()
        transaction.replace(self._kept(record), expected_version=before.version)
        if self._sentinel(before) != self._sentinel(record):
            self._claim(transaction, record, taken)
            self._release(transaction, before)
        self._copy(transaction, record)
        self._commit(transaction, changes)
        return replace(record, version=before.version + 1)

    def remove(self, records: Sequence[Record], changes: Sequence[Change] = ()) -> None:
        """Forget some that were read, all or none. Raises Changed."""
        transaction = Transaction()
        for record in records:
            unchanged = self._row.version == record.version
            transaction.delete(self._kept(record), when=unchanged, otherwise=Changed())
            self._release(transaction, record)
            if record.kind in self._lists:
                self._lists[record.kind].note(transaction, record.tenant, record.id)
            if record.kind is Kind.DOCUMENT:
                self._documents.delete(transaction, record.tenant, f"{record.owner}#{record.id}")
        self._commit(transaction, changes)

    def _require_owner(self, transaction: Transaction, record: Record) -> None:
        if record.owner:
            there = self._row.pk.exists() & self._row.removing.does_not_exist()
            gone = ApiNotFound.by_id(record.owner)
            transaction.check(self._row(api_pk(record.tenant, record.owner), META), when=there, otherwise=gone)

    def _sentinel(self, record: Record) -> tuple[str, str] | None:
        return _name_key(record.tenant, record.kind, record.owner, record.name) if record.name else None

    def _claim(self, transaction: Transaction, record: Record, taken: GatehouseError) -> None:
        if key := self._sentinel(record):
            transaction.create(self._row(*key, body={"id": record.id}), otherwise=taken)

    def _release(self, transaction: Transaction, record: Record) -> None:
        if key := self._sentinel(record):
            transaction.delete(self._row(*key))

    def _copy(self, transaction: Transaction, record: Record) -> None:
        if record.kind is Kind.DOCUMENT:
            self._documents.put(transaction, record.tenant, f"{record.owner}#{record.id}", _body(record))
        if record.kind in self._lists:
            self._lists[record.kind].note(transaction, record.tenant, record.id)

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _kept(self, record: Record) -> ApiRow:
        return self._row(*_key(record.tenant, record.kind, record.owner, record.id), body=_body(record))


def _key(tenant: str, kind: Kind, owner: str, record_id: str) -> tuple[str, str]:
    return (api_pk(tenant, owner), f"{kind}#{record_id}") if owner else (f"{tenant}#{kind}", record_id)


def _name_key(tenant: str, kind: Kind, owner: str, name: str) -> tuple[str, str]:
    if kind is Kind.SHARED_SCOPE:
        return f"{tenant}#SCOPENAME", name
    if owner:
        return api_pk(tenant, owner), f"{kind}-NAME#{name.lower()}"
    return f"{tenant}#{kind}#NAME", name.lower()


def _record(row: ApiRow) -> Record:
    return replace(_record_of(row.body), version=int(row.version))


def _record_of(body: Mapping[str, Any]) -> Record:
    return Record(**{**body, "kind": Kind(body["kind"])})


def _writing(row: ApiRow) -> Writing:
    return Writing.of(_record_of(row.body))


def _body(record: Record) -> dict[str, Any]:
    body = asdict(record)
    del body["version"]
    return body
