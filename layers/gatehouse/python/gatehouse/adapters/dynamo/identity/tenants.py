"""Tenants of table `identity`. The list of all stands with the super tenant."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.identity.rows import META, IdentityRow, role_pointer, role_row, roles
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, get, query
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.people.identity import DOMAIN_MAX, SUPER_TENANT, Tenant
from gatehouse.domain.people.role import Role
from gatehouse.domain.people.tenant import TenantExists

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change

_ALL = f"{SUPER_TENANT}#TENANTS"
_IDS = f"{SUPER_TENANT}#TENANTID"
_TENANT = "#TENANT"


class TenantTable:
    """Implements `ports.people.identity.Tenants`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable | None = None) -> None:
        """On the table of this name; `artifacts` takes part in the transactions of who changes tenants."""
        self._row = bind(IdentityRow, table_name)
        self._artifacts = artifacts

    def get(self, domain: str) -> Tenant | None:
        """The tenant with this domain, or None."""
        if not 0 < len(domain) <= DOMAIN_MAX:
            return None
        row = get(self._row, _partition(domain), META)
        return _tenant(domain, row) if row else None

    def by_id(self, tenant_id: str) -> Tenant | None:
        """The tenant with this id, or None."""
        pointer = get(self._row, _IDS, tenant_id)
        return self.get(str(pointer.body["domain"])) if pointer else None

    def all(self) -> list[Tenant]:
        """Every tenant, by domain."""
        keys = [(_partition(row.sk), META) for row in query(self._row, _ALL)]
        found = (_tenant(str(row.pk).removesuffix(_TENANT), row) for row in batch(self._row, keys))
        return sorted(found, key=lambda tenant: tenant.domain)

    def add(self, tenant: Tenant) -> None:
        """Keep a new tenant. Raises TenantExists."""
        transaction = Transaction()
        self._create(transaction, tenant)
        transaction.commit()

    def save(self, tenant: Tenant, changes: Sequence[Change] = ()) -> Tenant:
        """Replace a tenant read before; returns it with its new version. Raises Changed."""
        row = self._tenant_row(tenant)
        transaction = Transaction()
        transaction.replace(row, expected_version=tenant.version)
        self._commit(transaction, changes)
        return _tenant(tenant.domain, row)

    def remove(self, tenant: Tenant, changes: Sequence[Change] = ()) -> None:
        """Forget a tenant. Repeating it changes nothing."""
        transaction = Transaction()
        transaction.delete(self._tenant_row(tenant))
        transaction.delete(self._row(_ALL, tenant.domain))
        transaction.delete(self._row(_IDS, tenant.id))
        self._commit(transaction, changes)

    def provision(self, tenant: Tenant, role_names: Collection[str]) -> None:
        """Keep the tenant unless it is there, and those of the roles that it lacks."""
        kept = self.get(tenant.domain)
        known = {row.sk for row in query(self._row, roles(tenant.domain))}
        missing = sorted(set(role_names) - known)
        if kept is not None and not missing:
            return
        transaction = Transaction()
        if kept is None:
            self._create(transaction, tenant)
        for name in missing:
            role = Role(tenant=tenant.domain, name=name, id=str(uuid.uuid4()), created_at=tenant.created_at)
            transaction.create(role_row(self._row, role), otherwise=Changed())
            transaction.create(role_pointer(self._row, role), otherwise=Changed())
        transaction.commit()

    def roles(self, domain: str) -> frozenset[str]:
        """The names of the tenant's roles."""
        return frozenset(row.sk for row in query(self._row, roles(domain)) if not row.closed)

    def has_role(self, domain: str, name: str) -> bool:
        """Whether the tenant has a role of exactly this name, which is not being removed."""
        row = get(self._row, roles(domain), name)
        return row is not None and not row.closed

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        if self._artifacts is not None:
            self._artifacts.join(transaction, changes)
        transaction.commit()
        if self._artifacts is not None:
            self._artifacts.announce(changes)

    def _create(self, transaction: Transaction, tenant: Tenant) -> None:
        transaction.create(self._tenant_row(tenant), otherwise=TenantExists(domain=tenant.domain))
        transaction.put(self._row(_ALL, tenant.domain))
        pointer = self._row(_IDS, tenant.id, body={"domain": tenant.domain})
        transaction.create(pointer, otherwise=Conflict(cause="tenant id taken", id=tenant.id))

    def _tenant_row(self, tenant: Tenant) -> IdentityRow:
        body = {
            "id": tenant.id,
            "active": tenant.active,
            "created_at": tenant.created_at,
            "owner": tenant.owner,
            "leaving": tenant.leaving,
        }
        return self._row(_partition(tenant.domain), META, body=body)


def _partition(domain: str) -> str:
    return f"{domain}{_TENANT}"


def _tenant(domain: str, row: IdentityRow) -> Tenant:
    body = row.body
    return Tenant(
        domain=domain,
        id=body["id"],
        active=body["active"],
        created_at=body["created_at"],
        owner=body["owner"],
        leaving=body["leaving"],
        version=int(row.version),
    )
