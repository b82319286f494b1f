"""Shelves: the concerns that keep what hangs on APIs and what a tenant's providers share, and their routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.publisher.mediation.assembly import mediation_routes, policies_of
from functions.publisher.particulars import (
    comments,
    designing,
    documents,
    organizations,
    outside,
    pieces,
    search,
    shared_scopes,
    subscribers,
    surroundings,
    waiting,
    words,
)
from functions.publisher.routes import scopes as s
from functions.publisher.routes.sorts import API, PRODUCT
from gatehouse.controlplane.comments import Comments
from gatehouse.controlplane.contents import Contents
from gatehouse.controlplane.key_management.reach import Reach
from gatehouse.controlplane.key_management.resident import Residents
from gatehouse.controlplane.organizations import Organizations
from gatehouse.controlplane.publishing.amending import Amendments
from gatehouse.controlplane.publishing.particulars.api_documents import Documents
from gatehouse.controlplane.publishing.particulars.api_endpoints import ApiEndpoints
from gatehouse.controlplane.publishing.particulars.labels import Labels
from gatehouse.controlplane.publishing.particulars.outside import Outside
from gatehouse.controlplane.publishing.particulars.search import Search
from gatehouse.controlplane.publishing.particulars.shared_scopes import SharedScopes
from gatehouse.controlplane.publishing.particulars.subscribers import Subscribers
from gatehouse.controlplane.publishing.particulars.surroundings import Surroundings
from gatehouse.controlplane.publishing.particulars.thumbnails import Thumbnails
from gatehouse.controlplane.publishing.versions import Versions
from gatehouse.controlplane.themes import Themes, Wearer
from gatehouse.controlplane.workflows.office import ProviderOffice
from gatehouse.edge.shared.themes import theme_routes
from gatehouse.edge.shared.workflows import workflow_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.environments.keys import EnvironmentKeys
    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.external.copies import Copies
    from gatehouse.controlplane.publishing.products.products import Products
    from gatehouse.controlplane.publishing.revisions import Revisions
    from gatehouse.controlplane.workflows.deciding import Decisions
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.apis.definitions import DefinitionSources
    from gatehouse.ports.apis.function_directory import FunctionDirectory
    from gatehouse.ports.apis.wsdl import WsdlReader
    from gatehouse.ports.applications.applications import Applications, Subscriptions
    from gatehouse.ports.people.identity import Tenants, UserLookup
    from gatehouse.ports.portal.links import Links
    from gatehouse.ports.portal.publication import CallersDefinitions
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.remote import Remote
    from gatehouse.ports.tenant_configuration import TenantConfigurations
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.tokens.key_managers import KeyManagers
    from gatehouse.ports.uploads import Uploads
    from gatehouse.ports.world import Blobs, Clock

ENTRY_POINT = "publisher"
"""Where comments are made that are made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What the world gives. `records` are kept here; `settings` are the admin's, to be read."""

    design: Design
    products: Products
    apis: Apis
    records: Records
    settings: RecordLookup
    blobs: Blobs
    archives: Archives
    uploads: Uploads
    links: Links
    remote: Remote
    wsdl: WsdlReader
    sources: DefinitionSources
    clock: Clock
    subscriptions: Subscriptions
    applications: Applications
    policies: Policies
    users: UserLookup
    tenants: Tenants
    key_managers: KeyManagers
    configurations: TenantConfigurations
    management_url: str
    environments: Environments
    environment_keys: EnvironmentKeys
    functions: FunctionDirectory
    decisions: Decisions
    copies: Copies
    callers_definitions: CallersDefinitions


def search_of(shelves: Shelves) -> Search:
    """Search over all of a tenant's."""
    return Search(apis=shelves.apis, records=shelves.records, settings=shelves.settings)


def shelf_routes(shelves: Shelves, revisions: Revisions) -> tuple[Operation, ...]:
    """Every operation of these concerns."""
    records, clock, design = shelves.records, shelves.clock, shelves.design
    contents = Contents(shelves.blobs, shelves.links)
    kept_documents = Documents(records=records, blobs=shelves.blobs, clock=clock)
    amendments = Amendments(apis=shelves.apis, clock=clock)
    pictures = Thumbnails(amendments=amendments, blobs=shelves.blobs)
    said = Comments(records=records, clock=clock, entry_point=ENTRY_POINT)
    labels = Labels(settings=shelves.settings, amendments=amendments)
    return (
        *search.routes(search_of(shelves)),
        *documents.routes(kept_documents, design, API, contents, shelves.uploads),
        *documents.routes(kept_documents, shelves.products, PRODUCT, contents, shelves.uploads),
        *comments.routes(said, design, shelves.users),
        *shared_scopes.routes(SharedScopes(records=records, apis=shelves.apis, clock=clock)),
        *words.routes(labels, design, shelves.settings),
        *designing.routes(
            Versions(design=design, records=records, custom=policies_of(shelves)), search_of(shelves), shelves.remote
        ),
        *mediation_routes(shelves),
        *waiting.routes(revisions),
        *organizations.routes(Organizations(settings=shelves.settings)),
        *workflow_routes(
            ProviderOffice(shelves.decisions, shelves.apis),
            view=(s.SUBSCRIPTION_APPROVAL_VIEW,),
            decide=(s.SUBSCRIPTION_APPROVAL_VIEW, s.SUBSCRIPTION_APPROVAL_MANAGE),
        ),
        *subscribers.routes(_subscribers(shelves)),
        *theme_routes(
            Themes(records=records, blobs=shelves.blobs, archives=shelves.archives, clock=clock),
            "/apis/{apiId}/api-themes",
            "Api",
            (s.MANAGE, s.VIEW),
            lambda request: Wearer(
                tenant=request.principal.tenant, api_id=design.get(request.principal, request.path["apiId"]).id
            ),
        ),
        *outside.routes(Outside(design=design, subscribers=_subscribers(shelves), functions=shelves.functions)),
        *surroundings.routes(_surroundings(shelves)),
        *pieces.routes(ApiEndpoints(amendments=amendments), amendments, design),
        *pieces.thumbnail_routes(pictures, design, API),
        *pieces.thumbnail_routes(pictures, shelves.products, PRODUCT),
    )


def _subscribers(shelves: Shelves) -> Subscribers:
    return Subscribers(
        apis=shelves.apis,
        subscriptions=shelves.subscriptions,
        applications=shelves.applications,
        policies=shelves.policies,
        users=shelves.users,
    )


def _surroundings(shelves: Shelves) -> Surroundings:
    residents = Residents(settings=shelves.settings, management_url=shelves.management_url)

    def key_managers_of(tenant: str) -> list[ExternalKeyManager]:
        return [residents.of(tenant), *Reach(shelves.key_managers).all(tenant)]

    return Surroundings(
        tenants_kept=shelves.tenants, configurations=shelves.configurations, key_managers_of=key_managers_of
    )
