"""APIs as they are kept: by the fake and by DynamoDB, for the suites that both pass."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.apis.api import (
    Api,
)
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import Deployment, Revision
from tests.fakes.apis import InMemoryApis
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.artifacts import Artifacts
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    apis: Apis
    artifacts: Artifacts
    tenant: str

    def api(self, name: str = "Menu", **changes: Any) -> Api:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": name,
            "version": "1.0.0",
            "context": f"/{name.lower()}",
            "provider": "admin",
            "state": LifecycleState.CREATED,
            "document": {"name": name, "tags": ["food"], "operations": []},
            "definition": "blob-1",
            "created_at": 1_700_000_000_000,
            "updated_at": 1_700_000_000_000,
            "updated_by": "admin",
        }
        return Api(**{**values, **changes})

    def revision(self, api: Api, number: int) -> Revision:
        return Revision(
            tenant=api.tenant,
            api_id=api.id,
            id=str(uuid.uuid4()),
            number=number,
            description="",
            created_at=1,
            document={"a": 1},
            definition="blob-1",
        )

    def deployment(self, api: Api, revision: Revision) -> Deployment:
        return Deployment(
            tenant=api.tenant,
            api_id=api.id,
            environment="Default",
            vhost="localhost",
            revision_id=revision.id,
            revision_number=revision.number,
            displayed=True,
            deployed_at=1,
        )


def in_memory() -> World:
    artifacts = InMemoryArtifacts(StoppedClock())
    return World(apis=InMemoryApis(artifacts), artifacts=artifacts, tenant="a.example")


def on_dynamodb(dynamodb: DynamoDB) -> World:
    apis, artifacts = dynamodb.table("apis"), dynamodb.table("artifacts")
    return World(
        apis=ApiTable(apis, ArtifactTable(artifacts)),
        artifacts=ArtifactLookup(dynamodb.client, artifacts),
        tenant="a.example",
    )
