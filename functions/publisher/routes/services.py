"""APIs of services: made of what the catalog knows, and renewed when that has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import views, wire
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT, TAG
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.service_catalog.making import Making
    from gatehouse.edge.http import Request

_WRITE = (s.CREATE, s.MANAGE)


def routes(making: Making) -> tuple[Operation, ...]:
    """Make and renew."""

    def make(request: Request, body: wire.ApiBody) -> Answer:
        api = making.make(request.principal, request.required("serviceKey"), body.document())
        return created(f"{ROOT}/apis/{api.id}", views.api(api, (), making.info(api)))

    def renew(request: Request) -> Answer:
        api = making.renew(request.principal, request.path["apiId"])
        return Answer(body=views.api(api, making.design.uses(api), making.info(api)))

    return (
        Operation(
            method="POST",
            path="/apis/import-service",
            id="importServiceFromCatalog",
            route=make,
            summary="Design a new API of a service from the catalog",
            tag=TAG,
            scopes=_WRITE,
            query=("serviceKey",),
            body=wire.ApiBody,
            answers=(201,),
        ),
        Operation(
            method="PUT",
            path="/apis/{apiId}/reimport-service",
            id="reimportServiceFromCatalog",
            route=renew,
            summary="Define an API as its service is defined now",
            tag=TAG,
            scopes=_WRITE,
        ),
    )
