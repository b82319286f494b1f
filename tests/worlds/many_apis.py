"""Ten thousand APIs of a tenant in a table, and a search over them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.controlplane.publishing.particulars.search import Search
from gatehouse.domain.apis.api import Api, summary_of
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import DynamoDB

APIS = 10_000
CALLER = Principal(tenant=SUPER_TENANT, user="chef", roles=frozenset({"kitchen"}), scopes=frozenset())
QUERIES = ("", "api77", 'name:"Api7777" version:"1.0.0"', "tags:tag3 status:created", "description:calls*customers")

_BATCH = 25
_WRITERS = 4


def api(number: int) -> Api:
    """The API of this number; those from `APIS` on are not in the table yet."""
    return Api(
        tenant=SUPER_TENANT,
        id=f"id-{number}",
        name=f"Api{number}",
        version="1.0.0",
        context=f"/api{number}",
        provider="chef",
        state=LifecycleState.CREATED,
        document={
            "description": "What customers get back when a backend calls them, in a sentence or two. " * 4,
            "tags": [f"tag{number % 10}", "all"],
            "policies": ["Unlimited", "Gold"],
            "operations": [],
            "additionalProperties": [{"name": "team", "value": f"team{number % 50}"}],
        },
        definition="",
        created_at=1,
        updated_at=1,
        updated_by="chef",
    )


def search_over_them(dynamodb: DynamoDB) -> Search:
    """What an environment has that has not searched yet."""
    table, artifacts = dynamodb.table("apis"), ArtifactTable(dynamodb.table("artifacts"))
    fill(dynamodb, table, map(api, range(APIS)))
    records = RecordTable(table, artifacts)
    return Search(apis=ApiTable(table, artifacts), records=records, settings=records)


def fill(dynamodb: DynamoDB, table: str, apis: Iterable[Api]) -> None:
    """Write the summaries of these APIs, as the repository has them."""
    rows = [_row(one) for one in apis]

    def write(start: int) -> None:
        puts = [{"PutRequest": {"Item": row}} for row in rows[start : start + _BATCH]]
        answer = dynamodb.client.batch_write_item(RequestItems={table: puts})
        assert not answer.get("UnprocessedItems")

    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(write, range(0, len(rows), _BATCH)))


def _row(one: Api) -> dict[str, Any]:
    summary = summary_of(one)
    return {
        "pk": {"S": f"{SUPER_TENANT}#APIS"},
        "sk": {"S": f"{summary.name.lower()}#{summary.version}#{summary.id}"},
        "body": {"S": json.dumps(asdict(summary))},
        "version": {"N": "1"},
    }
