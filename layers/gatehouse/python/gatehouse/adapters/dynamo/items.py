"""Rows as `table` has them (`body`, `version`), on a bare botocore client: for what the gateway reads too.

No pynamodb here: the gateway's import budget has no room for it (design section 8).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Changed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.errors import GatehouseError

_CONDITION = "ConditionalCheckFailedException"


class Item(NamedTuple):
    """One row without its partition."""

    sk: str
    body: dict[str, Any]
    version: int


class Items:
    """Rows of a table. Every method raises Unavailable."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name; the client is `adapters.aws.dynamodb_client`."""
        self._client = client
        self._table = table_name

    def get(self, pk: str, sk: str) -> Item | None:
        """The row under this key, read consistently, or None."""
        found = self._ask("get_item", Key=_key(pk, sk), ConsistentRead=True).get("Item")
        return _item(found) if found else None

    def all(self, pk: str) -> list[Item]:
        """Every row of a partition in key order, read consistently."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
        }
        found: list[Item] = []
        while True:
            answer = self._ask("query", **request)
            found += map(_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def add(self, pk: str, sk: str, body: Mapping[str, Any], *, otherwise: GatehouseError) -> None:
        """Keep a new row, version 1. Raises `otherwise` when there is one."""
        new = _row(pk, sk, body, 1)
        self._write("put_item", otherwise, Item=new, ConditionExpression="attribute_not_exists(pk)")

    def replace(self, pk: str, sk: str, body: Mapping[str, Any], *, version: int) -> None:
        """Keep the next version of the row that was read as this one. Raises Changed."""
        self._write("put_item", Changed(), Item=_row(pk, sk, body, version + 1), **_still(version))

    def remove(self, pk: str, sk: str, *, version: int) -> None:
        """Forget the row that was read as this version. Raises Changed."""
        self._write("delete_item", Changed(), Key=_key(pk, sk), **_still(version))

    def _write(self, operation: str, refusal: GatehouseError, **request: Any) -> None:
        try:
            self._ask(operation, **request)
        except Unavailable as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == _CONDITION:
                raise refusal from cause
            raise

    def _ask(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(TableName=self._table, **request)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation=operation) from error


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _row(pk: str, sk: str, body: Mapping[str, Any], version: int) -> dict[str, Any]:
    kept = json.dumps(dict(body), ensure_ascii=False)
    return {**_key(pk, sk), "body": {"S": kept}, "version": {"N": str(version)}}


def _still(version: int) -> dict[str, Any]:
    return {
        "ExpressionAttributeNames": {"#version": "version"},
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


def _item(row: Mapping[str, Any]) -> Item:
    return Item(row["sk"]["S"], json.loads(row["body"]["S"]), int(row["version"]["N"]))
