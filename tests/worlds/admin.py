"""What admins administer, in memory, through the surfaces of both functions that serve the admin interface."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.admin.interface import interface
from functions.admin.offices import Offices
from functions.admin.premises import Premises
from functions.throttling.interface import interface as throttling_interface
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.expressions import CelExpressions
from gatehouse.adapters.keys.public_keys import PemKeys
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
from gatehouse.controlplane.throttling.denials import DenyPolicies
from gatehouse.controlplane.throttling.live import LiveCounters
from gatehouse.controlplane.throttling.policies import Throttling, seed
from gatehouse.controlplane.throttling.switches import Switches
from gatehouse.controlplane.vocabulary import Vocabulary
from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.hooks import Hooks
from gatehouse.dataplane.foreign import Judge
from gatehouse.dataplane.knowledge.catalogue import Catalogue
from gatehouse.dataplane.quota import Quotas
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.artifact import issuer_key, policy_key
from gatehouse.domain.people.identity import SUPER_TENANT, Tenant
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT, USERS, KnownUsers, client
from tests.calls import MAX_STALENESS, REFRESH_AFTER
from tests.fakes.apis import InMemoryApis, InMemoryBlobs
from tests.fakes.application_directory import InMemoryDirectory
from tests.fakes.applications import InMemoryApplications, InMemoryKeys, InMemorySubscriptions, Shelf
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters
from tests.fakes.denials import InMemoryDenials, InMemoryTenantConfigurations
from tests.fakes.identity import InMemoryTenants
from tests.fakes.key_manager import InMemoryKeyManager
from tests.fakes.key_managers import InMemoryKeyManagers
from tests.fakes.policies import FixedAttachments, InMemoryPolicies
from tests.fakes.records import InMemoryRecords
from tests.fakes.registrars import InMemoryMetadata, InMemoryRegistrar
from tests.worlds.approvals import approvals_of, some_seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.publishing.workflow import WorkflowKind
    from gatehouse.ports.publishing.workflows import Desk
    from tests.callers import Reply
    from tests.worlds.gateway import Running

POLICIES = "/throttling/policies"
MANAGEMENT = "https://management.example:9443"
GATEWAY = "https://gateway.example:8243"


class AdminWorld:
    """`call` sends a request, by the admin unless said otherwise. With a `gateway`, what is decided here holds there."""

    def __init__(self, gateway: Running | None = None) -> None:
        self.clock = gateway.world.clock if gateway else StoppedClock()
        self.artifacts = gateway.world.artifacts if gateway else InMemoryArtifacts(self.clock)
        self.policies = InMemoryPolicies(self.artifacts)
        self.attachments = FixedAttachments(
            (PolicyKind.ADVANCED, "10KPerMin"), (PolicyKind.APPLICATION, "10PerMin"), (PolicyKind.SUBSCRIPTION, "Gold")
        )
        seed(self.policies, SUPER_TENANT)
        self.key_managers = InMemoryKeyManagers(self.artifacts)
        self.tenants = InMemoryTenants()
        for domain in (SUPER_TENANT, OTHER_TENANT):
            tenant = Tenant(domain=domain, id=str(uuid.uuid5(uuid.NAMESPACE_DNS, domain)), owner="admin")
            self.tenants.provision(tenant, ("kitchen",))
        self.metadata = InMemoryMetadata()
        self.shelf = Shelf(self.artifacts)
        self.configurations = InMemoryTenantConfigurations()
        self.hooks = Hooks(seal=some_seal(), plain_http_allowed=False)
        self.accounts = Accounts(configurations=self.configurations, seal=some_seal())
        self.approvals = approvals_of(self.configurations, self.clock)
        self.desks: dict[WorkflowKind, Desk] = {}
        self.denials = InMemoryDenials(self.artifacts)
        self.apis = InMemoryApis(self.artifacts)
        self.records = InMemoryRecords(self.artifacts)
        self.applications = InMemoryApplications(self.shelf)
        self.key_manager = InMemoryKeyManager()
        self.key_uses = InMemoryKeys(self.shelf)
        self.counters = gateway.counters if gateway else InMemoryCounters()
        live = LiveCounters(self.artifacts, self.counters, self.clock)
        throttling = throttling_interface(self.throttling(), self.deny_policies(), live, self.judge(), MAX_STALENESS)
        admin = interface(
            self.key_management(),
            self.configurations,
            self.system_scopes(),
            self.application_administration(),
            self.vocabulary(),
            self.premises(),
            self.offices(),
        )
        # The front door leads to both; no path belongs to two.
        self.interface = replace(admin, operations=(*admin.operations, *throttling.operations))
        self.call: Callable[..., Reply] = client(self.interface, artifacts=self.artifacts)

    def offices(self) -> Offices:
        return Offices(
            decisions=Decisions(workflows=self.approvals.workflows, desks=dict(self.desks)),
            hooks=self.hooks,
            accounts=self.accounts,
            apis=ApiAdministration(apis=self.apis, users=KnownUsers(USERS), clock=self.clock),
        )

    def throttling(self) -> Throttling:
        return Throttling(self.policies, [self.attachments], Switches(self.configurations), CelExpressions())

    def judge(self) -> Judge:
        catalogue = Catalogue(self.artifacts, self.clock, max_staleness=MAX_STALENESS, refresh_after=REFRESH_AFTER)
        throttle = Throttle(self.counters, self.clock, ThreadPoolExecutor(1), environments_max=10)
        return Judge(catalogue, Quotas(catalogue, throttle, CelExpressions()), self.clock)

    def deny_policies(self) -> DenyPolicies:
        return DenyPolicies(self.denials, self.apis, self.applications, self.clock)

    def system_scopes(self) -> SystemScopes:
        return SystemScopes(artifacts=self.artifacts, publication=self.artifacts, users=KnownUsers(USERS))

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(records=self.records, apis=self.apis, clock=self.clock)

    def premises(self) -> Premises:
        return Premises(
            environments=EnvironmentAdministration(
                environments=Environments(settings=self.records, gateway_url=GATEWAY),
                records=self.records,
                apis=self.apis,
                clock=self.clock,
                stage="test",
            ),
            organizations=OrganizationAdministration(
                organizations=Organizations(settings=self.records),
                records=self.records,
                apis=self.apis,
                clock=self.clock,
            ),
            tenants=self.tenants,
            themes=Themes(
                records=self.records,
                blobs=InMemoryBlobs(),
                archives=ZipArchives(ArchiveLimits(entries_max=20, bytes_max=100_000)),
                clock=self.clock,
            ),
        )

    def application_administration(self) -> ApplicationAdministration:
        return ApplicationAdministration(
            directory=InMemoryDirectory(self.shelf),
            users=KnownUsers(USERS),
            removal=Removal(
                applications=self.applications,
                keys=self.key_uses,
                subscriptions=InMemorySubscriptions(self.shelf, lambda _tenant, _api: None),
                key_manager=self.key_manager,
                approvals=self.approvals,
                external_clients=ExternalClients(Reach(self.key_managers), InMemoryRegistrar()),
            ),
        )

    def key_management(self, *, plain_http_allowed: bool = False) -> KeyManagement:
        return KeyManagement(
            key_managers=self.key_managers,
            public_keys=PemKeys(),
            usage=KeyManagerUsage(uses=self.key_uses, applications=self.applications, apis=self.apis),
            residents=Residents(settings=self.records, management_url=MANAGEMENT),
            records=self.records,
            clock=self.clock,
            metadata=self.metadata,
            management_url=MANAGEMENT,
            plain_http_allowed=plain_http_allowed,
        )

    @property
    def writes(self) -> int:
        return self.records.writes + self.policies.writes + self.key_managers.writes + self.denials.writes

    def issuer(self, issuer: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([issuer_key(tenant, issuer)])[0]

    def terms(self, kind: str, name: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([policy_key(tenant, kind, name)])[0]

    def id_of(self, kind: str, name: str) -> str:
        listed = self.call("GET", f"{POLICIES}/{kind}").json["list"]
        return str(next(policy["policyId"] for policy in listed if policy["policyName"] == name))
