"""Tenants of table `identity`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.identity.rows import META, IdentityRow, role_pointer, role_row, roles
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.errors import Changed
from gatehouse.domain.identity import DOMAIN_MAX, Tenant
from gatehouse.domain.role import Role

if TYPE_CHECKING:
    from collections.abc import Collection


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

    def provision(self, tenant: Tenant, role_names: Collection[str]) -> None:
        """Keep the tenant unless it is there, and those of the roles that it lacks."""
        kept = self.get(tenant.domain)
        known = {row.sk for row in query(self._row, roles(tenant.domain))}
        missing = sorted(set(role_names) - known)
        if kept is not None and not missing:
            return
        transaction = Transaction()
        if kept is None:
            body = {"active": tenant.active, "created_at": tenant.created_at}
            transaction.create(self._row(f"{tenant.domain}#TENANT", META, body=body), otherwise=Changed())
        for name in missing:
            role = Role(tenant=tenant.domain, name=name, id=str(uuid.uuid4()), created_at=tenant.created_at)
            transaction.create(role_row(self._row, role), otherwise=Changed())
            transaction.create(role_pointer(self._row, role), otherwise=Changed())
        transaction.commit()

    def roles(self, domain: str) -> frozenset[str]:
        """The names of the tenant's roles."""
        return frozenset(row.sk for row in query(self._row, roles(domain)) if not row.closed)
