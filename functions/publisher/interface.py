"""The publisher interface, as a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.publisher.content import Sources
from functions.publisher.routes import (
    apis,
    client_certificates,
    endpoint_certificates,
    environment_keys,
    graphql,
    internal_keys,
    lifecycle,
    policies,
    products,
    revisions,
    services,
    streaming,
    wsdl,
)
from functions.publisher.routes.sorts import API, PRODUCT
from functions.publisher.shelves import search_of, shelf_routes
from functions.publisher.transfers import transfer_routes
from gatehouse.controlplane.publishing.amending import Amendments
from gatehouse.controlplane.publishing.kinds.soap import SoapDesign
from gatehouse.controlplane.publishing.kinds.streaming import StreamingDesign
from gatehouse.controlplane.service_catalog.making import Making
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from functions.publisher.shelves import Shelves
    from gatehouse.controlplane.publishing.certificates.client_certificates import ClientCertificates
    from gatehouse.controlplane.publishing.certificates.endpoint_certificates import EndpointCertificates
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.internal_keys import InternalKeys
    from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
    from gatehouse.controlplane.publishing.lifecycles import Lifecycles
    from gatehouse.controlplane.publishing.products.products import Products
    from gatehouse.controlplane.publishing.revisions import Revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What else than tokens opens APIs, and what backends show us."""

    internal_keys: InternalKeys
    client_certificates: ClientCertificates
    endpoint_certificates: EndpointCertificates


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """API products, their revisions and their lives."""

    products: Products
    revisions: Revisions
    lifecycles: Lifecycles


def interface(
    design: Design,
    graphql_design: GraphqlDesign,
    snapshots: Revisions,
    lifecycles: Lifecycles,
    credentials: Credentials,
    bundles: Bundles,
    *,
    shelves: Shelves,
) -> Interface:
    """`/api/am/publisher/v4`."""
    sources = Sources(shelves.remote, shelves.sources)
    streams, soap = StreamingDesign(design=design), SoapDesign(design=design, reader=shelves.wsdl)
    making = Making(
        services=shelves.records,
        design=design,
        graphql=graphql_design,
        streaming=streams,
        soap=soap,
        amendments=Amendments(apis=shelves.apis, clock=shelves.clock),
    )
    served = (
        *apis.routes(design, search_of(shelves), sources, making),
        *services.routes(making),
        *graphql.routes(graphql_design, shelves.remote),
        *streaming.routes(streams, sources),
        *wsdl.routes(soap, shelves.remote),
        *transfer_routes(shelves, graphql_design, snapshots, lifecycles, credentials, bundles),
        *revisions.routes(snapshots, API),
        *lifecycle.routes(lifecycles, design, API),
        *products.routes(bundles.products, search_of(shelves)),
        *revisions.routes(bundles.revisions, PRODUCT),
        *lifecycle.routes(bundles.lifecycles, bundles.products, PRODUCT),
        *environment_keys.routes(shelves.environment_keys, design),
        *internal_keys.routes(credentials.internal_keys),
        *client_certificates.routes(credentials.client_certificates),
        *endpoint_certificates.routes(credentials.endpoint_certificates),
        *shelf_routes(shelves, snapshots),
    )
    scopes = tuple(sorted({scope for operation in served for scope in operation.scopes}))
    return Interface(
        name="publisher",
        title="Gatehouse Publisher",
        base="/api/am/publisher",
        version="v4",
        operations=(
            *served,
            *policies.routes(
                design.policies, design, environments=shelves.environments, rules=snapshots.rules, scopes=scopes
            ),
        ),
    )
