"""Ten thousand APIs of a tenant in a table, each with a definition and a document, and a search over them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.apis.wordings import DESIGNS as WORDINGS
from gatehouse.adapters.dynamo.apis.wordings import body_of as wording_body
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.controlplane.publishing.particulars.search import Search
from gatehouse.domain.apis.api import Api, summary_of
from gatehouse.domain.apis.wording import Wording, words_of
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.record import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import DynamoDB

APIS = 10_000
CALLER = Principal(tenant=SUPER_TENANT, user="chef", roles=frozenset({"kitchen"}), scopes=frozenset())
QUERIES = (
    *("", "api77", 'name:"Api7777" version:"1.0.0"', "tags:tag3 status:created", "description:calls*customers"),
    *("ledger", "content:ledger77", 'content:"settles ledger7777"', "content:settles*tuesday tags:tag3"),
)

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
    fill_words(dynamodb, table)
    records = RecordTable(table, artifacts)
    return Search(apis=ApiTable(table, artifacts), records=records, settings=records)


def fill(dynamodb: DynamoDB, table: str, apis: Iterable[Api]) -> None:
    """Write the summaries of these APIs, as the repository has them."""
    write(dynamodb, table, [_row(one) for one in apis])


def fill_words(dynamodb: DynamoDB, table: str) -> None:
    """Write what definitions and documents of all of them say: 4 kB and 2 kB each."""
    ids = {number: f"id-{number}" for number in range(APIS)}
    bodies = {number: wording_body(Wording(ids[number], words_of(_sentences(number, 60)))) for number in ids}
    write(dynamodb, table, [item(WORDINGS, ids[number], body) for number, body in bodies.items()])
    write(dynamodb, table, [item("DOCUMENTS", f"{ids[number]}#doc", _document(number)) for number in ids])


def write(dynamodb: DynamoDB, table: str, rows: list[dict[str, Any]]) -> None:
    """Write these rows (`item`), many at once."""

    def batch(start: int) -> None:
        puts = [{"PutRequest": {"Item": row}} for row in rows[start : start + _BATCH]]
        answer = dynamodb.client.batch_write_item(RequestItems={table: puts})
        assert not answer.get("UnprocessedItems")

    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(batch, range(0, len(rows), _BATCH)))


def _row(one: Api) -> dict[str, Any]:
    summary = summary_of(one)
    return item("APIS", f"{summary.name.lower()}#{summary.version}#{summary.id}", asdict(summary))


def item(name: str, sk: str, body: dict[str, Any]) -> dict[str, Any]:
    """A row of the tenant's partition of this name."""
    return {
        "pk": {"S": f"{SUPER_TENANT}#{name}"},
        "sk": {"S": sk},
        "body": {"S": json.dumps(body)},
        "version": {"N": "1"},
    }


def _sentences(number: int, count: int) -> list[str]:
    """Such as a definition has, no two the same."""
    return [
        f"/ledger{number}/entries/{{entry{one}}} settles ledger{number} of week {one} on the next tuesday or so"
        for one in range(count)
    ]


def _document(number: int) -> dict[str, Any]:
    document = Record(
        tenant=SUPER_TENANT,
        kind=Kind.DOCUMENT,
        owner=f"id-{number}",
        id="doc",
        name=f"Guide {number}",
        body={"type": "HOWTO", "sourceType": "INLINE", "text": " ".join(_sentences(number, 30))},
        created_at=1,
        updated_at=1,
        by="chef",
        updated_by="chef",
    )
    kept = asdict(document)
    del kept["version"]
    return kept
