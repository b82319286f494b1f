"""The publisher function's composition root."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.publisher.interface import Bundles, Credentials, interface
from functions.publisher.shelves import Shelves
from gatehouse.adapters.approvals import approvals
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.aws import dynamodb_client, front_door_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
from gatehouse.adapters.definitions.gathering import Gatherer
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable, RevocableApiKeys, SubscriptionTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.certificates import EndpointCertificateTable
from gatehouse.adapters.dynamo.identity import TenantTable
from gatehouse.adapters.dynamo.key_managers import KeyManagerTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.front_door import HttpApiRoutes
from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.adapters.invoking.desk import DECIDE, carry_out
from gatehouse.adapters.invoking.function_directory import LambdaDirectory
from gatehouse.adapters.keys.certificates import X509Certificates
from gatehouse.adapters.linting import SpectralLinter, shipped_rulesets
from gatehouse.adapters.login import user_store_seal
from gatehouse.adapters.objects.blobs import BucketBlobs, BucketLinks, blob_client
from gatehouse.adapters.objects.uploads import BucketUploads, upload_client
from gatehouse.adapters.outward.external_stores import HttpStoreFronts
from gatehouse.adapters.outward.mail import SesMail
from gatehouse.adapters.outward.remote import HttpRemote
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.controlplane.environments.keys import EnvironmentKeys
from gatehouse.controlplane.environments.lookup import Environments
from gatehouse.controlplane.governance.enforcement import Enforcement
from gatehouse.controlplane.governance.judging import Judge
from gatehouse.controlplane.governance.rulesets import RulesetShelf
from gatehouse.controlplane.languages import Languages
from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
from gatehouse.controlplane.operation_policies.snapshots import PolicySnapshots
from gatehouse.controlplane.publishing.certificates.backend_certificates import BackendCertificates
from gatehouse.controlplane.publishing.certificates.client_certificates import ClientCertificates
from gatehouse.controlplane.publishing.certificates.endpoint_certificates import EndpointCertificates
from gatehouse.controlplane.publishing.compiling.facts import Facts
from gatehouse.controlplane.publishing.default_version import DefaultVersions
from gatehouse.controlplane.publishing.deployment_requests import DeploymentRequests
from gatehouse.controlplane.publishing.design import Design
from gatehouse.controlplane.publishing.direct import DirectRoutes
from gatehouse.controlplane.publishing.external.accounts import Accounts
from gatehouse.controlplane.publishing.external.copies import Copies
from gatehouse.controlplane.publishing.internal_keys import InternalKeys
from gatehouse.controlplane.publishing.inventory import Inventory
from gatehouse.controlplane.publishing.kinds.graphql import GraphqlDesign
from gatehouse.controlplane.publishing.lifecycles import Lifecycles
from gatehouse.controlplane.publishing.notices import Notices
from gatehouse.controlplane.publishing.products.composition import Composition
from gatehouse.controlplane.publishing.products.products import Products
from gatehouse.controlplane.publishing.references import References
from gatehouse.controlplane.publishing.revisions import Revisions
from gatehouse.controlplane.publishing.tenant_rules import TenantRules
from gatehouse.controlplane.publishing.versions import Succession
from gatehouse.controlplane.publishing.wordings import Wordings
from gatehouse.controlplane.workflows.api_desk import publisher_desk
from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.subjects.subscriptions import SubscriptionEffects
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.edge.composition import callers
from gatehouse.edge.post import LoggedMail
from gatehouse.edge.surface import Surface
from gatehouse.settings import PublisherSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = PublisherSettings.from_environment(os.environ)
_clock = SystemClock()
_callers = callers(_settings)
_artifacts = ArtifactTable(_settings.artifacts_table)
_apis = ApiTable(_settings.apis_table, _artifacts)
_subscriptions = SubscriptionTable(_settings.applications_table, _apis, _artifacts)
_approvals = approvals(
    settings_table=_settings.settings_table,
    workflows_table=_settings.workflows_table,
    clock=_clock,
    remembered_seconds=_settings.max_staleness_seconds,
)
_rules = TenantRules(_approvals.rules.configurations)
_applications = ApplicationTable(_settings.applications_table, _artifacts)
_blobs = BucketBlobs(blob_client(), _settings.content_bucket)
_facts = Facts(blobs=_blobs, publication=_artifacts)
_archives = ZipArchives(ArchiveLimits(entries_max=_settings.archive_entries_max, bytes_max=_settings.archive_bytes_max))
_wsdl = LxmlWsdl(_archives)
_wordings = Wordings(blobs=_blobs, wsdl=_wsdl)
_defaults = DefaultVersions(
    apis=_apis, artifacts=ArtifactLookup(dynamodb_client(), _settings.artifacts_table), publication=_artifacts
)
_endpoint_certificates = EndpointCertificateTable(_settings.apis_table, _artifacts)
_direct = DirectRoutes(
    apis=_apis,
    certificates=_endpoint_certificates,
    front_door=HttpApiRoutes(front_door_client, http_api=_settings.gateway_api, authorizer=_settings.direct_authorizer),
)
_policies = PolicyTable(_settings.settings_table, _artifacts)
_certificates = X509Certificates()
_credentials = Credentials(
    internal_keys=InternalKeys(
        apis=_apis, publication=_artifacts, clock=_clock, seconds=_settings.internal_key_seconds
    ),
    client_certificates=ClientCertificates(apis=_apis, policies=_policies, reader=_certificates, clock=_clock),
    endpoint_certificates=EndpointCertificates(
        kept=_endpoint_certificates,
        apis=_apis,
        reader=_certificates,
        clock=_clock,
    ),
)
_records = RecordTable(_settings.apis_table, _artifacts)
_words = RecordTable(_settings.settings_table, _artifacts)
_governance = Enforcement(
    policies=_words,
    judge=Judge(
        shelf=RulesetShelf(records=_words, blobs=_blobs, shipped=shipped_rulesets),
        documents=_records,
        blobs=_blobs,
        linter=SpectralLinter(),
        clock=_clock,
    ),
)
_configurations = TenantConfigurationTable(_settings.settings_table)
_copies = Copies(
    records=_records,
    accounts=Accounts(configurations=_configurations, seal=user_store_seal(_settings)),
    fronts=HttpStoreFronts(internal_allowed=_settings.local_backends_allowed),
    clock=_clock,
    own_store=f"{_settings.management_url}/devportal",
)
_inventory = Inventory(
    apis=_apis,
    blobs=_blobs,
    wordings=_wordings,
    subscriptions=_subscriptions,
    keys=RevocableApiKeys(_settings.applications_table, _artifacts),
    facts=_facts,
    defaults=_defaults,
    direct=_direct,
    references=References(records=_records, settings=_words),
    governance=_governance,
    approvals=_approvals,
    copies=_copies,
    clock=_clock,
)
_definitions = OpenApiDefinitions()
_design = Design(
    apis=_apis,
    definitions=Languages(openapi=_definitions, asyncapi=AsyncApiDefinitions()),
    blobs=_blobs,
    policies=_policies,
    inventory=_inventory,
    certificates=BackendCertificates(reader=_certificates, clock=_clock),
)
_products = Products(
    apis=_apis,
    blobs=_blobs,
    composition=Composition(definitions=_definitions, blobs=_blobs, policies=_policies),
    inventory=_inventory,
)
_environments = Environments(settings=_words, gateway_url=_settings.gateway_url)
_environment_keys = EnvironmentKeys(environments=_environments, records=_records, clock=_clock)
_revisions = Revisions(
    designs=_design,
    snapshots=PolicySnapshots(policies=OperationPolicies(records=_records, apis=_apis, blobs=_blobs, clock=_clock)),
    apis=_apis,
    facts=_facts,
    wordings=_wordings,
    defaults=_defaults,
    direct=_direct,
    environments=_environments,
    keys=_environment_keys,
    governance=_governance,
    requests=DeploymentRequests(apis=_apis, approvals=_approvals),
    rules=_rules,
    clock=_clock,
)
_lifecycles = Lifecycles(
    designs=_design,
    apis=_apis,
    facts=_facts,
    defaults=_defaults,
    direct=_direct,
    subscriptions=_subscriptions,
    succession=Succession(
        apis=_apis, subscriptions=_subscriptions, applications=_applications, policies=_policies, clock=_clock
    ),
    governance=_governance,
    approvals=_approvals,
    notices=Notices(
        rules=_rules,
        apis=_apis,
        subscriptions=_subscriptions,
        applications=_applications,
        users=_callers.users,
        mail=LoggedMail(SesMail(_settings.mail_sender)),
    ),
    rules=_rules,
    clock=_clock,
)
_graphql = GraphqlDesign(design=_design, schemas=CoreSchemas())
_bundles = Bundles(
    products=_products,
    revisions=replace(_revisions, designs=_products),
    lifecycles=replace(_lifecycles, designs=_products),
)
_desk = publisher_desk(
    SubscriptionEffects(subscriptions=_subscriptions, policies=_policies),
    (_lifecycles, _bundles.lifecycles),
    (_revisions, _bundles.revisions),
)
_remote = HttpRemote(internal_allowed=_settings.local_backends_allowed)
_publisher = Surface(
    interface(
        _design,
        _graphql,
        _revisions,
        _lifecycles,
        _credentials,
        _bundles,
        shelves=Shelves(
            design=_design,
            products=_products,
            apis=_apis,
            records=_records,
            settings=_words,
            blobs=_blobs,
            archives=_archives,
            links=BucketLinks(upload_client(), _settings.content_bucket, seconds=_settings.upload_seconds),
            uploads=BucketUploads(
                upload_client(),
                _settings.content_bucket,
                _clock,
                bytes_max=_settings.upload_bytes_max,
                seconds=_settings.upload_seconds,
            ),
            remote=_remote,
            wsdl=_wsdl,
            sources=Gatherer(_archives, _remote),
            clock=_clock,
            subscriptions=_subscriptions,
            applications=_applications,
            policies=_policies,
            users=_callers.users,
            tenants=TenantTable(_settings.identity_table),
            key_managers=KeyManagerTable(_settings.settings_table, _artifacts),
            configurations=_configurations,
            management_url=_settings.management_url,
            environments=_environments,
            environment_keys=_environment_keys,
            functions=LambdaDirectory(),
            copies=_copies,
            callers_definitions=OpenApiForCallers(),
            decisions=Decisions(workflows=_approvals.workflows, desks=dict.fromkeys(_desk.effects, _desk)),
        ),
    ),
    _callers,
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event, or carry out what an administrator has decided."""
    if event.get("action") == DECIDE:
        return carry_out(event, _desk, _approvals.workflows)
    return _publisher(event, context)
