"""A publisher in memory, to be called through its surface."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.publisher.interface import Bundles, Credentials, interface
from functions.publisher.shelves import Shelves
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
from gatehouse.adapters.definitions.gathering import Gatherer
from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.adapters.keys.certificates import X509Certificates
from gatehouse.adapters.linting import SpectralLinter, shipped_rulesets
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
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.controlplane.workflows.api_desk import publisher_desk
from gatehouse.controlplane.workflows.deciding import Decisions
from gatehouse.controlplane.workflows.subjects.subscriptions import SubscriptionEffects
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.people.identity import CREATOR, PUBLISHER, SUPER_TENANT
from tests.callers import OTHER_TENANT, USERS, KnownUsers, client, user
from tests.fakes.api_keys import InMemoryApiKeys
from tests.fakes.apis import InMemoryApis, InMemoryBlobs
from tests.fakes.applications import InMemoryApplications, InMemorySubscriptions, Shelf
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.certificates import InMemoryEndpointCertificates
from tests.fakes.clock import StoppedClock
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.external_stores import InMemoryStoreFronts
from tests.fakes.front_door import InMemoryFrontDoor
from tests.fakes.identity import InMemoryTenants
from tests.fakes.key_managers import InMemoryKeyManagers
from tests.fakes.policies import InMemoryPolicies
from tests.fakes.records import InMemoryRecords
from tests.fakes.recovery import LetterBox
from tests.fakes.remote import InMemoryRemote
from tests.fakes.uploads import InMemoryUploads
from tests.worlds.approvals import approvals_of, some_seal
from tests.worlds.forms import multipart

if TYPE_CHECKING:
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from tests.callers import Reply

GATEWAY = "https://gateway.example:8243"
ENDPOINTS = {"endpoint_type": "http", "production_endpoints": {"url": "https://backend.example"}}
MANAGEMENT = "https://management.example:9443"
INTERNAL_KEY_SECONDS = 3600
ARCHIVE_LIMITS = ArchiveLimits(entries_max=200, bytes_max=5_000_000)


class SomeSubscriptions:
    """Which APIs are subscribed to: a set that tests fill; what providers steer is in `kept_subscriptions`."""

    def __init__(self) -> None:
        self.apis: set[str] = set()

    def subscribed(self, tenant: str, api_id: str) -> bool:
        return bool(tenant) and api_id in self.apis

    def remove_of_api(self, tenant: str, api_id: str) -> None:
        assert tenant
        self.apis.discard(api_id)


class KnownFunctions:
    """Functions that credentials see: a list that tests fill. `asked` is by whom."""

    def __init__(self) -> None:
        self.arns_seen: list[str] = []
        self.asked: list[tuple[str, str]] = []

    def arns(self, access: EndpointSecurity | None, assumed_role: str) -> list[str]:
        self.asked.append((access.access_key if access else "", assumed_role))
        return sorted(self.arns_seen)


class PublisherWorld:
    """`call` sends a request, by the admin unless said otherwise; `made` expects it to succeed."""

    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.uploads = InMemoryUploads()
        self.artifacts = InMemoryArtifacts(self.clock)
        self.policies = InMemoryPolicies(self.artifacts)
        self.apis = InMemoryApis(self.artifacts)
        self.shelf = Shelf(self.artifacts)
        self.applications = InMemoryApplications(self.shelf)
        self.kept_subscriptions = InMemorySubscriptions(
            self.shelf, lambda tenant, api_id: self.apis.get(tenant, api_id).stored_version
        )
        self.remote = InMemoryRemote()
        self.functions = KnownFunctions()
        self.users = KnownUsers(USERS)
        self.tenants = InMemoryTenants()
        self.configurations = InMemoryTenantConfigurations()
        self.approvals = approvals_of(self.configurations, self.clock)
        self.rules = TenantRules(self.configurations)
        self.letters = LetterBox()
        self.records = InMemoryRecords(self.artifacts, self.apis)
        self.settings = InMemoryRecords(self.artifacts)
        self.environments = Environments(settings=self.settings, gateway_url=GATEWAY)
        self.environment_keys = EnvironmentKeys(environments=self.environments, records=self.records, clock=self.clock)
        self.subscriptions = SomeSubscriptions()
        for tenant in (SUPER_TENANT, OTHER_TENANT):
            seed(self.policies, tenant)
        blobs = InMemoryBlobs()
        facts = Facts(blobs=blobs, publication=self.artifacts)
        wordings = Wordings(blobs=blobs, wsdl=LxmlWsdl(ZipArchives(ARCHIVE_LIMITS)))
        defaults = DefaultVersions(apis=self.apis, artifacts=self.artifacts, publication=self.artifacts)
        self.front_door = InMemoryFrontDoor()
        self.endpoint_certificates = InMemoryEndpointCertificates(self.artifacts)
        direct = DirectRoutes(apis=self.apis, certificates=self.endpoint_certificates, front_door=self.front_door)
        self.api_keys = InMemoryApiKeys(self.shelf, lambda tenant, api_id: self.apis.get(tenant, api_id).stored_version)
        self.judge = Judge(
            shelf=RulesetShelf(records=self.settings, blobs=blobs, shipped=shipped_rulesets),
            documents=self.records,
            blobs=blobs,
            linter=SpectralLinter(),
            clock=self.clock,
        )
        governance = Enforcement(policies=self.settings, judge=self.judge)
        self.fronts = InMemoryStoreFronts()
        self.copies = Copies(
            records=self.records,
            accounts=Accounts(configurations=self.configurations, seal=some_seal()),
            fronts=self.fronts,
            clock=self.clock,
            own_store=f"{MANAGEMENT}/devportal",
        )
        inventory = Inventory(
            apis=self.apis,
            blobs=blobs,
            wordings=wordings,
            subscriptions=self.subscriptions,
            keys=self.api_keys,
            facts=facts,
            defaults=defaults,
            direct=direct,
            references=References(records=self.records, settings=self.settings),
            governance=governance,
            approvals=self.approvals,
            copies=self.copies,
            clock=self.clock,
        )
        definitions = OpenApiDefinitions()
        design = Design(
            apis=self.apis,
            definitions=Languages(openapi=definitions, asyncapi=AsyncApiDefinitions()),
            blobs=blobs,
            policies=self.policies,
            inventory=inventory,
            certificates=BackendCertificates(reader=X509Certificates(), clock=self.clock),
        )
        custom = OperationPolicies(records=self.records, apis=self.apis, blobs=blobs, clock=self.clock)
        revisions = Revisions(
            designs=design,
            snapshots=PolicySnapshots(policies=custom),
            apis=self.apis,
            facts=facts,
            wordings=wordings,
            defaults=defaults,
            direct=direct,
            environments=self.environments,
            keys=self.environment_keys,
            governance=governance,
            requests=DeploymentRequests(apis=self.apis, approvals=self.approvals),
            rules=self.rules,
            clock=self.clock,
        )
        lifecycles = Lifecycles(
            designs=design,
            apis=self.apis,
            facts=facts,
            defaults=defaults,
            direct=direct,
            subscriptions=self.subscriptions,
            succession=Succession(
                apis=self.apis,
                subscriptions=self.kept_subscriptions,
                applications=self.applications,
                policies=self.policies,
                clock=self.clock,
            ),
            governance=governance,
            approvals=self.approvals,
            notices=Notices(
                rules=self.rules,
                apis=self.apis,
                subscriptions=self.kept_subscriptions,
                applications=self.applications,
                users=self.users,
                mail=self.letters,
            ),
            rules=self.rules,
            clock=self.clock,
        )
        composition = Composition(definitions=definitions, blobs=blobs, policies=self.policies)
        products = Products(apis=self.apis, blobs=blobs, composition=composition, inventory=inventory)
        graphql, credentials = GraphqlDesign(design=design, schemas=CoreSchemas()), self._credentials()
        bundles = Bundles(
            products=products,
            revisions=replace(revisions, designs=products),
            lifecycles=replace(lifecycles, designs=products),
        )
        self.desk = publisher_desk(
            SubscriptionEffects(subscriptions=self.kept_subscriptions, policies=self.policies),
            (lifecycles, bundles.lifecycles),
            (revisions, bundles.revisions),
        )
        self.interface = interface(
            design,
            graphql,
            revisions,
            lifecycles,
            credentials,
            bundles,
            shelves=self._shelves(design, products, blobs),
        )
        chef, baker = user("chef", CREATOR, "kitchen"), user("baker", CREATOR, PUBLISHER)
        self.call = client(self.interface, chef, baker)

    def _shelves(self, design: Design, products: Products, blobs: InMemoryBlobs) -> Shelves:
        return Shelves(
            design=design,
            products=products,
            apis=self.apis,
            records=self.records,
            settings=self.settings,
            blobs=blobs,
            archives=ZipArchives(ARCHIVE_LIMITS),
            uploads=self.uploads,
            links=blobs,
            clock=self.clock,
            subscriptions=self.kept_subscriptions,
            applications=self.applications,
            policies=self.policies,
            users=self.users,
            tenants=self.tenants,
            key_managers=InMemoryKeyManagers(self.artifacts),
            remote=self.remote,
            wsdl=LxmlWsdl(ZipArchives(ARCHIVE_LIMITS)),
            sources=Gatherer(ZipArchives(ARCHIVE_LIMITS), self.remote),
            configurations=self.configurations,
            management_url=MANAGEMENT,
            environments=self.environments,
            environment_keys=self.environment_keys,
            functions=self.functions,
            copies=self.copies,
            callers_definitions=OpenApiForCallers(),
            decisions=Decisions(workflows=self.approvals.workflows, desks=dict.fromkeys(self.desk.effects, self.desk)),
        )

    @property
    def writes(self) -> int:
        return self.records.writes + self.apis.writes + self.policies.writes + self.endpoint_certificates.writes

    def _credentials(self) -> Credentials:
        reader = X509Certificates()
        return Credentials(
            internal_keys=InternalKeys(
                apis=self.apis, publication=self.artifacts, clock=self.clock, seconds=INTERNAL_KEY_SECONDS
            ),
            client_certificates=ClientCertificates(
                apis=self.apis, policies=self.policies, reader=reader, clock=self.clock
            ),
            endpoint_certificates=EndpointCertificates(
                kept=self.endpoint_certificates, apis=self.apis, reader=reader, clock=self.clock
            ),
        )

    def artifact(self, key: ArtifactKey) -> Any:
        """What the gateway finds under this key; None when it finds nothing."""
        return self.artifacts.get([key])[0]

    def made(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        reply = self.call(method, path, body, **more)
        assert reply.status in {200, 201}, (reply.status, reply.text)
        return reply.json

    def form(self, method: str, path: str, *, by: str | None = "admin", **fields: str | bytes) -> Reply:
        """A multipart request; bytes are sent as a file."""
        body, headers = multipart(fields)
        return self.call(method, path, body, by=by, headers=headers)

    def imported(self, content: dict[str, Any] | None = None, **more: Any) -> Reply:
        """The answer to the import of a definition as a file."""
        file = json.dumps(content or definition()).encode()
        return self.form("POST", "/apis/import-openapi", file=file, additionalProperties=properties(**more))

    def design(self, name: str = "Pizza", version: str = "1.0.0", *, by: str = "admin", **more: Any) -> Any:
        """The answer to the creation of an API."""
        return self.made("POST", "/apis", api(name, version, **more), by=by)

    def product(self, *members: dict[str, Any], name: str = "Feast", by: str = "admin", **more: Any) -> Any:
        """The answer to the creation of an API product of these members (`member`)."""
        body = {"name": name, "context": f"/{name.lower()}", "policies": ["Unlimited"], "apis": list(members), **more}
        return self.made("POST", "/api-products", body, by=by)

    def revision(self, api_id: str) -> Any:
        return self.made("POST", f"/apis/{api_id}/revisions", {"description": "A snapshot"})

    def deploy(self, api_id: str, revision_id: str, *deployments: dict[str, Any]) -> Reply:
        wanted = list(deployments) or [{"name": "Default", "vhost": "gateway.example", "displayOnDevportal": True}]
        return self.call("POST", f"/apis/{api_id}/deploy-revision", wanted, query={"revisionId": revision_id})

    def change(self, api_id: str, action: str, **more: Any) -> Reply:
        return self.call("POST", "/apis/change-lifecycle", query={"action": action, "apiId": api_id, **more})


def blamed(reply: Reply) -> list[str]:
    """The fields that a refusal names."""
    assert reply.status == 400, (reply.status, reply.text)
    return [str(entry["code"]).removeprefix("400_") for entry in reply.json["error"]]


def api(name: str = "Pizza", version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """An API as a provider sends it."""
    return {
        "name": name,
        "version": version,
        "context": f"/{name.lower()}",
        "policies": ["Unlimited"],
        "endpointConfig": ENDPOINTS,
        "operations": [{"verb": "GET", "target": "/menu"}],
        **more,
    }


def member(api_id: str, *operations: str) -> dict[str, Any]:
    """An API of a product as a provider sends it, with operations as `GET /menu`."""
    chosen = [dict(zip(("verb", "target"), operation.split(), strict=True)) for operation in operations]
    return {"apiId": api_id, "operations": chosen}


def definition(title: str = "Pizza", **more: Any) -> dict[str, Any]:
    """An OpenAPI definition of one operation."""
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0.0"},
        "paths": {"/menu": {"get": {"responses": {"200": {"description": "The menu"}}}}},
        **more,
    }


def properties(name: str = "Pizza", **more: Any) -> str:
    """The `additionalProperties` of an import."""
    known = {"name": name, "version": "1.0.0", "context": f"/{name.lower()}", "policies": ["Unlimited"]}
    return json.dumps({**known, "endpointConfig": ENDPOINTS, **more})
