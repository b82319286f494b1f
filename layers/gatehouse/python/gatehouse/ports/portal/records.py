"""Records: keeping the small things that tenants and APIs have several of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.portal.document import Writing
    from gatehouse.domain.record import Kind, Record


class RecordLookup(Protocol):
    """Reading records."""

    def get(self, tenant: str, kind: Kind, record_id: str, owner: str = "") -> Record | None:
        """The one with this id, or None."""
        ...

    def named(self, tenant: str, kind: Kind, name: str, owner: str = "") -> Record | None:
        """The one of this name, regardless of case, or None."""
        ...

    def all(self, tenant: str, kind: Kind, owner: str = "") -> list[Record]:
        """Every one of the kind and the owner, oldest first. Consistent right after a write."""
        ...

    def documents(self, tenant: str) -> list[Record]:
        """Every document of every API of the tenant, without versions. Consistent right after a write."""
        ...

    def writings(self, tenant: str) -> list[Writing]:
        """The same documents, as they are searched."""
        ...

    def scope_exists(self, tenant: str, name: str) -> bool:
        """Whether the tenant or one of its APIs has a scope of exactly this name."""
        ...


class Records(RecordLookup, Protocol):
    """Keeping records. Each write takes its artifacts along, and environments hear of them before it returns."""

    def add(self, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()) -> Record:
        """Keep a new one; returns it with its version.

        Raises `taken` when another one has the name, ApiNotFound when its owner is gone or being deleted.
        """
        ...

    def replace(
        self, before: Record, record: Record, *, taken: GatehouseError, changes: Sequence[Change] = ()
    ) -> Record:
        """Keep `record` in place of `before`, which was read; returns it with its version. Raises Changed, `taken`."""
        ...

    def remove(self, records: Sequence[Record], changes: Sequence[Change] = ()) -> None:
        """Forget some that were read, all or none; at most 40. Raises Changed."""
        ...
