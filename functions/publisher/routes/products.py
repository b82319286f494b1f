"""API products: bundles of several APIs' operations. Their revisions and lives are in `revisions` and `lifecycle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher import wire_products
from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import JSON, Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.search import Search
    from gatehouse.controlplane.publishing.products.products import Products
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request

TAG = "API Products"
PATH = "/api-products"
ONE = f"{PATH}/{{apiProductId}}"
_VIEW = (s.MANAGE, s.PUBLISH, s.VIEW)
_WRITE = (s.MANAGE, s.PUBLISH)


def routes(products: Products, search: Search) -> tuple[Operation, ...]:
    """Create, read, change, copy, delete."""
    routed = _Products(products, search)
    return (
        Operation(
            method="GET",
            path=PATH,
            id="getAllAPIProducts",
            route=routed.list,
            summary="The tenant's API products, searched and paged",
            tag=TAG,
            scopes=(s.MANAGE, s.VIEW),
            query=("limit", "offset", "query"),
        ),
        Operation(
            method="POST",
            path=PATH,
            id="createAPIProduct",
            route=routed.create,
            summary="Bundle operations of several APIs",
            tag=TAG,
            scopes=_WRITE,
            body=wire_products.ProductBody,
            answers=(201,),
        ),
        Operation(
            method="POST",
            path=f"{PATH}/copy-api-products",
            id="createNewAPIProductVersion",
            route=routed.copy,
            summary="A new version of an API product, of the same operations",
            tag=TAG,
            scopes=_WRITE,
            query=("apiProductId", "defaultVersion", "newVersion"),
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getAPIProduct",
            route=routed.get,
            summary="An API product's document",
            tag=TAG,
            scopes=(*_VIEW, s.PRODUCT_EXPORT),
        ),
        Operation(
            method="PUT",
            path=ONE,
            id="updateAPIProduct",
            route=routed.update,
            summary="Replace an API product's document; its operations become what its APIs say now",
            tag=TAG,
            scopes=_WRITE,
            body=wire_products.ProductBody,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="deleteAPIProduct",
            route=routed.delete,
            summary="Delete an API product that nobody is subscribed to",
            tag=TAG,
            scopes=(*_WRITE, s.PRODUCT_EXPORT),
        ),
        Operation(
            method="GET",
            path=f"{ONE}/swagger",
            id="getAPIProductSwagger",
            route=routed.definition,
            summary="One definition of all operations of an API product",
            tag=TAG,
            scopes=_VIEW,
        ),
        Operation(
            method="GET",
            path=f"{ONE}/is-outdated",
            id="getIsAPIProductOutdated",
            route=routed.is_outdated,
            summary="Whether an API of the product has changed since the product was saved",
            tag=TAG,
            scopes=_VIEW,
        ),
    )


class _Products:
    def __init__(self, products: Products, search: Search) -> None:
        self._products = products
        self._search = search

    def list(self, request: Request) -> Answer:
        found = self._search.of_products(request.principal, request.query.get("query", ""))
        page = page_of(found, request.slice())
        return Answer(body=envelope(page, wire_products.line, resource=PATH, query=request.query))

    def create(self, request: Request, body: wire_products.ProductBody) -> Answer:
        product = self._products.create(request.principal, body.document())
        return versioned(created(f"{ROOT}{PATH}/{product.id}", wire_products.view(product)), product.stored_version)

    def copy(self, request: Request) -> Answer:
        version = parse(wire_products.NewVersion, {"newVersion": request.required("newVersion")}).newVersion
        product = self._products.copy(
            request.principal, request.required("apiProductId"), version, as_default=_as_default(request)
        )
        return created(f"{ROOT}{PATH}/{product.id}", wire_products.view(product))

    def get(self, request: Request) -> Answer:
        return _shown(self._products.get(request.principal, request.path["apiProductId"]))

    def update(self, request: Request, body: wire_products.ProductBody) -> Answer:
        wanted = wanted_versions(request)
        product_id = request.path["apiProductId"]
        return _shown(self._products.update(request.principal, product_id, body.document(), wanted))

    def delete(self, request: Request) -> Answer:
        self._products.delete(request.principal, request.path["apiProductId"], wanted_versions(request))
        return Answer()

    def definition(self, request: Request) -> Answer:
        content = self._products.definition(request.principal, request.path["apiProductId"])
        return Answer(body=content.decode(), media_type=JSON)

    def is_outdated(self, request: Request) -> Answer:
        outdated = self._products.is_outdated(request.principal, request.path["apiProductId"])
        return Answer(body={"isOutdated": outdated})


def _shown(product: Api) -> Answer:
    return versioned(Answer(body=wire_products.view(product)), product.stored_version)


def _as_default(request: Request) -> bool:
    match request.query.get("defaultVersion", "false"):
        case "true":
            return True
        case "false":
            return False
        case other:
            raise Invalid.field("defaultVersion", f"'{other}' is neither true nor false")
