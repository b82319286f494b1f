"""Routes by which an administrator gives applications and APIs of a tenant from one user to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.routes import applications as shown
from functions.admin.wire.handing_over import ApplicationSettings
from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.administration import ApiAdministration
    from gatehouse.controlplane.store.administration import ApplicationAdministration
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.edge.http import Request

_APPLICATION = "/applications/{applicationId}"
_PROVIDERS = ("apim:admin", "apim:api_provider_change")


def application_handover(administration: ApplicationAdministration) -> tuple[Operation, ...]:
    """Change the owner, in two ways."""

    def change_owner(request: Request) -> Answer:
        owner = request.required("owner")
        administration.change_owner(request.principal.tenant, request.path["applicationId"], owner)
        return Answer()

    def change_settings(request: Request, body: ApplicationSettings) -> Answer:
        tenant, application_id = request.principal.tenant, request.path["applicationId"]
        if body.owner is None:
            return Answer(body=shown.whole(administration.get(tenant, application_id)))
        return Answer(body=shown.whole(administration.change_owner(tenant, application_id, body.owner)))

    return (
        Operation(
            method="POST",
            path=f"{_APPLICATION}/change-owner",
            id="changeApplicationOwner",
            route=change_owner,
            summary="Give an application, with its keys, to another user",
            tag="Application",
            scopes=("apim:admin", "apim:app_owner_change"),
            query=("owner",),
        ),
        Operation(
            method="POST",
            path=f"{_APPLICATION}/change-settings",
            id="updateApplicationSettings",
            route=change_settings,
            summary="Change the owner of an application",
            tag="Application",
            scopes=("apim:admin", "apim:app_settings_change"),
            body=ApplicationSettings,
        ),
    )


def api_handover(administration: ApiAdministration) -> tuple[Operation, ...]:
    """Find APIs, and change their provider."""

    def listed(request: Request) -> Answer:
        found = administration.search(request.principal.tenant, request.query.get("query", ""))
        body = envelope(page_of(found, request.slice()), _line, resource="/apis", query=request.query)
        return Answer(body={"apis": body["list"], "count": body["count"], "pagination": body["pagination"]})

    def change_provider(request: Request) -> Answer:
        administration.change_provider(request.principal, request.path["apiId"], request.required("provider"))
        return Answer()

    return (
        Operation(
            method="GET",
            path="/apis",
            id="getAllAPIs",
            route=listed,
            summary="The tenant's APIs and API products with their providers, searched and paged",
            tag="APIs",
            scopes=_PROVIDERS,
            query=("limit", "offset", "query"),
        ),
        Operation(
            method="POST",
            path="/apis/{apiId}/change-provider",
            id="providerNamePost",
            route=change_provider,
            summary="Give an API to another provider",
            tag="Api Provider Change",
            scopes=_PROVIDERS,
            query=("provider",),
        ),
    )


def _line(summary: ApiSummary) -> dict[str, Any]:
    return {"id": summary.id, "name": summary.name, "version": summary.version, "provider": summary.provider}
