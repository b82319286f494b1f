"""What leaves and comes in as an archive, put together of what the publisher is made of anyway, and its routes.

APIs leave for the stores of others as archives too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.publisher import wire, wire_products
from functions.publisher.mediation.assembly import policies_of, sequences_of
from functions.publisher.particulars import external_stores
from functions.publisher.particulars.wire_documents import DocumentBody
from functions.publisher.routes import import_export, import_export_policies, import_export_products, uploads
from gatehouse.controlplane.archives.arrival import Arrival
from gatehouse.controlplane.archives.certificates import ClientCertificatePart, EndpointCertificatePart
from gatehouse.controlplane.archives.documents import Described, DocumentPart
from gatehouse.controlplane.archives.exports import ApiExports
from gatehouse.controlplane.archives.images import ImagePart
from gatehouse.controlplane.archives.imports import ApiImports
from gatehouse.controlplane.archives.operation_policies import OperationPolicyArchives, PolicyPart
from gatehouse.controlplane.archives.product_exports import ProductExports
from gatehouse.controlplane.archives.product_imports import ProductImports
from gatehouse.controlplane.archives.sequence_backends import SequencePart
from gatehouse.controlplane.archives.wsdl import WsdlPart
from gatehouse.controlplane.publishing.amending import Amendments
from gatehouse.controlplane.publishing.external.advertisement import Advertisements
from gatehouse.controlplane.publishing.external.publishing import ExternalPublishing
from gatehouse.controlplane.publishing.kinds.soap import SoapDesign
from gatehouse.controlplane.publishing.particulars.api_documents import FILE_NAME, Documents
from gatehouse.controlplane.publishing.particulars.thumbnails import Thumbnails
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.publisher.interface import Bundles, Credentials
    from functions.publisher.shelves import Shelves
    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.edge.operation import Operation


_OF_PRODUCTS_BEFORE = frozenset({"lifeCycleStatus", "type"})
"""What older versions wrote into the documents of products."""


def transfer_routes(
    shelves: Shelves,
    graphql: GraphqlDesign,
    revisions: Revisions,
    lifecycles: Lifecycles,
    credentials: Credentials,
    bundles: Bundles,
) -> tuple[Operation, ...]:
    """Every export and import."""
    archives, policies = shelves.archives, policies_of(shelves)
    documents = Documents(records=shelves.records, blobs=shelves.blobs, clock=shelves.clock)
    picture = ImagePart(Thumbnails(amendments=Amendments(apis=shelves.apis, clock=shelves.clock), blobs=shelves.blobs))
    wsdl = WsdlPart(SoapDesign(design=shelves.design, reader=shelves.wsdl))
    own: tuple[Part, ...] = (
        ClientCertificatePart(credentials.client_certificates, archives),
        DocumentPart(documents, archives, described),
        picture,
    )
    parts: tuple[Part, ...] = (
        EndpointCertificatePart(credentials.endpoint_certificates, archives),
        PolicyPart(policies, archives),
        SequencePart(sequences_of(shelves)),
        wsdl,
        *own,
    )
    exports = ApiExports(apis=shelves.apis, blobs=shelves.blobs, archives=archives, parts=parts)
    imports = ApiImports(
        design=shelves.design,
        graphql=graphql,
        archives=archives,
        arrival=Arrival(revisions=revisions, lifecycles=lifecycles),
        parts=parts,
    )
    product_exports = ProductExports(exports=exports, parts=own, show=wire_products.view)
    product_imports = ProductImports(
        imports=imports,
        products=bundles.products,
        arrival=Arrival(revisions=bundles.revisions, lifecycles=bundles.lifecycles),
        parts=own,
    )
    told = (DocumentPart(documents, archives, described, for_everybody=True), picture, wsdl)
    return (
        *external_stores.routes(_external(shelves, replace(exports, parts=told))),
        *uploads.routes(shelves.uploads),
        *import_export_policies.routes(OperationPolicyArchives(policies, archives)),
        *import_export.routes(exports, imports, shaped, shelves.uploads),
        *import_export_products.routes(product_exports, product_imports, shaped_product, shaped, shelves.uploads),
    )


def _external(shelves: Shelves, exports: ApiExports) -> ExternalPublishing:
    return ExternalPublishing(
        design=shelves.design,
        copies=shelves.copies,
        advertisements=Advertisements(
            exports=exports,
            languages=shelves.design.definitions,
            callers=shelves.callers_definitions,
            wsdl=shelves.wsdl,
            environments=shelves.environments,
            management_url=shelves.management_url,
        ),
    )


def shaped(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an `api.yaml` as a document. Raises Invalid."""
    return parse(wire.ApiBody, data, "data").document()


def shaped_product(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an `api_product.yaml` as a document. Raises Invalid."""
    known = {name: value for name, value in data.items() if name not in _OF_PRODUCTS_BEFORE}
    return parse(wire_products.ProductBody, known, "data").document()


def described(data: Mapping[str, Any], path: str) -> Described:
    """The data of a `document.yaml`. Raises Invalid."""
    body = parse(DocumentBody, data, path)
    file_name = {FILE_NAME: body.fileName} if body.fileName else {}
    return Described(body.name, {**body.body(), **file_name}, body.inlineContent)
