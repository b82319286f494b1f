"""Routes of organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.wire.organizations import OrganizationBody
from gatehouse.controlplane.organizations import view
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.organizations import information

if TYPE_CHECKING:
    from gatehouse.controlplane.organizations import OrganizationAdministration
    from gatehouse.edge.http import Request

ALL = "/organizations"
ONE = f"{ALL}/{{organizationId}}"
_READ = ("apim:admin", "apim:organization_read")
_MANAGE = ("apim:admin", "apim:organization_manage")


def organization_routes(administration: OrganizationAdministration, root: str) -> tuple[Operation, ...]:
    """List, add, get, change, delete; the caller's own. `root` is where the interface stands."""
    organizations = administration.organizations

    def listed(request: Request) -> Answer:
        found = [view(one) for one in organizations.all(request.principal.tenant)]
        return Answer(body={"count": len(found), "list": found})

    def add(request: Request, body: OrganizationBody) -> Answer:
        made = administration.add(request.principal, body.externalOrganizationId, _document(body))
        return created(f"{root}{ALL}/{made.id}", view(made))

    def get(request: Request) -> Answer:
        return Answer(body=view(organizations.get(request.principal.tenant, request.path["organizationId"])))

    def update(request: Request, body: OrganizationBody) -> Answer:
        one = request.path["organizationId"]
        changed = administration.update(request.principal, one, body.externalOrganizationId, _document(body))
        return Answer(body=view(changed))

    def delete(request: Request) -> Answer:
        administration.remove(request.principal.tenant, request.path["organizationId"])
        return Answer()

    body: dict[str, Any] = {"body": OrganizationBody}
    return (
        _line("GET", ALL, "listOrganizations", "Every organization of the tenant", listed, _READ),
        _line("POST", ALL, "addOrganization", "Add an organization", add, _MANAGE, answers=(201,), **body),
        _line("GET", ONE, "getOrganization", "One organization", get, _READ),
        _line("PUT", ONE, "updateOrganization", "Change what one is called", update, _MANAGE, **body),
        _line("DELETE", ONE, "deleteOrganization", "Delete one that no API is shown to by name", delete, _MANAGE),
        information(organizations, ("apim:admin", "apim:admin_settings")),
    )


def _document(body: OrganizationBody) -> dict[str, Any]:
    return body.model_dump(exclude_none=True, include={"displayName", "description"})


def _line(
    method: str, path: str, name: str, summary: str, route: Any, scopes: tuple[str, ...], **more: Any
) -> Operation:
    return Operation(
        method=method, path=path, id=name, summary=summary, route=route, tag="Organizations", scopes=scopes, **more
    )
