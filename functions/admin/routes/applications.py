"""Routes of applications: an administrator finds and deletes those of everybody in the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.store.administration import AdminSort
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.people.identity import display_username
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.store.administration import ApplicationAdministration
    from gatehouse.domain.applications.application import Application
    from gatehouse.edge.http import Request

PATH = "/applications"
ONE = f"{PATH}/{{applicationId}}"
EXPORT = "apim:app_import_export"
_DELETE = ("apim:admin", EXPORT)
_VIEW = ("apim:admin", "apim:admin_application_view", EXPORT)
_LIST = (*_VIEW, "apim:app_owner_change", "apim:app_settings_change")
_ORDERS = ("asc", "desc")


def application_routes(administration: ApplicationAdministration) -> tuple[Operation, ...]:
    """List, get, delete."""

    def listed(request: Request) -> Answer:
        tenant, query = request.principal.tenant, request.query
        if query.get("tenantDomain", tenant).lower() != tenant:
            raise Forbidden("You can list the applications of your own tenant only.")
        found = administration.search(
            tenant,
            owner=query.get("user", ""),
            name=query.get("name", ""),
            sort_by=AdminSort(_one_of("sortBy", query.get("sortBy") or AdminSort.NAME, tuple(AdminSort))),
            descending=_one_of("sortOrder", query.get("sortOrder") or "asc", _ORDERS) == "desc",
        )
        page = page_of(found, request.slice())
        shown = {one.id: one for one in administration.some(tenant, page.items)}
        body = envelope(page, lambda line: shown.get(line.id), resource=PATH, query=query)
        lines = [_info(one) for one in body["list"] if one is not None]
        return Answer(body={**body, "count": len(lines), "list": lines})

    def get(request: Request) -> Answer:
        return Answer(body=whole(administration.get(request.principal.tenant, request.path["applicationId"])))

    def delete(request: Request) -> Answer:
        administration.delete(request.principal.tenant, request.path["applicationId"])
        return Answer()

    return (
        Operation(
            method="GET",
            path=PATH,
            id="listApplications",
            route=listed,
            summary="The tenant's applications, searched and paged",
            tag="Application (Collection)",
            scopes=_LIST,
            query=("limit", "offset", "user", "name", "tenantDomain", "sortBy", "sortOrder"),
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getApplication",
            route=get,
            summary="One application",
            tag="Applications",
            scopes=_VIEW,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="deleteApplication",
            route=delete,
            summary="Delete an application with its keys and subscriptions",
            tag="Applications",
            scopes=_DELETE,
        ),
    )


def _one_of(name: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise Invalid.field(name, f"must be one of {', '.join(known)}")
    return given


def _info(application: Application) -> dict[str, Any]:
    return {
        "applicationId": application.id,
        "name": application.name,
        "owner": display_username(application.tenant, application.owner),
        "status": application.status.shown,
        "groupId": "",
        "tokenType": "JWT",
        "createdTime": str(application.created_at * 1000),
    }


def whole(application: Application) -> dict[str, Any]:
    """All of an application."""
    return {
        "applicationId": application.id,
        "name": application.name,
        "throttlingPolicy": application.policy,
        "description": application.description,
        "tokenType": "JWT",
        "status": application.status.shown,
        "groups": [],
        "subscriptionCount": application.subscriptions,
        "attributes": dict(application.attributes),
        "subscriptionScopes": [],
        "owner": display_username(application.tenant, application.owner),
    }
