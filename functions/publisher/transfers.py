"""What leaves and comes in as an archive, put together of what the publisher is made of anyway, and its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.publisher import wire
from functions.publisher.particulars.wire_documents import DocumentBody
from functions.publisher.routes import import_export
from gatehouse.controlplane.archives.arrival import Arrival
from gatehouse.controlplane.archives.certificates import ClientCertificatePart, EndpointCertificatePart
from gatehouse.controlplane.archives.documents import Described, DocumentPart
from gatehouse.controlplane.archives.exports import ApiExports
from gatehouse.controlplane.archives.imports import ApiImports
from gatehouse.controlplane.publishing.particulars.api_documents import FILE_NAME, Documents
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.publisher.interface import Bundles, Credentials
    from functions.publisher.shelves import Shelves
    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.controlplane.publishing.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.edge.operation import Operation


def transfer_routes(
    shelves: Shelves,
    graphql: GraphqlDesign,
    revisions: Revisions,
    lifecycles: Lifecycles,
    credentials: Credentials,
    bundles: Bundles,  # noqa: ARG001 -- products travel with their APIs
) -> tuple[Operation, ...]:
    """Every export and import."""
    archives = shelves.archives
    parts: tuple[Part, ...] = (
        EndpointCertificatePart(credentials.endpoint_certificates, archives),
        ClientCertificatePart(credentials.client_certificates, archives),
        DocumentPart(Documents(records=shelves.records, blobs=shelves.blobs, clock=shelves.clock), archives, described),
    )
    exports = ApiExports(apis=shelves.apis, blobs=shelves.blobs, archives=archives, parts=parts)
    imports = ApiImports(
        design=shelves.design,
        graphql=graphql,
        archives=archives,
        arrival=Arrival(revisions=revisions, lifecycles=lifecycles),
        parts=parts,
    )
    return import_export.routes(exports, imports, shaped)


def shaped(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an `api.yaml` as a document. Raises Invalid."""
    return parse(wire.ApiBody, data, "data").document()


def described(data: Mapping[str, Any], path: str) -> Described:
    """The data of a `document.yaml`. Raises Invalid."""
    body = parse(DocumentBody, data, path)
    file_name = {FILE_NAME: body.fileName} if body.fileName else {}
    return Described(body.name, {**body.body(), **file_name}, body.inlineContent)
