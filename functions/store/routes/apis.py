"""APIs, their definitions and plans, tags: what a visitor reads, with or without credentials."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.store import views_apis
from functions.store.routes.common import environment_of, visiting
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import tagged
from gatehouse.edge.http import JSON, Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.plans import plan

if TYPE_CHECKING:
    from gatehouse.controlplane.store.shelves.search import StoreSearch
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.edge.http import Request

TAG = "APIs"


def routes(storefront: Storefront, search: StoreSearch) -> tuple[Operation, ...]:
    """List, search and read APIs."""
    apis = _Apis(storefront, search)
    return (
        Operation(
            method="GET",
            path="/apis",
            id="listAPIs",
            route=apis.all,
            summary="The APIs that the visitor may see, searched and paged",
            tag=TAG,
            authenticated=False,
            query=("limit", "offset", "query"),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}",
            id="getAPI",
            route=apis.get,
            summary="One API with what is needed to call it",
            tag=TAG,
            authenticated=False,
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/swagger",
            id="getAPIDefinition",
            route=apis.definition,
            summary="The OpenAPI definition, with the gateway as its server",
            tag=TAG,
            authenticated=False,
            query=("environmentName", "labelName", "query", "kmId", "X-WSO2-Tenant-Q"),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/postman-collection",
            id="getAPIPostmanCollection",
            route=apis.collection,
            summary="A Postman collection with a request for each operation",
            tag=TAG,
            authenticated=False,
            query=("environmentName", "labelName", "X-WSO2-Tenant-Q"),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/subscription-policies",
            id="listPlansOfAPI",
            route=apis.plans,
            summary="The business plans that the API offers",
            tag=TAG,
            authenticated=False,
        ),
        Operation(
            method="GET",
            path="/tags",
            id="listTags",
            route=apis.tags,
            summary="The tags of the APIs that the visitor may see",
            tag="Tags",
            authenticated=False,
            query=("limit", "offset"),
        ),
    )


class _Apis:
    def __init__(self, storefront: Storefront, search: StoreSearch) -> None:
        self._storefront = storefront
        self._search = search

    def all(self, request: Request) -> Answer:
        visitor, wanted = visiting(request), request.slice()
        page = page_of(self._search.apis(visitor, request.query.get("query", "")), wanted)
        show = partial(views_apis.api_info, glance=self._storefront.glance(visitor))
        return Answer(body=envelope(page, show, resource="/apis", query=request.query))

    def get(self, request: Request) -> Answer:
        storefront, visitor = self._storefront, visiting(request)
        api = storefront.get(visitor, request.path["apiId"])
        definition = storefront.published(api).decode()
        shown = views_apis.api(api, storefront.places(api), definition, storefront.glance(visitor))
        return tagged(request, Answer(body=shown))

    def definition(self, request: Request) -> Answer:
        asked = request.path["apiId"], environment_of(request), _key_manager(request)
        content = self._storefront.definition(visiting(request), *asked)
        return tagged(request, Answer(body=content.decode(), media_type=JSON))

    def collection(self, request: Request) -> Answer:
        api = self._storefront.get(visiting(request), request.path["apiId"])
        content = self._storefront.collection(api, environment_of(request)).decode()
        name = quote(f"{api.name}-{api.version}.postman_collection.json")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return tagged(request, Answer(body=content, media_type=JSON, headers=headers))

    def plans(self, request: Request) -> Answer:
        found = self._storefront.plans(visiting(request), request.path["apiId"])
        return Answer(body=[plan(offered) for offered in found])

    def tags(self, request: Request) -> Answer:
        page = page_of(self._storefront.tags(visiting(request)), request.slice())
        return Answer(body=envelope(page, _tag, resource="/tags", query=request.query))


def _key_manager(request: Request) -> str:
    """The key manager whose tokens are meant, as WSO2's clients name it: `query=kmId=<id>`; also `kmId=<id>`."""
    given = request.query.get("query", "")
    name, _, value = given.partition("=") if "=" in given else given.partition(":")
    return value.strip() if name.strip() == "kmId" else request.query.get("kmId", "")


def _tag(counted: tuple[str, int]) -> dict[str, object]:
    return {"value": counted[0], "count": counted[1]}
