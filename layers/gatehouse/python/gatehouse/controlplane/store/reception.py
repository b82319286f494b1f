"""The reception of a tenant's store: who may look around there at all, and how its shelves are set out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid, Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.portal.display import Display

if TYPE_CHECKING:
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.people.identity import Tenant
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tenant_configuration import TenantConfigurations


class TenantInvalid(Invalid):
    """The tenant that was asked for is not there, or closed."""

    code = 901300
    message = "Invalid tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Knows the tenants and what each has set about its store."""

    configurations: TenantConfigurations
    tenants: Tenants

    def admit(self, visitor: Visitor) -> Display:
        """How the store is set out for this visitor.

        Raises Unauthenticated for strangers where a tenant wants none, TenantInvalid where there is no store.
        """
        self._require_open(visitor)
        display = self.display(visitor.tenant)
        if visitor.caller is None and not display.to_strangers:
            raise Unauthenticated(tenant=visitor.tenant, cause="the tenant's store is closed to strangers")
        return display

    def display(self, tenant: str) -> Display:
        """What the tenant has set."""
        return Display.of(self.configurations.get(tenant))

    def stores(self, *, active: bool) -> list[Tenant]:
        """The tenants that are open, or those that are closed, by domain."""
        return [tenant for tenant in self.tenants.all() if tenant.active is active and not tenant.leaving]

    def _require_open(self, visitor: Visitor) -> None:
        """Who has logged in to a tenant, or came to the super tenant, need not be asked whether there is one."""
        if visitor.tenant == SUPER_TENANT or visitor.principal:
            return
        found = self.tenants.get(visitor.tenant)
        if found is None or not found.active or found.leaving:
            raise TenantInvalid.field("X-WSO2-Tenant", f"there is no tenant '{visitor.tenant}'")
