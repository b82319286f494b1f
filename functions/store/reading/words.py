"""What of a tenant helps to find one's way: its categories, and which other tenants have a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import visiting
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.record import Kind
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.store.reception import Reception
    from gatehouse.domain.people.identity import Tenant
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.portal.records import RecordLookup

ACTIVE, INACTIVE = "active", "inactive"


def routes(settings: RecordLookup, reception: Reception) -> tuple[Operation, ...]:
    """List categories and tenants."""

    def categories(request: Request) -> Answer:
        visitor = visiting(request)
        reception.admit(visitor)
        found = sorted(settings.all(visitor.tenant, Kind.CATEGORY), key=lambda word: word.name.lower())
        return Answer(body={"count": len(found), "list": [_category(one) for one in found]})

    def tenants(request: Request) -> Answer:
        state = request.query.get("state") or ACTIVE
        if state not in {ACTIVE, INACTIVE}:
            raise Invalid.field("state", f"'{state}' is neither {ACTIVE} nor {INACTIVE}")
        wanted = request.slice()
        page = page_of(reception.stores(active=state == ACTIVE), wanted)
        return Answer(body=envelope(page, _tenant, resource="/tenants", query=request.query))

    return (
        Lines("API Categories")(
            "GET", "/api-categories", "listCategories", "The categories of APIs", categories, authenticated=False
        ),
        Lines("Tenants")(
            "GET",
            "/tenants",
            "listTenants",
            "The tenants that have a store",
            tenants,
            authenticated=False,
            query=("limit", "offset", "state"),
        ),
    )


def _category(found: Record) -> dict[str, Any]:
    return {"id": found.id, "name": found.name, "description": found.body.get("description") or ""}


def _tenant(found: Tenant) -> dict[str, Any]:
    return {"domain": found.domain, "status": ACTIVE if found.active else INACTIVE}
