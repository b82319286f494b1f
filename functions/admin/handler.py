"""The admin function's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.admin.interface import interface
from functions.admin.offices import Offices
from functions.admin.premises import Premises
from functions.admin.routes.devops import devops_interface
from gatehouse.adapters.approvals import approvals
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.aws import invoke_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable, KeyTable, SubscriptionTable
from gatehouse.adapters.dynamo.applications.directory import DirectoryTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import TenantTable
from gatehouse.adapters.dynamo.key_managers import KeyManagerTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.invoking.desk import LambdaDesk
from gatehouse.adapters.invoking.key_manager import LambdaKeyManager
from gatehouse.adapters.keys.public_keys import PemKeys
from gatehouse.adapters.login import user_store_seal
from gatehouse.adapters.objects.blobs import BucketBlobs, blob_client
from gatehouse.adapters.registrars import HttpRegistrar
from gatehouse.adapters.registrars.metadata import HttpMetadata
from gatehouse.controlplane.call_logs import CallLogs
from gatehouse.controlplane.environments.administration import EnvironmentAdministration
from gatehouse.controlplane.environments.lookup import Environments
from gatehouse.controlplane.key_management.administration import KeyManagement
from gatehouse.controlplane.key_management.reach import Reach
from gatehouse.controlplane.key_management.resident import Residents
from gatehouse.controlplane.key_management.usage import KeyManagerUsage
from gatehouse.controlplane.organizations import OrganizationAdministration, Organizations
from gatehouse.controlplane.publishing.administration import ApiAdministration
from gatehouse.controlplane.publishing.external.accounts import Accounts
from gatehouse.controlplane.store.administration import ApplicationAdministration
from gatehouse.controlplane.store.external_clients import ExternalClients
from gatehouse.controlplane.store.removal import Removal
from gatehouse.controlplane.system_scopes import SystemScopes
from gatehouse.controlplane.themes import Themes
from gatehouse.controlplane.vocabulary import Vocabulary
from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.hooks import Hooks
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.publishing.workflow import API_KINDS, WorkflowKind
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import AdminSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.publishing.workflows import Desk

_settings = AdminSettings.from_environment(os.environ)
_lambda = invoke_client()
_artifacts = ArtifactTable(_settings.artifacts_table)
_key_managers = KeyManagerTable(_settings.settings_table, _artifacts)
_keys = KeyTable(_settings.applications_table, _artifacts)
_clock = SystemClock()
_records = RecordTable(_settings.settings_table, _artifacts)
_apis = ApiTable(_settings.apis_table, _artifacts)
_application_table = ApplicationTable(_settings.applications_table, _artifacts)
_key_management = KeyManagement(
    key_managers=_key_managers,
    public_keys=PemKeys(),
    usage=KeyManagerUsage(uses=_keys, applications=_application_table, apis=_apis),
    residents=Residents(settings=_records, management_url=_settings.management_url),
    records=_records,
    clock=_clock,
    metadata=HttpMetadata(internal_allowed=_settings.local_backends_allowed),
    management_url=_settings.management_url,
    plain_http_allowed=_settings.local_backends_allowed,
)
_callers = callers(_settings)
_approvals = approvals(
    settings_table=_settings.settings_table,
    workflows_table=_settings.workflows_table,
    clock=_clock,
    remembered_seconds=_settings.max_staleness_seconds,
)
_system_scopes = SystemScopes(artifacts=_callers.artifacts, publication=_artifacts, users=_callers.users)
_applications = ApplicationAdministration(
    directory=DirectoryTable(_settings.applications_table),
    users=_callers.users,
    removal=Removal(
        applications=_application_table,
        keys=_keys,
        subscriptions=SubscriptionTable(_settings.applications_table, _apis, _artifacts),
        key_manager=LambdaKeyManager(_lambda, _settings.key_manager_function),
        approvals=_approvals,
        external_clients=ExternalClients(
            Reach(_key_managers), HttpRegistrar(internal_allowed=_settings.local_backends_allowed)
        ),
    ),
)
_premises = Premises(
    environments=EnvironmentAdministration(
        environments=Environments(settings=_records, gateway_url=_settings.gateway_url),
        records=_records,
        apis=_apis,
        clock=_clock,
        stage=_settings.stage,
    ),
    organizations=OrganizationAdministration(
        organizations=Organizations(settings=_records), records=_records, apis=_apis, clock=_clock
    ),
    tenants=TenantTable(_settings.identity_table),
    themes=Themes(
        records=_records,
        blobs=BucketBlobs(blob_client(), _settings.content_bucket),
        archives=ZipArchives(
            ArchiveLimits(entries_max=_settings.archive_entries_max, bytes_max=_settings.archive_bytes_max)
        ),
        clock=_clock,
    ),
)


def _desks() -> dict[WorkflowKind, Desk]:
    """Who has the subjects of a kind decides about it, in a function of its own."""
    store, publisher, identity = (
        LambdaDesk(_lambda, function)
        for function in (_settings.store_function, _settings.publisher_function, _settings.identity_function)
    )
    desks: dict[WorkflowKind, Desk] = dict.fromkeys(WorkflowKind, store)
    return desks | dict.fromkeys(API_KINDS, publisher) | {WorkflowKind.USER_SIGNUP: identity}


_configurations = TenantConfigurationTable(_settings.settings_table)
_seal = user_store_seal(_settings)
_admin = Surface(
    interface(
        _key_management,
        _configurations,
        _system_scopes,
        _applications,
        Vocabulary(records=_records, apis=_apis, clock=_clock),
        _premises,
        Offices(
            decisions=Decisions(workflows=_approvals.workflows, desks=_desks()),
            hooks=Hooks(seal=_seal, plain_http_allowed=_settings.local_backends_allowed),
            accounts=Accounts(configurations=_configurations, seal=_seal),
            apis=ApiAdministration(apis=_apis, users=_callers.users, clock=_clock),
        ),
    ),
    _callers,
)


_devops = Surface(devops_interface(CallLogs(records=_records, apis=_apis, clock=_clock)), _callers)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event."""
    return (_devops if _devops.serves(event["rawPath"]) else _admin)(event, context)
