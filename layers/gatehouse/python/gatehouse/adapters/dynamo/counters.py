"""Table `counters`: leases, each in one conditional UpdateItem on a bare botocore client, and what is given back.

The client must not retry (`adapters.aws.counter_client`): ADD is not idempotent. A condition that fails costs a write
unit but no read: ALL_OLD comes with it.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable
from gatehouse.ports.throttling.counters import CounterBusy, CountersDown, Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.ports.throttling.counters import Ask

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_FULL = "ConditionalCheckFailedException"
_CONDITION_FAILED = "ConditionalCheckFailed"
_NOT_COUNTERS = frozenset({"pk", "ttl"})


class CounterTable:
    """Implements `ports.throttling.counters.Counters`."""

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
            adds.append(f"#c{index} :n{index}")
            if ask.limit is not None:
                values[f":x{index}"] = {"N": str(ask.limit - ask.tokens)}
                conditions.append(f"(attribute_not_exists(#c{index}) OR #c{index} <= :x{index})")
            if ask.join:
                names[f"#m{index}"] = ask.lessees
                values[":one"] = {"N": "1"}
                adds.append(f"#m{index} :one")
        names |= {f"#old{index}": name for index, name in enumerate(forget)}
        removes = [f"#old{index}" for index in range(len(forget))]
        update = f"ADD {', '.join(adds)} SET #ttl = :ttl" + (f" REMOVE {', '.join(removes)}" if removes else "")
        # A lease larger than the limit can never be granted, even of a counter that does not exist yet.
        if any(ask.limit is not None and ask.tokens > ask.limit for ask in asks):
            return self.read(entity)
        condition = {"ConditionExpression": " AND ".join(conditions)} if conditions else {}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": entity}},
                UpdateExpression=update,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **condition,
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

    def give_back(self, entity: str, tokens: Mapping[str, int], *, request: str) -> bool:
        """Take tokens off counters, once per `request`. Raises CounterBusy or CountersDown.

        In a transaction, because it is what has an idempotency token: a plain ADD of less than nothing that is delivered
        twice would let the same tokens be leased twice.
        """
        update = {
            "TableName": self._table,
            "Key": {"pk": {"S": entity}},
            "UpdateExpression": "ADD " + ", ".join(f"#c{index} :less{index}" for index in range(len(tokens))),
            "ConditionExpression": " AND ".join(f"#c{index} >= :n{index}" for index in range(len(tokens))),
            "ExpressionAttributeNames": {f"#c{index}": name for index, name in enumerate(tokens)},
            "ExpressionAttributeValues": {
                name: {"N": str(value)}
                for index, count in enumerate(tokens.values())
                for name, value in ((f":n{index}", count), (f":less{index}", -count))
            },
        }
        try:
            self._client.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=request)
        except ClientError as error:
            if _CONDITION_FAILED in _reasons(error):
                return False
            raise _failure(error) from error
        except BotoCoreError as error:
            raise CountersDown(str(error)) from error
        return True

    def reset(self, entity: str) -> None:
        """Forget what has been leased of an entity. Raises Unavailable."""
        try:
            self._client.delete_item(TableName=self._table, Key={"pk": {"S": entity}})
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(cause=str(error)) from error


def _reasons(error: ClientError) -> set[str]:
    """Why a transaction was cancelled."""
    reasons: list[dict[str, str]] = error.response.get("CancellationReasons", [])
    return {reason.get("Code", "") for reason in reasons}


def _failure(error: ClientError) -> CounterBusy | CountersDown:
    codes = {error.response["Error"]["Code"], *_reasons(error)}
    return CounterBusy(str(error)) if codes & _BUSY else CountersDown(str(error))


def _ledger(answer: Any, item: dict[str, dict[str, str]], *, granted: bool) -> Ledger:
    counts = {name: int(value["N"]) for name, value in item.items() if name not in _NOT_COUNTERS}
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return Ledger(granted=granted, counts=counts, server_time=parsedate_to_datetime(date).timestamp() if date else None)
