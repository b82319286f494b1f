"""A store in memory, with APIs on its shelves, to be called through its surface."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from functions.store.interface import Store, interface
from functions.store.shelves import Shelves
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
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
from gatehouse.controlplane.throttling.policies import seed
from gatehouse.controlplane.workflows.store_desk import store_desk
from gatehouse.domain.apis.api import Api, ApiNotFound
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.artifact import client_key, subscription_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity import SUPER_TENANT, Tenant
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import Deployment, Revision
from gatehouse.domain.record import Kind, Record, new_id
from tests.callers import OTHER_TENANT, USERS, KnownUsers, client
from tests.fakes.api_keys import InMemoryApiKeys
from tests.fakes.apis import InMemoryApis, InMemoryBlobs
from tests.fakes.application_webhooks import InMemoryApplicationWebhooks
from tests.fakes.applications import InMemoryApplications, InMemoryKeys, InMemorySubscriptions, Shelf
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.counters import InMemoryCounters
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.fakes.identity import InMemoryTenants
from tests.fakes.key_manager import InMemoryKeyManager
from tests.fakes.key_managers import InMemoryKeyManagers
from tests.fakes.key_uses import InMemoryKeyUses
from tests.fakes.policies import InMemoryPolicies
from tests.fakes.ratings import InMemoryRatings
from tests.fakes.records import InMemoryRecords
from tests.fakes.registrars import InMemoryRegistrar
from tests.fakes.sdks import InMemorySdks
from tests.fakes.workflows import InMemoryWorkflows
from tests.worlds.approvals import approvals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.callers import Reply

GATEWAY = "https://gateway.example:8243"
MANAGEMENT = "https://management.example:9443"
DEFINITION = {
    "openapi": "3.0.3",
    "info": {"title": "Pizza", "version": "1.0.0"},
    "paths": {"/menu": {"get": {"responses": {"200": {"description": "The menu"}}}}},
}
GENERATION = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "password"]}
FORMS = ("keys/PRODUCTION", "oauth-keys/{id}")
"""The two ways to name keys of an application."""


class StoreWorld:
    """`call` sends a request, by mary unless said otherwise."""

    def __init__(self) -> None:
        self.clock = clock = StoppedClock()
        self.configurations = InMemoryTenantConfigurations()
        self.approvals = approvals_of(self.configurations, clock, self._workflows())
        self.artifacts = InMemoryArtifacts(clock)
        self.policies = InMemoryPolicies(self.artifacts)
        self.settings = InMemoryRecords(self.artifacts)
        self.blobs = InMemoryBlobs()
        self.shelf = Shelf(self.artifacts)
        self.key_manager = InMemoryKeyManager()
        self.key_managers = InMemoryKeyManagers(self.artifacts)
        self.key_uses = InMemoryKeyUses()
        self.registrar = InMemoryRegistrar()
        self.sdks = InMemorySdks()
        self.apis, applications, self.keys, self.subscriptions, self.api_keys = self._tables()
        self.webhooks = self._webhooks()
        for tenant in (SUPER_TENANT, OTHER_TENANT):
            seed(self.policies, tenant)
        self.counters = InMemoryCounters()
        clients = ExternalClients(Reach(self.key_managers), self.registrar)
        own = OwnApplications(
            applications=applications,
            keys=self.keys,
            subscriptions=self.subscriptions,
            policies=self.policies,
            key_manager=self.key_manager,
            external_clients=clients,
            approvals=self.approvals,
            attributes=Attributes(configurations=self.configurations),
            sharing=Sharing(configurations=self.configurations),
            counters=self.counters,
            clock=clock,
        )
        own_keys = OwnKeys(
            applications=own,
            keys=self.keys,
            key_manager=self.key_manager,
            external=ExternalKeys(applications=own, keys=self.keys, clients=clients),
            residents=Residents(settings=self.settings, management_url=MANAGEMENT),
            approvals=self.approvals,
        )
        self.desk = store_desk(own_keys)
        self.tenants = InMemoryTenants()
        for tenant in (SUPER_TENANT, OTHER_TENANT):
            self.tenants.add(Tenant(domain=tenant))
        self.records, self.ratings = self._shelves()
        storefront = Storefront(
            reception=Reception(configurations=self.configurations, tenants=self.tenants),
            apis=self.apis,
            policies=self.policies,
            applications=applications,
            subscriptions=self.subscriptions,
            ratings=self.ratings,
            definitions=OpenApiForCallers(),
            key_managers=clients.reach,
            blobs=self.blobs,
            environments=Environments(settings=self.settings, gateway_url=GATEWAY),
            management_url=MANAGEMENT,
        )
        mint = Mint(
            key_manager=self.key_manager, subscriptions=self.subscriptions, apis=self.apis, policies=self.policies
        )
        archives = ZipArchives(ArchiveLimits(entries_max=50, bytes_max=1_000_000))
        self.store = Store(
            storefront=storefront,
            applications=own,
            keys=own_keys,
            subscriptions=OwnSubscriptions(
                applications=own,
                storefront=storefront,
                subscriptions=self.subscriptions,
                policies=self.policies,
                approvals=self.approvals,
                clock=clock,
            ),
            api_keys=OwnApiKeys(applications=own, keys=self.api_keys, mint=mint, uses=self.key_uses, clock=clock),
            bound_keys=BoundApiKeys(
                applications=own,
                storefront=storefront,
                subscriptions=self.subscriptions,
                keys=self.api_keys,
                mint=mint,
                uses=self.key_uses,
                clock=clock,
            ),
            webhooks=OwnWebhooks(applications=own, storefront=storefront, webhooks=self.webhooks, clock=clock),
            sdks=self.sdks,
            archives=archives,
            shelves=Shelves(
                records=self.records,
                settings=self.settings,
                blobs=self.blobs,
                links=self.blobs,
                wsdl=LxmlWsdl(archives),
                users=KnownUsers(USERS),
                clock=clock,
            ),
        )
        self.interface = interface(self.store)
        self._call = client(self.interface)

    def _shelves(self) -> tuple[Any, Any]:
        """Records of APIs, ratings."""
        return InMemoryRecords(self.artifacts, self.apis), InMemoryRatings(self.apis)

    def _webhooks(self) -> Any:
        return InMemoryApplicationWebhooks(self.shelf)

    def _workflows(self) -> Any:
        return InMemoryWorkflows()

    def _tables(self) -> tuple[Any, Any, Any, Any, Any]:
        """APIs, applications, keys, subscriptions, API keys."""
        return (
            InMemoryApis(self.artifacts),
            InMemoryApplications(self.shelf),
            InMemoryKeys(self.shelf),
            InMemorySubscriptions(self.shelf, self._api_version),
            InMemoryApiKeys(self.shelf, self._api_version),
        )

    def call(self, method: str, path: str, body: Any = None, *, by: str | None = "mary", **more: Any) -> Reply:
        return self._call(method, path, body, by=by, **more)

    @property
    def writes(self) -> int:
        return self.shelf.writes + self.policies.writes + self.apis.writes + len(self.key_manager.clients)

    def api(
        self,
        name: str = "Pizza",
        state: LifecycleState = LifecycleState.PUBLISHED,
        *,
        tenant: str = SUPER_TENANT,
        version: str = "1.0.0",
        provider: str = "admin",
        deployed: bool = False,
        keys: Mapping[str, str] | None = None,
        words: bytes = b"",
        **document: Any,
    ) -> Api:
        """`keys` are those of the blobs that only some types have: `schema`, `graph`; `words` is the design's wording."""
        known = {"policies": ["Gold", "Unlimited"], "operations": [{"verb": "GET", "target": "/menu"}]}
        api = Api(
            tenant=tenant,
            id=str(uuid.uuid4()),
            name=name,
            version=version,
            context=f"/{name.lower()}",
            provider=provider,
            state=state,
            document={**known, **document},
            definition=self.blobs.put(tenant, json.dumps(DEFINITION).encode()),
            created_at=1_700_000_000_000,
            updated_at=1_700_000_000_000,
            updated_by="admin",
            **(keys or {}),
        )
        kept = self.apis.add(api, [], words=words)
        if deployed:
            self.deploy(kept)
        return kept

    def deploy(
        self,
        api: Api,
        *,
        title: str = "Deployed",
        environment: str = "Default",
        host: str = "localhost",
        words: bytes = b"",
        displayed: bool = True,
        content: bytes = b"",
    ) -> None:
        content = content or json.dumps({**DEFINITION, "info": {"title": title, "version": "1.0.0"}}).encode()
        revision = Revision(
            tenant=api.tenant,
            api_id=api.id,
            id=str(uuid.uuid4()),
            number=self.apis.next_revision_number(api.tenant, api.id),
            description="",
            created_at=1,
            document=api.document,
            definition=self.blobs.put(api.tenant, content),
        )
        self.apis.add_revision(revision)
        deployment = Deployment(
            tenant=api.tenant,
            api_id=api.id,
            environment=environment,
            vhost=host,
            revision_id=revision.id,
            revision_number=revision.number,
            displayed=displayed,
            deployed_at=1,
        )
        self.apis.deploy(api, [deployment], [], words=words)

    def document(
        self, api: Api, name: str = "Guide", content: bytes | None = None, *, by: str = "admin", **body: Any
    ) -> Record:
        """A document of an API, as a provider would have made it."""
        kept = {"type": "HOWTO", "sourceType": "INLINE", "summary": "How to", "visibility": "API_LEVEL", **body}
        if content is not None:
            kept |= {"content": self.blobs.put(api.tenant, content), "text": content.decode(errors="replace")[:4000]}
        document = Record(
            tenant=api.tenant,
            kind=Kind.DOCUMENT,
            owner=api.id,
            id=new_id(),
            name=name,
            body=kept,
            created_at=1,
            updated_at=1,
            by=by,
            updated_by=by,
        )
        return self.records.add(document, taken=Changed())

    def application(self, name: str = "Kiosk", *, by: str = "mary", tier: str = "10PerMin") -> str:
        made = self.call("POST", "/applications", {"name": name, "throttlingPolicy": tier}, by=by)
        assert made.status == 201, made.text
        return str(made.json["applicationId"])

    def subscribe(self, application_id: str, api: Api, *, plan: str = "Gold", by: str = "mary") -> str:
        body = {"applicationId": application_id, "apiId": api.id, "throttlingPolicy": plan}
        made = self.call("POST", "/subscriptions", body, by=by)
        assert made.status == 201, made.text
        return str(made.json["subscriptionId"])

    def generate(self, application_id: str, kind: str = "PRODUCTION", *, by: str = "mary", **more: Any) -> Any:
        body = {"keyType": kind, "grantTypesToBeSupported": ["client_credentials", "password"], **more}
        made = self.call("POST", f"/applications/{application_id}/generate-keys", body, by=by)
        assert made.status == 200, made.text
        return made.json

    def grant(self, consumer_key: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([client_key(tenant, consumer_key)])[0]

    def plan(self, application_id: str, api: Api) -> Any:
        return self.artifacts.get([subscription_key(api.tenant, application_id, api.id)])[0]

    def _api_version(self, tenant: str, api_id: str) -> int | None:
        try:
            return self.apis.get(tenant, api_id).stored_version
        except ApiNotFound:
            return None
