"""What a provider must know of the tenant to fill in a form: roles, tenants, key managers, rules for definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.routes import scopes as s
from gatehouse.controlplane.publishing.particulars.surroundings import ACTIVE, INACTIVE
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.encoded import decoded
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.surroundings import Surroundings
    from gatehouse.domain.people.identity import Tenant
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

_ROLE = (s.CREATE, s.MANAGE)
_TENANTS = (s.MANAGE, s.VIEW, s.MCP_MANAGE, s.MCP_VIEW)


def routes(around: Surroundings) -> tuple[Operation, ...]:
    """Roles, the caller, tenants, key managers, linter rules."""

    def role(request: Request) -> Answer:
        around.require_role(request.principal, decoded(request.path["roleId"], "roleId"))
        return Answer()

    def own_role(request: Request) -> Answer:
        around.require_own_role(request.principal, decoded(request.path["roleId"], "roleId"))
        return Answer()

    def tenants(request: Request) -> Answer:
        state = request.query.get("state", ACTIVE)
        if state not in {ACTIVE, INACTIVE}:
            raise Invalid.field("state", f"'{state}' is neither {ACTIVE} nor {INACTIVE}")
        page = page_of(around.tenants(active=state == ACTIVE), request.slice())
        return Answer(body=envelope(page, _tenant, resource="/tenants", query=request.query))

    def tenant(request: Request) -> Answer:
        around.require_tenant(request.path["tenantDomain"])
        return Answer()

    def key_managers(request: Request) -> Answer:
        found = [_key_manager(one) for one in around.key_managers(request.principal)]
        return Answer(body={"count": len(found), "list": found})

    def linter_rules(request: Request) -> Answer:
        rules = around.linter_rules(request.principal.tenant)
        return Answer(body=rules)

    line = Lines("Roles")
    return (
        line(
            "HEAD",
            "/roles/{roleId}",
            "validateSystemRole",
            "Whether there is a role of this name, which is sent in base64url",
            role,
            (*_ROLE, s.PUBLISH, s.MCP_CREATE, s.MCP_MANAGE, s.MCP_PUBLISH),
        ),
        line("HEAD", "/me/roles/{roleId}", "validateUserRole", "Whether the caller has a role", own_role, _ROLE),
        Lines("Tenants")(
            "GET",
            "/tenants",
            "getTenantsByState",
            "The tenants, which APIs can be shown to",
            tenants,
            _TENANTS,
            query=("limit", "offset", "state"),
        ),
        Lines("Tenants")(
            "HEAD", "/tenants/{tenantDomain}", "getTenantExistence", "Whether there is a tenant", tenant, _TENANTS
        ),
        Lines("Key Managers (Collection)")(
            "GET",
            "/key-managers",
            "getAllKeyManagers",
            "The key managers whose tokens APIs can take",
            key_managers,
            (*_ROLE, s.VIEW, s.MCP_CREATE, s.MCP_MANAGE, s.MCP_VIEW),
        ),
        Lines("Linter Custom Rules")(
            "GET",
            "/linter-custom-rules",
            "getLinterCustomRules",
            "The tenant's own rules for definitions",
            linter_rules,
            (s.VIEW, s.MCP_VIEW),
            query=("apiId", "apiType"),
        ),
    )


def _tenant(tenant: Tenant) -> dict[str, str]:
    return {"domain": tenant.domain, "status": ACTIVE if tenant.active else INACTIVE}


def _key_manager(found: ExternalKeyManager) -> dict[str, Any]:
    document = found.document
    return {
        "id": found.id,
        "name": found.name,
        "displayName": document.get("displayName") or found.name,
        "type": document.get("type", "default"),
        "description": document.get("description") or "",
        "enabled": found.enabled,
        "additionalProperties": [],
    }
