"""The store function's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.store.interface import Store, interface
from functions.store.shelves import Shelves
from gatehouse.adapters.approvals import approvals
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.aws import dynamodb_client, invoke_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.apis.ratings import RatingTable
from gatehouse.adapters.dynamo.applications import (
    ApiKeyTable,
    ApplicationTable,
    KeyTable,
    SubscriptionTable,
    WebhookTable,
)
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.adapters.dynamo.identity import TenantTable
from gatehouse.adapters.dynamo.key_managers import KeyManagerTable
from gatehouse.adapters.dynamo.key_uses import KeyUseTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.invoking.desk import DECIDE, carry_out
from gatehouse.adapters.invoking.key_manager import LambdaKeyManager
from gatehouse.adapters.objects.blobs import BucketBlobs, BucketLinks, blob_client
from gatehouse.adapters.objects.uploads import upload_client
from gatehouse.adapters.registrars import HttpRegistrar
from gatehouse.adapters.sdks.shelf import BucketSdks, generator_client, shelf_client
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.controlplane.environments.lookup import Environments
from gatehouse.controlplane.key_management.reach import Reach
from gatehouse.controlplane.key_management.resident import Residents
from gatehouse.controlplane.store.api_keys import OwnApiKeys
from gatehouse.controlplane.store.applications import OwnApplications
from gatehouse.controlplane.store.attributes import Attributes
from gatehouse.controlplane.store.bound_keys import BoundApiKeys
from gatehouse.controlplane.store.external_clients import ExternalClients
from gatehouse.controlplane.store.external_keys import ExternalKeys
from gatehouse.controlplane.store.keys import OwnKeys
from gatehouse.controlplane.store.mint import Mint
from gatehouse.controlplane.store.reception import Reception
from gatehouse.controlplane.store.sharing import Sharing
from gatehouse.controlplane.store.storefront import Storefront
from gatehouse.controlplane.store.subscriptions import OwnSubscriptions
from gatehouse.controlplane.store.webhooks import OwnWebhooks
from gatehouse.controlplane.workflows.store_desk import store_desk
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = StoreSettings.from_environment(os.environ)
_clock = SystemClock()
_artifacts = ArtifactTable(_settings.artifacts_table)
_apis = ApiTable(_settings.apis_table, _artifacts)
_policies = PolicyTable(_settings.settings_table, _artifacts)
_applications = ApplicationTable(_settings.applications_table, _artifacts)
_keys = KeyTable(_settings.applications_table, _artifacts)
_api_keys = ApiKeyTable(_settings.applications_table, _apis, _artifacts)
_subscriptions = SubscriptionTable(_settings.applications_table, _apis, _artifacts)
_external_clients = ExternalClients(
    Reach(KeyManagerTable(_settings.settings_table, _artifacts)),
    HttpRegistrar(internal_allowed=_settings.local_backends_allowed),
)
_approvals = approvals(
    settings_table=_settings.settings_table,
    workflows_table=_settings.workflows_table,
    clock=_clock,
    remembered_seconds=_settings.max_staleness_seconds,
)
_key_manager = LambdaKeyManager(invoke_client(), _settings.key_manager_function)

_callers = callers(_settings)
_blobs = BucketBlobs(blob_client(), _settings.content_bucket)
_archives = ZipArchives(ArchiveLimits(entries_max=_settings.archive_entries_max, bytes_max=_settings.archive_bytes_max))
_configurations = TenantConfigurationTable(_settings.settings_table)
_storefront = Storefront(
    reception=Reception(configurations=_configurations, tenants=TenantTable(_settings.identity_table)),
    apis=_apis,
    policies=_policies,
    applications=_applications,
    subscriptions=_subscriptions,
    ratings=RatingTable(_settings.apis_table),
    definitions=OpenApiForCallers(),
    key_managers=_external_clients.reach,
    blobs=_blobs,
    environments=Environments(
        settings=RecordTable(_settings.settings_table, _artifacts), gateway_url=_settings.gateway_url
    ),
    management_url=_settings.management_url,
)
_own = OwnApplications(
    applications=_applications,
    keys=_keys,
    subscriptions=_subscriptions,
    policies=_policies,
    key_manager=_key_manager,
    external_clients=_external_clients,
    approvals=_approvals,
    attributes=Attributes(configurations=_configurations),
    sharing=Sharing(configurations=_configurations),
    counters=CounterTable(dynamodb_client(), _settings.counters_table),
    clock=_clock,
)
_key_uses = KeyUseTable(dynamodb_client(), _settings.counters_table)
_mint = Mint(key_manager=_key_manager, subscriptions=_subscriptions, apis=_apis, policies=_policies)
_own_keys = OwnKeys(
    applications=_own,
    keys=_keys,
    key_manager=_key_manager,
    external=ExternalKeys(applications=_own, keys=_keys, clients=_external_clients),
    residents=Residents(
        settings=RecordTable(_settings.settings_table, _artifacts), management_url=_settings.management_url
    ),
    approvals=_approvals,
)
_desk = store_desk(_own_keys)
_store = Surface(
    interface(
        Store(
            storefront=_storefront,
            applications=_own,
            keys=_own_keys,
            subscriptions=OwnSubscriptions(
                applications=_own,
                storefront=_storefront,
                subscriptions=_subscriptions,
                policies=_policies,
                approvals=_approvals,
                clock=_clock,
            ),
            api_keys=OwnApiKeys(applications=_own, keys=_api_keys, mint=_mint, uses=_key_uses, clock=_clock),
            bound_keys=BoundApiKeys(
                applications=_own,
                storefront=_storefront,
                subscriptions=_subscriptions,
                keys=_api_keys,
                mint=_mint,
                uses=_key_uses,
                clock=_clock,
            ),
            webhooks=OwnWebhooks(
                applications=_own,
                storefront=_storefront,
                webhooks=WebhookTable(_settings.applications_table),
                clock=_clock,
            ),
            sdks=BucketSdks(
                shelf_client(), _settings.content_bucket, generator_client(), _settings.sdk_generator_function
            ),
            archives=_archives,
            shelves=Shelves(
                records=RecordTable(_settings.apis_table, _artifacts),
                settings=RecordTable(_settings.settings_table, _artifacts),
                blobs=_blobs,
                links=BucketLinks(upload_client(), _settings.content_bucket, seconds=_settings.download_seconds),
                wsdl=LxmlWsdl(_archives),
                users=_callers.users,
                clock=_clock,
            ),
        )
    ),
    _callers,
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event, or carry out what an administrator has decided."""
    if event.get("action") == DECIDE:
        return carry_out(event, _desk, _approvals.workflows)
    return _store(event, context)
