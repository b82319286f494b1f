"""The tenant's organizations, which APIs can be shown to, and the caller's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.controlplane.organizations import view
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.edge.shared.organizations import information

if TYPE_CHECKING:
    from gatehouse.controlplane.organizations import Organizations
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation


def routes(organizations: Organizations) -> tuple[Operation, ...]:
    """List them, and say which one is the caller's."""

    def listed(request: Request) -> Answer:
        found = [view(one) for one in organizations.all(request.principal.tenant)]
        return Answer(body={"count": len(found), "list": found})

    readers = (s.EXPORT, s.MANAGE, s.PRODUCT_EXPORT, s.VIEW, s.ORGANIZATIONS)
    return (
        Lines("Organizations")(
            "GET", "/organizations", "getOrganizations", "Organizations below the tenant", listed, readers
        ),
        information(organizations, (s.CREATE, s.MANAGE, s.PUBLISH)),
    )
