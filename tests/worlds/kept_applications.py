"""Applications, keys and subscriptions as they are kept: by the fakes and by DynamoDB, for the suites that both pass."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable, KeyTable, SubscriptionTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.apis.api import Api
from gatehouse.domain.applications.application import (
    Application,
    ApplicationKey,
    Subscription,
)
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.artifact import Category, client_key, subscription_key
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.fakes.applications import InMemoryApplications, InMemoryKeys, InMemorySubscriptions, Shelf
from tests.fakes.artifacts import InMemoryArtifacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.applications.applications import ApplicationKeys, Applications, Subscriptions
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.throttling.policies import Attachments
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    applications: Applications
    keys: ApplicationKeys
    subscriptions: Subscriptions
    attachments: Attachments
    artifacts: Artifacts
    keep_api: Callable[[Api], Api]
    tenant: str
    numbers: list[int] = field(default_factory=list)

    def application(self, name: str = "Kiosk", **changes: Any) -> Application:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": name,
            "owner": "Mary",
            "policy": "10PerMin",
            "description": "orders",
            "attributes": {"team": "blue"},
            "created_at": 1_700_000_000,
            "updated_at": 1_700_000_001,
        }
        return Application(**{**values, **changes})

    def key(self, application: Application, key_type: KeyType = KeyType.PRODUCTION, **changes: Any) -> ApplicationKey:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "application_id": application.id,
            "id": str(uuid.uuid4()),
            "key_type": key_type,
            "client_id": uuid.uuid4().hex,
            "grant_types": ("client_credentials", "password"),
            "callback_url": "https://example.com/cb",
            "properties": {"application_access_token_expiry_time": 60, "pkceMandatory": False},
        }
        return ApplicationKey(**{**values, **changes})

    def api(self) -> Api:
        self.numbers.append(len(self.numbers))
        number = f"{len(self.numbers)}-{uuid.uuid4().hex[:6]}"
        api = Api(
            tenant=self.tenant,
            id=str(uuid.uuid4()),
            name=f"Pizza{number}",
            version="1.0.0",
            context=f"/pizza{number}",
            provider="admin",
            state=LifecycleState.PUBLISHED,
            document={"policies": ["Gold"]},
            definition="blob",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
        return self.keep_api(api)

    def subscription(self, application: Application, api: Api, **changes: Any) -> Subscription:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "id": str(uuid.uuid4()),
            "application_id": application.id,
            "api_id": api.id,
            "policy": "Gold",
            "created_at": 1_700_000_002,
        }
        return Subscription(**{**values, **changes})

    def subscribed(self, application: Application, api: Api) -> Subscription:
        return self.subscriptions.add(self.subscription(application, api), application, api)

    def grant(self, key: ApplicationKey) -> Any:
        return self.artifacts.get([client_key(key.tenant, key.client_id)])[0]

    def plan(self, application: Application, api: Api) -> Any:
        return self.artifacts.get([subscription_key(application.tenant, application.id, api.id)])[0]

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.APPLICATIONS, 0)


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    shelf = Shelf(artifacts)
    versions: dict[tuple[str, str], int] = {}

    def keep_api(api: Api) -> Api:
        versions[api.tenant, api.id] = api.stored_version + 1
        return replace(api, stored_version=api.stored_version + 1)

    applications = InMemoryApplications(shelf)
    return World(
        applications=applications,
        keys=InMemoryKeys(shelf),
        subscriptions=InMemorySubscriptions(shelf, lambda tenant, api_id: versions.get((tenant, api_id))),
        attachments=applications,
        artifacts=artifacts,
        keep_api=keep_api,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    name, table = dynamodb.table("artifacts"), dynamodb.table("applications")
    artifacts = ArtifactTable(name)
    apis = ApiTable(dynamodb.table("apis"), artifacts)

    def keep_api(api: Api) -> Api:
        return apis.save(api, []) if api.stored_version else apis.add(api, [])

    applications = ApplicationTable(table, artifacts)
    return World(
        applications=applications,
        keys=KeyTable(table, artifacts),
        subscriptions=SubscriptionTable(table, apis, artifacts),
        attachments=applications,
        artifacts=ArtifactLookup(dynamodb.client, name),
        keep_api=keep_api,
        tenant=f"{uuid.uuid4().hex}.example",
    )


def wins(attempt: Callable[[], object], *lost: type[Exception], times: int = 8) -> int:
    def won(_: int) -> bool:
        try:
            attempt()
        except lost:
            return False
        return True

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(won, range(times)))
