"""Routes of what an administrator asks about tenants and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import BUILT_IN_ROLES, SUPER_TENANT, split_username
from gatehouse.domain.people.role import RoleNotFound
from gatehouse.domain.people.tenant import TenantNotFound, tenant_number
from gatehouse.edge.encoded import decoded
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import Principal, Tenant
    from gatehouse.edge.http import Request
    from gatehouse.ports.people.identity import Tenants

_SCOPES = ("apim:admin", "apim:tenantInfo")


def tenant_routes(tenants: Tenants) -> tuple[Operation, ...]:
    """A user's tenant, a tenant's own addresses, whether there is a role."""

    def of_user(request: Request) -> Answer:
        username = request.path["username"]
        domain, _ = split_username(username)
        found = _found(tenants, request.principal, domain)
        return Answer(body={"username": username, "tenantDomain": found.domain, "tenantId": tenant_number(found)})

    def addresses(request: Request) -> Answer:
        found = _found(tenants, request.principal, request.path["tenantDomain"].lower())
        # A stage's portals have one address for all tenants.
        owner = {"tenantAdminUsername": found.owner, "enabled": False, "devPortal": {"url": None}}
        return Answer(body={"tenantDomain": found.domain, **owner})

    def role(request: Request) -> Answer:
        name = decoded(request.path["roleId"], "roleId")
        if name not in BUILT_IN_ROLES and not tenants.has_role(request.principal.tenant, name):
            raise RoleNotFound
        return Answer()

    return (
        Operation(
            method="GET",
            path="/tenant-info/{username}",
            id="getTenantInfoByUsername",
            route=of_user,
            summary="The tenant that a user name belongs to",
            tag="Tenants",
            scopes=_SCOPES,
        ),
        Operation(
            method="GET",
            path="/custom-urls/{tenantDomain}",
            id="getCustomUrlInfoByTenantDomain",
            route=addresses,
            summary="Whether a tenant's portals have addresses of their own",
            tag="Tenants",
            scopes=_SCOPES,
        ),
        Operation(
            method="HEAD",
            path="/roles/{roleId}",
            id="validateSystemRole",
            route=role,
            summary="Whether there is a role of this name, which is sent in base64url",
            tag="Roles",
            scopes=("apim:admin", "apim:role_manage"),
        ),
    )


def _found(tenants: Tenants, caller: Principal, domain: str) -> Tenant:
    """The tenant, which only its own people and the super tenant's may learn of. Raises TenantNotFound."""
    found = tenants.get(domain) if caller.tenant in {domain, SUPER_TENANT} else None
    if found is None or found.leaving:
        raise TenantNotFound
    return found
