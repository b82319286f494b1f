"""Table `counters`: leases, each in one conditional UpdateItem on a bare botocore client.

The client must not retry (`adapters.aws.counter_client`): ADD is not idempotent. A condition that fails costs a write
unit but no read: ALL_OLD comes with it.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.ports.counters import CounterBusy, CountersDown, Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.ports.counters import Ask

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
    }
)
_FULL = "ConditionalCheckFailedException"
_NOT_COUNTERS = frozenset({"pk", "ttl"})


class CounterTable:
    """Implements `ports.counters.Counters`."""

    def __init__(self, client: Any, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def lease(self, entity: str, asks: Sequence[Ask], *, expires_at: int, forget: Sequence[str]) -> Ledger:
        """Lease all asks or none. Raises CounterBusy or CountersDown."""
        names = {"#ttl": "ttl"}
        values: dict[str, dict[str, str]] = {":ttl": {"N": str(expires_at)}}
        adds, conditions = [], []
        for index, ask in enumerate(asks):
            names[f"#c{index}"] = ask.counter
            values[f":n{index}"] = {"N": str(ask.tokens)}
            values[f":x{index}"] = {"N": str(ask.limit - ask.tokens)}
            adds.append(f"#c{index} :n{index}")
            conditions.append(f"(attribute_not_exists(#c{index}) OR #c{index} <= :x{index})")
            if ask.join:
                names[f"#m{index}"] = ask.lessees
                values[":one"] = {"N": "1"}
                adds.append(f"#m{index} :one")
        names |= {f"#old{index}": name for index, name in enumerate(forget)}
        removes = [f"#old{index}" for index in range(len(forget))]
        update = f"ADD {', '.join(adds)} SET #ttl = :ttl" + (f" REMOVE {', '.join(removes)}" if removes else "")
        # A lease larger than the limit can never be granted, even of a counter that does not exist yet.
        if any(ask.tokens > ask.limit for ask in asks):
            return self.read(entity)
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": entity}},
                UpdateExpression=update,
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == _FULL:
                return _ledger(error.response, error.response.get("Item", {}), granted=False)
            raise _failure(error) from error
        except BotoCoreError as error:
            raise CountersDown(str(error)) from error
        return _ledger(answer, answer["Attributes"], granted=True)

    def read(self, entity: str) -> Ledger:
        """The counters without a lease; may be stale."""
        try:
            answer = self._client.get_item(TableName=self._table, Key={"pk": {"S": entity}})
        except ClientError as error:
            raise _failure(error) from error
        except BotoCoreError as error:
            raise CountersDown(str(error)) from error
        return _ledger(answer, answer.get("Item", {}), granted=False)


def _failure(error: ClientError) -> CounterBusy | CountersDown:
    code = error.response["Error"]["Code"]
    return CounterBusy(code) if code in _BUSY else CountersDown(str(error))


def _ledger(answer: Any, item: dict[str, dict[str, str]], *, granted: bool) -> Ledger:
    counts = {name: int(value["N"]) for name, value in item.items() if name not in _NOT_COUNTERS}
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return Ledger(granted=granted, counts=counts, server_time=parsedate_to_datetime(date).timestamp() if date else None)
