"""Table `artifacts`, as the call path reads it: full keys, one round trip, a bare botocore client.

No pynamodb here: the gateway's import budget has no room for it (design section 8).
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.ports.artifacts import Body

_BATCH = 100
_EPOCH = "EPOCH"


class ArtifactLookup:
    """Implements `ports.artifacts.Artifacts` on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def get(self, keys: Sequence[ArtifactKey]) -> list[Body | None]:
        """The bodies under these keys, in their order; None where there is none."""
        found: dict[tuple[str, str], Body] = {}
        wanted = list(dict.fromkeys((key.partition, key.name) for key in keys))
        for start in range(0, len(wanted), _BATCH):
            found |= self._batch(wanted[start : start + _BATCH])
        return [found.get((key.partition, key.name)) for key in keys]

    def partition(self, partition: str) -> dict[str, Body]:
        """Every artifact of one partition, by name."""
        bodies: dict[str, Body] = {}
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "query",
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": partition}},
                ConsistentRead=True,
                **start,
            )
            bodies |= {item["sk"]["S"]: _body(item) for item in page["Items"] if _alive(item)}
            if not (last := page.get("LastEvaluatedKey")):
                return bodies
            start = {"ExclusiveStartKey": last}

    def epoch(self, tenant: str) -> Mapping[str, int]:
        """The counter of each category that ever changed in this tenant."""
        key = {"pk": {"S": f"{tenant}#{_EPOCH}"}, "sk": {"S": _EPOCH}}
        item = self._call("get_item", TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        return {name: int(value["N"]) for name, value in item.items() if "N" in value and name != "version"}

    def _batch(self, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Body]:
        if len(keys) == 1:
            ((pk, sk),) = keys
            answer = self._call(
                "get_item", TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
            )
            items = [answer["Item"]] if "Item" in answer else []
        else:
            items = []
            pending = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
            while pending:
                request = {self._table: {"Keys": pending, "ConsistentRead": True}}
                answer = self._call("batch_get_item", RequestItems=request)
                items += answer["Responses"].get(self._table, [])
                pending = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        return {(item["pk"]["S"], item["sk"]["S"]): _body(item) for item in items if _alive(item)}

    def _call(self, operation: str, **arguments: object) -> Any:
        try:
            return getattr(self._client, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation=operation) from error


def _body(item: dict[str, Any]) -> Body:
    body: Body = json.loads(item["body"]["S"])
    return body


def _alive(item: dict[str, Any]) -> bool:
    # TTL deletes lag by up to two days, so expiry is checked on reading too.
    return "ttl" not in item or int(item["ttl"]["N"]) > time.time()
