"""Pieces of an API that have interfaces of their own: thumbnail, endpoints by name, resource paths, monetization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher.particulars.wire_pieces import EndpointBody
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from functions.publisher.routes.sorts import API
from functions.publisher.wire import Monetization
from gatehouse.controlplane.publishing.access import require_current
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from functions.publisher.routes.sorts import Sort
    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.controlplane.publishing.particulars.api_endpoints import ApiEndpoints
    from gatehouse.controlplane.publishing.particulars.thumbnails import Thumbnails
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

_READ = (s.CREATE, s.EXPORT, s.MANAGE, s.PUBLISH, s.VIEW)
_WRITE = (s.CREATE, s.EXPORT, s.MANAGE, s.PUBLISH)


def thumbnail_routes(thumbnails: Thumbnails, designs: Designs, sort: Sort) -> tuple[Operation, ...]:
    """See and replace the picture of an API or a product."""
    path, noun = f"{sort.path}/thumbnail", sort.noun

    def api(request: Request) -> Api:
        return designs.get(request.principal, request.path[sort.parameter])

    def get(request: Request) -> Answer:
        found = api(request)
        picture, media_type = thumbnails.get(found)
        return versioned(Answer(body=picture, media_type=media_type), found.stored_version)

    def put(request: Request) -> Answer:
        picture = parts(request).get("file")
        if not picture:
            raise Invalid.field("file", "is required: the picture")
        found = api(request)
        require_current(found, wanted_versions(request))
        kept, media_type = thumbnails.put(request.principal, found, picture)
        address = f"{sort.collection}/{kept.id}/thumbnail"
        shown = created(f"{ROOT}{address}", {"relativePath": address, "mediaType": media_type})
        return versioned(shown, kept.stored_version)

    line = Lines("APIs" if sort is API else "API Products")
    readers = (s.MANAGE, s.VIEW) if sort is API else (s.MANAGE, s.PUBLISH, s.VIEW)
    writers = (s.CREATE, s.MANAGE, s.PUBLISH) if sort is API else (s.MANAGE, s.PUBLISH)
    return (
        line("GET", path, f"get{noun}Thumbnail", "The picture of an API", get, readers),
        line(
            "PUT",
            path,
            f"update{noun}Thumbnail",
            "Replace the picture of an API",
            put,
            writers,
            accepts=(MULTIPART,),
            answers=(201,),
        ),
    )


def routes(endpoints: ApiEndpoints, amendments: Amendments, design: Design) -> tuple[Operation, ...]:
    """Endpoints by name, resource paths, monetization."""
    return (*_endpoint_routes(endpoints, design), *_other_routes(amendments, design))


def _endpoint_routes(endpoints: ApiEndpoints, design: Design) -> tuple[Operation, ...]:
    every, one = "/apis/{apiId}/endpoints", "/apis/{apiId}/endpoints/{endpointId}"

    def api(request: Request) -> Api:
        return design.get(request.principal, request.path["apiId"])

    def all_of(request: Request) -> Answer:
        wanted, found = request.slice(), api(request)
        page = page_of(endpoints.all(found), wanted)
        return Answer(body=envelope(page, dict, resource=f"/apis/{found.id}/endpoints"))

    def get(request: Request) -> Answer:
        return Answer(body=endpoints.get(api(request), request.path["endpointId"]))

    def add(request: Request, body: EndpointBody) -> Answer:
        found = api(request)
        made = endpoints.add(request.principal, found, body.model_dump(exclude={"id"}, exclude_none=True))
        return created(f"{ROOT}/apis/{found.id}/endpoints/{made['id']}", made)

    def update(request: Request, body: EndpointBody) -> Answer:
        changed = body.model_dump(exclude={"id"}, exclude_none=True)
        return Answer(body=endpoints.update(request.principal, api(request), request.path["endpointId"], changed))

    def delete(request: Request) -> Answer:
        endpoints.remove(request.principal, api(request), request.path["endpointId"])
        return Answer()

    line = Lines("API Endpoints")
    return (
        line("GET", every, "getApiEndpoints", "An API's endpoints", all_of, _READ, query=("limit", "offset")),
        line("POST", every, "addApiEndpoint", "Add an endpoint", add, _WRITE, body=EndpointBody, answers=(201,)),
        line("GET", one, "getApiEndpoint", "An endpoint, without its secrets", get, _READ),
        line("PUT", one, "updateApiEndpoint", "Change an endpoint", update, _WRITE, body=EndpointBody),
        line("DELETE", one, "deleteApiEndpoint", "Delete an endpoint", delete, _WRITE),
    )


def _other_routes(amendments: Amendments, design: Design) -> tuple[Operation, ...]:
    def resource_paths(request: Request) -> Answer:
        wanted, api = request.slice(), design.get(request.principal, request.path["apiId"])
        page = page_of(list(enumerate(api.document["operations"], 1)), wanted)

        def shown(one: tuple[int, dict[str, Any]]) -> dict[str, Any]:
            return {"id": one[0], "resourcePath": one[1]["target"], "httpVerb": one[1]["verb"]}

        return Answer(body=envelope(page, shown, resource=f"/apis/{api.id}/resource-paths"))

    def monetize(request: Request, body: Monetization) -> Answer:
        api = design.get(request.principal, request.path["apiId"])
        amendments.keep(request.principal, api, monetization=body.model_dump())
        return Answer(status=201, body=body.model_dump())

    def monetization(request: Request) -> Answer:
        api = design.get(request.principal, request.path["apiId"])
        return Answer(body=api.document.get("monetization") or {"enabled": False, "properties": {}})

    money, publish = Lines("API Monetization"), (s.MANAGE, s.PUBLISH)
    return (
        Lines("APIs")(
            "GET",
            "/apis/{apiId}/resource-paths",
            "getAPIResourcePaths",
            "The paths and verbs of an API",
            resource_paths,
            (s.MANAGE, s.VIEW),
            query=("limit", "offset"),
        ),
        money(
            "POST",
            "/apis/{apiId}/monetize",
            "addAPIMonetization",
            "Say whether calls are billed, and how",
            monetize,
            publish,
            body=Monetization,
            answers=(201,),
        ),
        money(
            "GET",
            "/apis/{apiId}/monetization",
            "getAPIMonetization",
            "Whether calls are billed, and how",
            monetization,
            (*publish, s.VIEW),
        ),
    )
