"""API keys as they are kept: by the fake and by DynamoDB, for the suite that both pass."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApiKeyTable, ApplicationTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.apis.api import Api
from gatehouse.domain.applications.api_key import ApiKey, digest_of, new_secret
from gatehouse.domain.applications.application import Application
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.artifact import Category, RevocationKind, api_key_key, application_key, revocation_key
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.tokens.token import revokes
from tests.fakes.api_keys import InMemoryApiKeys
from tests.fakes.apis import InMemoryApis
from tests.fakes.applications import InMemoryApplications, Shelf
from tests.fakes.artifacts import InMemoryArtifacts

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.applications.api_keys import ApiKeys
    from gatehouse.ports.applications.applications import Applications
    from gatehouse.ports.artifacts import Artifacts
    from tests.conftest import DynamoDB

API, OTHER_API = "0a1b", "0a1b2"  # one begins like the other


@dataclass(frozen=True, kw_only=True)
class World:
    apis: Apis
    applications: Applications
    keys: ApiKeys
    artifacts: Artifacts
    tenant: str

    def application(self, name: str = "Kiosk") -> Application:
        application = Application(tenant=self.tenant, id=str(uuid.uuid4()), name=name, owner="Mary", policy="10PerMin")
        return self.applications.add(application)

    def key(self, **changes: Any) -> ApiKey:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": "browser",
            "owner": "Mary",
            "key_type": KeyType.PRODUCTION,
            "digest": digest_of(new_secret()),
            "created_at": 1_700_000_000,
            "addresses": ("10.0.0.0/8", "2001:db8::/32"),
            "referers": ("*.example.com",),
        }
        return ApiKey(**{**values, **changes})

    def kept(self, application: Application, **changes: Any) -> ApiKey:
        """A key that is bound to the application."""
        return self.keys.add(self.key(application_id=application.id, **changes), self.now(application))

    def bound(self, api_id: str = API, **changes: Any) -> ApiKey:
        """A key that is bound to an API."""
        return self.keys.add(self.key(api_id=api_id, **changes), self.api(api_id))

    def api(self, api_id: str = API) -> Api:
        if api_id in {summary.id for summary in self.apis.summaries(self.tenant)}:
            return self.apis.get(self.tenant, api_id)
        api = Api(
            tenant=self.tenant,
            id=api_id,
            name=f"Pizza{api_id}",
            version="1.0.0",
            context=f"/pizza{api_id}",
            provider="admin",
            state=LifecycleState.PUBLISHED,
            document={"policies": ["Gold"]},
            definition="blob",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
        return self.apis.add(api, [])

    def now(self, application: Application) -> Application:
        found = self.applications.get(application.tenant, application.id)
        assert found is not None
        return found

    def grant(self, key: ApiKey) -> Any:
        return self.artifacts.get([api_key_key(key.tenant, key.digest)])[0]

    def profile(self, application: Application) -> Any:
        return self.artifacts.get([application_key(application.tenant, application.id)])[0]

    def voids(self, key: ApiKey) -> bool:
        """Whether the gateway knows that the signed key is revoked."""
        where = revocation_key(key.tenant, RevocationKind.TOKEN, key.token_id)
        return revokes(self.artifacts.get([where])[0], key.created_at)

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.APPLICATIONS, 0)


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    shelf = Shelf(artifacts)
    apis = InMemoryApis(artifacts)

    def api_version(tenant: str, api_id: str) -> int | None:
        found = apis.some(tenant, [api_id])
        return found[api_id].stored_version if found else None

    return World(
        apis=apis,
        applications=InMemoryApplications(shelf),
        keys=InMemoryApiKeys(shelf, api_version),
        artifacts=artifacts,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    name, table = dynamodb.table("artifacts"), dynamodb.table("applications")
    artifacts = ArtifactTable(name)
    apis = ApiTable(dynamodb.table("apis"), artifacts)
    return World(
        apis=apis,
        applications=ApplicationTable(table, artifacts),
        keys=ApiKeyTable(table, apis, artifacts),
        artifacts=ArtifactLookup(dynamodb.client, name),
        tenant=f"{uuid.uuid4().hex}.example",
    )
