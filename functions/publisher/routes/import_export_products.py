"""API products leave as archives, and come in as archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from functions.publisher.routes.import_export import TAG, wanted_of
from gatehouse.controlplane.archives.imports import Options
from gatehouse.controlplane.archives.product_imports import ProductOptions
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import handed_out, uploaded

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.imports import Shape
    from gatehouse.controlplane.archives.product_exports import ProductExports
    from gatehouse.controlplane.archives.product_imports import ProductImports
    from gatehouse.edge.http import Request
    from gatehouse.ports.uploads import Uploads


def routes(
    exports: ProductExports, imports: ProductImports, shape: Shape, member_shape: Shape, uploads: Uploads
) -> tuple[Operation, ...]:
    """Export and import API products. The shapes check the types of a product's document, and of an API's."""

    def export(request: Request) -> Answer:
        wanted = wanted_of(request)
        name, version = request.required("name"), request.required("version")
        provider = request.query.get("providerName", "")
        return handed_out(request, uploads, *exports.export(request.principal, name, version, provider, wanted))

    def import_(request: Request) -> Answer:
        provider_kept, rotate = request.flag("preserveProvider", default=True), request.flag("rotateRevision")
        over_members = request.flag("overwriteAPIs")
        options = ProductOptions(
            product=Options(overwrite=request.flag("overwriteAPIProduct"), provider_kept=provider_kept, rotate=rotate),
            # Who wants them changed wants them imported.
            members=Options(overwrite=over_members, provider_kept=provider_kept, rotate=rotate)
            if request.flag("importAPIs") or over_members
            else None,
        )
        imports.run(request.principal, uploaded(request, uploads), options, shape, member_shape)
        return Answer(body="API Product imported successfully.", media_type="text/plain")

    return (
        Operation(
            method="GET",
            path="/api-products/export",
            id="exportAPIProduct",
            route=export,
            summary="An API product as an archive, with its APIs; 303 leads to one that is too large for an answer",
            tag=TAG,
            answers=(200, 303),
            scopes=(s.PRODUCT_EXPORT, s.VIEW),
            query=(
                "name",
                "version",
                "providerName",
                "revisionNumber",
                "latestRevision",
                "preserveStatus",
                "preserveCredentials",
                "format",
            ),
        ),
        Operation(
            method="POST",
            path="/api-products/import",
            id="importAPIProduct",
            route=import_,
            summary="Make or change an API product, and its APIs, as an archive says",
            tag=TAG,
            scopes=(s.PRODUCT_EXPORT,),
            query=(
                "preserveProvider",
                "rotateRevision",
                "importAPIs",
                "overwriteAPIProduct",
                "overwriteAPIs",
                "uploadId",
            ),
            accepts=(MULTIPART,),
        ),
    )
