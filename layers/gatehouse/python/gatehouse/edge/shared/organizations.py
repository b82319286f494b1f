"""The caller's own organization, as three interfaces tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.organizations import Organizations
    from gatehouse.edge.http import Request


def information(organizations: Organizations, scopes: tuple[str, ...]) -> Operation:
    """`GET /me/organization-information`."""

    def own(request: Request) -> Answer:
        identifier, name = organizations.of(request.principal)
        return Answer(body={"organizationId": identifier, "name": name})

    return Operation(
        method="GET",
        path="/me/organization-information",
        id="organizationInformation",
        route=own,
        summary="The organization that the caller belongs to",
        tag="Users",
        scopes=scopes,
    )
