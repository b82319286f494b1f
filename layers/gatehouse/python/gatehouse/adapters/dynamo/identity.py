"""Table `identity`: tenants, their roles and their users.

| pk          | sk                | body                                              |
|-------------|-------------------|---------------------------------------------------|
| `T#USER`    | name, lower case  | the user; also the list of the tenant's users     |
| `T#USERID`  | user id           | `{name}`: what the id stands for                  |
| `T#ROLE`    | role name         | `{}`                                              |
| `T#TENANT`  | `META`            | the tenant                                        |

User names are unique without regard to case; the row keeps the spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.adapters.dynamo.users import is_possible, user_of, users_partition
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.identity import DOMAIN_MAX, Tenant, User, UserExists

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change

META = "META"


class IdentityRow(Row):
    """One row of table `identity`."""


class UserDirectory:
    """Implements `ports.identity.UserLookup`: all that the other concerns need of users."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(IdentityRow, table_name)

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, in any case, or None."""
        row = get(self._row, users_partition(tenant), name.lower()) if is_possible(tenant, name) else None
        return _user(tenant, row) if row else None


class UserTable(UserDirectory):
    """Implements `ports.identity.Users`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in the transactions that void tokens."""
        super().__init__(table_name)
        self._artifacts = artifacts

    def by_id(self, tenant: str, user_id: str) -> User | None:
        """The user with this id, or None."""
        pointer = get(self._row, _ids(tenant), user_id)
        return self.get(tenant, str(pointer.body["name"])) if pointer else None

    def all(self, tenant: str) -> list[User]:
        """Every user of the tenant, by name."""
        return [_user(tenant, row) for row in query(self._row, users_partition(tenant))]

    def add(self, user: User) -> None:
        """Raises UserExists."""
        transaction = Transaction()
        transaction.create(self._user_row(user), otherwise=UserExists(user=user.name))
        transaction.create(self._pointer(user), otherwise=Conflict(cause="user id taken", id=user.id))
        transaction.commit()

    def save(self, user: User, changes: Sequence[Change] = ()) -> User:
        """Replace a user read before; returns it with its new version. Raises Changed."""
        row = self._user_row(user)
        transaction = Transaction()
        transaction.replace(row, expected_version=user.version)
        self._commit(transaction, changes)
        return _user(user.tenant, row)

    def remove(self, user: User, changes: Sequence[Change] = ()) -> None:
        """Forget a user read before. Raises Changed."""
        transaction = Transaction()
        unchanged = self._row.version == user.version
        transaction.delete(self._user_row(user), when=unchanged, otherwise=Changed())
        transaction.delete(self._pointer(user))
        self._commit(transaction, changes)

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
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
        }
        return self._row(users_partition(user.tenant), user.name.lower(), body=body)

    def _pointer(self, user: User) -> IdentityRow:
        return self._row(_ids(user.tenant), user.id, body={"name": user.name})


class TenantTable:
    """Implements `ports.identity.Tenants`."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(IdentityRow, table_name)

    def get(self, domain: str) -> Tenant | None:
        """The tenant with this domain, or None."""
        if not 0 < len(domain) <= DOMAIN_MAX:
            return None
        row = get(self._row, f"{domain}#TENANT", META)
        return Tenant(domain=domain, active=row.body["active"], created_at=row.body["created_at"]) if row else None

    def provision(self, tenant: Tenant, roles: Collection[str]) -> None:
        """Keep the tenant unless it is there, and those of the roles that it lacks."""
        transaction = Transaction()
        if self.get(tenant.domain) is None:
            body = {"active": tenant.active, "created_at": tenant.created_at}
            transaction.create(self._row(f"{tenant.domain}#TENANT", META, body=body), otherwise=Changed())
        for role in roles:
            transaction.put(self._row(f"{tenant.domain}#ROLE", role))
        transaction.commit()

    def roles(self, domain: str) -> frozenset[str]:
        """The names of the tenant's roles."""
        return frozenset(row.sk for row in query(self._row, f"{domain}#ROLE"))


def _ids(tenant: str) -> str:
    return f"{tenant}#USERID"


def _user(tenant: str, row: IdentityRow) -> User:
    return user_of(tenant, row.body, int(row.version))
