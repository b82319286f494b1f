"""What leaves and comes in as an archive, put together of what the publisher is made of anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.archives.arrival import Arrival
from gatehouse.controlplane.archives.certificates import ClientCertificatePart, EndpointCertificatePart
from gatehouse.controlplane.archives.exports import ApiExports
from gatehouse.controlplane.archives.imports import ApiImports

if TYPE_CHECKING:
    from functions.publisher.interface import Bundles, Credentials
    from gatehouse.controlplane.publishing.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.ports.archives import Archives


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """Exports and imports."""

    exports: ApiExports
    imports: ApiImports


def transfers(
    archives: Archives,
    graphql: GraphqlDesign,
    revisions: Revisions,
    lifecycles: Lifecycles,
    credentials: Credentials,
    bundles: Bundles,
) -> Transfers:
    """All of them."""
    design = graphql.design
    parts = (
        EndpointCertificatePart(credentials.endpoint_certificates, archives),
        ClientCertificatePart(credentials.client_certificates, archives),
    )
    return Transfers(
        exports=ApiExports(apis=design.apis, blobs=design.blobs, archives=archives, parts=parts),
        imports=ApiImports(
            design=design,
            graphql=graphql,
            archives=archives,
            arrival=Arrival(revisions=revisions, lifecycles=lifecycles),
            parts=parts,
        ),
    )
