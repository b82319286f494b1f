"""Users of table `identity`, with their memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.identity.rows import IdentityRow, members, roles, user_ids
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.adapters.dynamo.users import is_possible, user_of, users_partition
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.people.identity import BUILT_IN_ROLES, EVERYONE, User, UserExists
from gatehouse.domain.people.role import RoleNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.publishing.workflows import Along


class UserDirectory:
    """Implements `ports.people.identity.UserLookup`: all that the other concerns need of users."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(IdentityRow, table_name)

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, in any case, or None."""
        row = get(self._row, users_partition(tenant), name.lower()) if is_possible(tenant, name) else None
        return _user(tenant, row) if row else None


class UserTable(UserDirectory):
    """Implements `ports.people.identity.Users`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in the transactions that void tokens."""
        super().__init__(table_name)
        self._artifacts = artifacts

    def by_id(self, tenant: str, user_id: str) -> User | None:
        """The user with this id, or None."""
        pointer = get(self._row, user_ids(tenant), user_id)
        return self.get(tenant, str(pointer.body["name"])) if pointer else None

    def all(self, tenant: str) -> list[User]:
        """Every user of the tenant, by name."""
        return [_user(tenant, row) for row in query(self._row, users_partition(tenant))]

    def add(self, user: User, *, along: Sequence[Along] = ()) -> None:
        """Raises UserExists, RoleNotFound."""
        transaction = Transaction()
        transaction.create(self._user_row(user), otherwise=UserExists(user=user.name))
        transaction.create(self._pointer(user), otherwise=Conflict(cause="user id taken", id=user.id))
        self._join(transaction, user, user.roles)
        self._commit(transaction, (), along)

    def save(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> User:
        """Replace a user read before; returns it with its new version. Raises Changed, RoleNotFound."""
        before = self.get(user.tenant, user.name)
        if before is None or before.version != user.version:
            raise Changed
        row = self._user_row(user)
        transaction = Transaction()
        transaction.replace(row, expected_version=user.version)
        self._join(transaction, user, user.roles - before.roles)
        self._leave(transaction, user, before.roles - user.roles)
        self._see(transaction, witness)
        self._commit(transaction, changes, along)
        return _user(user.tenant, row)

    def remove(
        self,
        user: User,
        changes: Sequence[Change] = (),
        *,
        witness: User | None = None,
        along: Sequence[Along] = (),
    ) -> None:
        """Forget a user read before. Raises Changed."""
        transaction = Transaction()
        unchanged = self._row.version == user.version
        transaction.delete(self._user_row(user), when=unchanged, otherwise=Changed())
        transaction.delete(self._pointer(user))
        self._leave(transaction, user, user.roles)
        self._see(transaction, witness)
        self._commit(transaction, changes, along)

    def _join(self, transaction: Transaction, user: User, added: Collection[str]) -> None:
        for role in sorted(set(added) - {EVERYONE}):
            if role not in BUILT_IN_ROLES:
                open_role = self._row.pk.exists() & self._row.closed.does_not_exist()
                gone = RoleNotFound(f"There is no role '{role}'.")
                transaction.check(self._row(roles(user.tenant), role), when=open_role, otherwise=gone)
            body = {"id": user.id, "name": user.name}
            transaction.put(self._row(members(user.tenant, role), user.name.lower(), body=body))

    def _leave(self, transaction: Transaction, user: User, lost: Collection[str]) -> None:
        for role in sorted(set(lost) - {EVERYONE}):
            transaction.delete(self._row(members(user.tenant, role), user.name.lower()))

    def _see(self, transaction: Transaction, witness: User | None) -> None:
        if witness is not None:
            row = self._row(users_partition(witness.tenant), witness.name.lower())
            transaction.check(row, when=self._row.version == witness.version, otherwise=Changed())

    def _commit(self, transaction: Transaction, changes: Sequence[Change], along: Sequence[Along]) -> None:
        for write in along:
            write(transaction)
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _user_row(self, user: User) -> IdentityRow:
        body = {
            "id": user.id,
            "name": user.name,
            "roles": sorted(user.roles),
            "password_hash": user.password_hash,
            "active": user.active,
            "profile": dict(user.profile),
            "created_at": user.created_at,
            "modified_at": user.modified_at,
            **({"workflow": user.workflow} if user.workflow else {}),
        }
        return self._row(users_partition(user.tenant), user.name.lower(), body=body)

    def _pointer(self, user: User) -> IdentityRow:
        return self._row(user_ids(user.tenant), user.id, body={"name": user.name})


def _user(tenant: str, row: IdentityRow) -> User:
    return user_of(tenant, row.body, int(row.version))
