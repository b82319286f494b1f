"""The store interface, as a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.store.routes import (
    api_keys,
    applications,
    import_export,
    keys,
    recommendations,
    sdks,
    secrets,
    subscriptions,
    tenant,
    webhooks,
)
from functions.store.shelves import shelf_routes
from gatehouse.controlplane.archives.applications import ApplicationArchives
from gatehouse.controlplane.store.recommendations import Recommendations
from gatehouse.controlplane.store.sdks import ClientSdks
from gatehouse.controlplane.store.secrets import OwnSecrets
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from functions.store.shelves import Shelves
    from gatehouse.controlplane.store.api_keys import OwnApiKeys
    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.bound_keys import BoundApiKeys
    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.controlplane.store.subscriptions import OwnSubscriptions
    from gatehouse.controlplane.store.webhooks import OwnWebhooks
    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.portal.sdks import Sdks


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The rules that the interface serves."""

    storefront: Storefront
    applications: OwnApplications
    keys: OwnKeys
    subscriptions: OwnSubscriptions
    api_keys: OwnApiKeys
    bound_keys: BoundApiKeys
    archives: Archives
    webhooks: OwnWebhooks
    sdks: Sdks
    shelves: Shelves


def interface(store: Store) -> Interface:
    """`/api/am/devportal/v3`, and `/api/am/store` as older clients call it."""
    travelling = ApplicationArchives(
        applications=store.applications, subscriptions=store.subscriptions, keys=store.keys, archives=store.archives
    )
    liked = Recommendations(
        subscriptions=store.subscriptions,
        ratings=store.storefront.ratings,
        configurations=store.storefront.reception.configurations,
    )
    operations = (
        *shelf_routes(store.storefront, store.shelves),
        *applications.routes(store.applications, store.subscriptions),
        *import_export.routes(travelling),
        *keys.routes(store.keys),
        *secrets.routes(OwnSecrets(keys=store.keys)),
        *subscriptions.routes(store.subscriptions),
        *sdks.routes(ClientSdks(storefront=store.storefront, sdks=store.sdks)),
        *recommendations.routes(liked),
        *webhooks.routes(store.webhooks),
        *api_keys.routes(store.api_keys, store.bound_keys),
    )
    scopes = sorted({scope for operation in operations for scope in operation.scopes})
    return Interface(
        name="devportal",
        title="Gatehouse Store",
        base="/api/am/devportal",
        version="v3",
        aliases=("/api/am/store",),
        operations=(*operations, *tenant.routes(store.storefront, store.keys, liked, scopes)),
    )
