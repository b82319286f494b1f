"""Surroundings: what of the tenant a provider refers to in an API without owning it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import BUILT_IN_ROLES
from gatehouse.domain.people.role import RoleNotFound
from gatehouse.domain.people.tenant import TenantNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.people.identity import Principal, Tenant
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tenant_configuration import TenantConfigurations

ACTIVE, INACTIVE = "active", "inactive"
LINTER_RULES = "LinterCustomRules"
"""The property of the tenant's configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`key_managers_of` lists those of a tenant, the resident one first."""

    tenants_kept: Tenants
    configurations: TenantConfigurations
    key_managers_of: Callable[[str], list[ExternalKeyManager]]

    def require_role(self, principal: Principal, name: str) -> None:
        """Raises RoleNotFound."""
        if name not in BUILT_IN_ROLES and not self.tenants_kept.has_role(principal.tenant, name):
            raise RoleNotFound

    def require_own_role(self, principal: Principal, name: str) -> None:
        """Raises RoleNotFound when the caller does not have the role."""
        if name not in principal.roles:
            raise RoleNotFound

    def tenants(self, *, active: bool) -> list[Tenant]:
        """Those that are open, or those that are closed, by domain."""
        return [tenant for tenant in self.tenants_kept.all() if tenant.active is active and not tenant.leaving]

    def require_tenant(self, domain: str) -> None:
        """Raises TenantNotFound."""
        tenant = self.tenants_kept.get(domain.lower())
        if tenant is None or tenant.leaving:
            raise TenantNotFound

    def key_managers(self, principal: Principal) -> list[ExternalKeyManager]:
        """Those whose tokens the tenant's APIs can take."""
        return self.key_managers_of(principal.tenant)

    def linter_rules(self, tenant: str) -> object:
        """What the tenant wants of definitions; None when it has said nothing."""
        return self.configurations.get(tenant).get(LINTER_RULES)
