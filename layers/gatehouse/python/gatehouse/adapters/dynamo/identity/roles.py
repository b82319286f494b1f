"""Roles of table `identity`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.identity.rows import IdentityRow, members, role_ids, role_pointer, role_row, roles
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.adapters.dynamo.users import user_of, users_partition
from gatehouse.domain.errors import Conflict
from gatehouse.domain.people.identity import EVERYONE
from gatehouse.domain.people.role import Member, Role, RoleExists

if TYPE_CHECKING:
    from collections.abc import Iterable


class RoleTable:
    """Implements `ports.people.roles.Roles`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(IdentityRow, table_name)

    def all(self, tenant: str) -> list[Role]:
        """Every role of the tenant that is not being removed, by name."""
        return [_role(tenant, row) for row in query(self._row, roles(tenant)) if not row.closed]

    def by_id(self, tenant: str, role_id: str) -> Role | None:
        """The role with this id, or None."""
        pointer = get(self._row, role_ids(tenant), role_id)
        row = get(self._row, roles(tenant), str(pointer.body["name"])) if pointer else None
        return _role(tenant, row) if row else None

    def add(self, role: Role) -> None:
        """Raises RoleExists."""
        transaction = Transaction()
        transaction.create(role_row(self._row, role), otherwise=RoleExists(role=role.name))
        transaction.create(role_pointer(self._row, role), otherwise=Conflict(cause="role id taken", id=role.id))
        transaction.commit()

    def rename_outside(self, role: Role) -> None:
        """Keep the role's external id. Raises Changed."""
        transaction = Transaction()
        row = role_row(self._row, role)
        transaction.update(row, [self._row.body.set(row.body)], when=self._row.pk.exists())
        transaction.commit()

    def close(self, role: Role) -> None:
        """From now on nobody gets this role."""
        transaction = Transaction()
        row = role_row(self._row, role)
        transaction.update(row, [self._row.closed.set(True)], when=self._row.pk.exists())
        transaction.commit()

    def remove(self, role: Role) -> None:
        """Forget a closed role that nobody has any more."""
        transaction = Transaction()
        transaction.delete(role_row(self._row, role))
        transaction.delete(role_pointer(self._row, role))
        transaction.commit()

    def members(self, tenant: str, name: str) -> list[Member]:
        """Who has the role, by name."""
        if name == EVERYONE:
            return list(_those_of(tenant, query(self._row, users_partition(tenant))))
        return [Member(row.body["id"], row.body["name"]) for row in query(self._row, members(tenant, name))]


def _those_of(tenant: str, rows: Iterable[IdentityRow]) -> Iterable[Member]:
    for row in rows:
        user = user_of(tenant, row.body, int(row.version))
        if EVERYONE in user.roles:
            yield Member(user.id, user.name)


def _role(tenant: str, row: IdentityRow) -> Role:
    body = row.body
    return Role(
        tenant=tenant,
        name=row.sk,
        id=body["id"],
        created_at=body["created_at"],
        external_id=body["external_id"],
    )
