"""Tenants, for administrators of the super tenant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from functions.identity.server.wire_tenants import LifecycleBody, TenantBody
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.page import page_of
from gatehouse.domain.people.identity import qualified
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.identity.tenancy import Tenancy
    from gatehouse.domain.people.identity import Tenant
    from gatehouse.edge.http import Request
    from gatehouse.ports.people.identity import UserLookup

TENANTS = "/tenants"
ONE = f"{TENANTS}/{{tenantId}}"
ROOT = f"/api/server/v1{TENANTS}"
_SCOPES = ("apim:admin",)
_BY_DOMAIN = re.compile(r"domainName\s+(eq|sw|ew|co)\s+\"?([^\s\"]*)\"?", re.IGNORECASE)


def tenant_operations(tenancy: Tenancy, users: UserLookup) -> tuple[Operation, ...]:
    """The operations on tenants; `users` are those of all tenants."""
    return TenantRoutes(tenancy, users).operations()


class TenantRoutes:
    """The routes of tenants."""

    def __init__(self, tenancy: Tenancy, users: UserLookup) -> None:
        self._tenancy = tenancy
        self._users = users

    def create(self, request: Request, body: TenantBody) -> Answer:
        """201."""
        tenant = self._tenancy.create(request.principal, body.domain, body.owners[0].owner())
        return created(f"{ROOT}/{tenant.id}", self._shown(tenant))

    def find(self, request: Request) -> Answer:
        """200."""
        wanted = request.slice()
        page = page_of(_filtered(self._tenancy.all(request.principal), request.query.get("filter", "")), wanted)
        return Answer(
            body={
                "totalResults": page.total,
                "startIndex": wanted.offset + 1,
                "count": len(page.items),
                "tenants": [self._shown(tenant) for tenant in page.items],
                "links": [],
            }
        )

    def read(self, request: Request) -> Answer:
        """200."""
        return Answer(body=self._shown(self._tenancy.get(request.principal, request.path["tenantId"])))

    def read_domain(self, request: Request) -> Answer:
        """200."""
        return Answer(body=self._shown(self._tenancy.of(request.principal, request.path["domain"])))

    def exists(self, request: Request) -> Answer:
        """200, 404."""
        self._tenancy.of(request.principal, request.path["domain"])
        return Answer()

    def owners(self, request: Request) -> Answer:
        """200."""
        tenant = self._tenancy.get(request.principal, request.path["tenantId"])
        return Answer(body=self._shown(tenant)["owners"])

    def owner(self, request: Request) -> Answer:
        """200."""
        tenant = self._tenancy.get(request.principal, request.path["tenantId"])
        user = self._users.get(tenant.domain, tenant.owner)
        if user is None or user.id != request.path["ownerId"]:
            raise NotFound
        name: Any = user.profile.get("name") or {}
        emails: Any = user.profile.get("emails") or [{}]
        told = {"email": emails[0].get("value"), "firstname": name.get("givenName"), "lastname": name.get("familyName")}
        return Answer(
            body={"id": user.id, "username": user.name, **{part: value for part, value in told.items() if value}}
        )

    def set_state(self, request: Request, body: LifecycleBody) -> Answer:
        """200."""
        tenant = self._tenancy.get(request.principal, request.path["tenantId"])
        return Answer(body=self._shown(self._tenancy.set_active(request.principal, tenant, active=body.activated)))

    def delete(self, request: Request) -> Answer:
        """204, or 503 while there is more to delete than one request can."""
        self._tenancy.delete(request.principal, self._tenancy.get(request.principal, request.path["tenantId"]))
        return Answer(status=204)

    def _shown(self, tenant: Tenant) -> dict[str, Any]:
        owner = self._users.get(tenant.domain, tenant.owner)
        owners = [{"id": owner.id, "username": qualified(tenant.domain, owner.name)}] if owner else []
        return {
            "id": tenant.id,
            "domain": tenant.domain,
            "owners": owners,
            "lifecycleStatus": {"activated": tenant.active},
            "createdDate": datetime.fromtimestamp(tenant.created_at, UTC).isoformat().replace("+00:00", "Z"),
        }

    def operations(self) -> tuple[Operation, ...]:
        """The operations on tenants."""
        operation = partial(Operation, tag="Tenants", scopes=_SCOPES)
        by_domain = f"{TENANTS}/domain/{{domain}}"
        return (
            operation(
                method="POST",
                path=TENANTS,
                id="addTenant",
                route=self.create,
                summary="Make a tenant with its first administrator.",
                body=TenantBody,
                answers=(201,),
            ),
            operation(
                method="GET",
                path=TENANTS,
                id="retrieveTenants",
                route=self.find,
                summary="Find tenants.",
                query=("limit", "offset", "filter"),
            ),
            operation(method="GET", path=ONE, id="getTenant", route=self.read, summary="Read a tenant."),
            operation(
                method="GET",
                path=by_domain,
                id="getTenantByDomain",
                route=self.read_domain,
                summary="Read a tenant by its domain.",
            ),
            operation(
                method="HEAD",
                path=by_domain,
                id="isDomainExist",
                route=self.exists,
                summary="Whether a domain is taken.",
            ),
            operation(
                method="GET", path=f"{ONE}/owners", id="getOwners", route=self.owners, summary="Whom it was made for."
            ),
            operation(
                method="GET",
                path=f"{ONE}/owners/{{ownerId}}",
                id="getOwner",
                route=self.owner,
                summary="Who that is.",
            ),
            operation(
                method="DELETE",
                path=ONE,
                id="deleteTenant",
                route=self.delete,
                summary="Delete a tenant with everything it owns.",
                answers=(204,),
            ),
            operation(
                method="DELETE",
                path=f"{ONE}/metadata",
                id="deleteTenantMetadata",
                route=self.delete,
                summary="The same, by the name it has in WSO2's interface.",
                answers=(204,),
            ),
            operation(
                method="PUT",
                path=f"{ONE}/lifecycle-status",
                id="updateTenantStatus",
                route=self.set_state,
                summary="Open or close a tenant.",
                body=LifecycleBody,
            ),
        )


def _filtered(tenants: list[Tenant], text: str) -> list[Tenant]:
    if not text:
        return tenants
    wanted = _BY_DOMAIN.fullmatch(text.strip())
    if wanted is None:
        raise Invalid.field("filter", "must be `domainName eq|sw|ew|co …`")
    value = wanted[2].lower()
    tests: dict[str, Callable[[str, str], bool]] = {
        "eq": lambda domain, value: domain == value,
        "sw": lambda domain, value: domain.startswith(value),
        "ew": lambda domain, value: domain.endswith(value),
        "co": lambda domain, value: value in domain,
    }
    return [tenant for tenant in tenants if tests[wanted[1].lower()](tenant.domain, value)]
