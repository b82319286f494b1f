"""Routes of themes: the tenant's own, and its organizations'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.themes import Wearer
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import archive, uploaded
from gatehouse.edge.shared.themes import theme_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.themes import Themes
    from gatehouse.edge.http import Request

_SCOPES = ("apim:admin", "apim:tenant_theme_manage")


def tenant_theme_routes(themes: Themes) -> tuple[Operation, ...]:
    """Get and replace the tenant's; the five of organizations, which are about the caller's own."""

    def get(request: Request) -> Answer:
        return archive("tenant-theme", themes.of_tenant(request.principal.tenant))

    def put(request: Request) -> Answer:
        themes.dress_tenant(request.principal, uploaded(request))
        return Answer()

    def own(request: Request) -> Wearer:
        return Wearer(tenant=request.principal.tenant, organization=request.principal.organization)

    return (
        Operation(
            method="GET",
            path="/tenant-theme",
            id="exportTenantTheme",
            route=get,
            summary="The tenant's own theme as a zip",
            tag="Tenant Theme",
            scopes=_SCOPES,
        ),
        Operation(
            method="PUT",
            path="/tenant-theme",
            id="importTenantTheme",
            route=put,
            summary="Give the tenant a theme",
            tag="Tenant Theme",
            scopes=_SCOPES,
            accepts=(MULTIPART,),
        ),
        *theme_routes(themes, "/org-themes", "Org", _SCOPES, own),
    )
