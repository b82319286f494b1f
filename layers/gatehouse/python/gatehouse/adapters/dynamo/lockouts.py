"""Failed log-ins in table `identity`: partitions of their own, so that a role can be given these alone (`*#LOCKOUT`).

| pk                     | sk               | attributes                                              |
|------------------------|------------------|---------------------------------------------------------|
| `T#LOCKOUT`            | name, lower case | `attempts`: the numbers of an `Attempts`; absent = none |
| `{address}##LOCKOUT`   | window           | `failures`                                              |

A bare botocore client, for the gateway checks passwords too. What is kept is compared by value: that it may have been
something else in between makes no difference to the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.lockout import FORGOTTEN_SECONDS, NO_ATTEMPTS, Attempts

if TYPE_CHECKING:
    from collections.abc import Callable

CONFLICTS_MAX = 100
"""Each conflict is somebody else's progress, and a lock ends them all: more than a few mean that something is broken."""

_CHANGED = "ConditionalCheckFailedException"


class LockoutTable:
    """Implements `ports.people.lockouts.Lockouts` on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def get(self, tenant: str, name: str) -> Attempts:
        """What is kept of this account. Raises Unavailable."""
        return _attempts(self._read(_account(tenant, name)))

    def change(
        self, tenant: str, name: str, rule: Callable[[Attempts], Attempts], known: Attempts
    ) -> tuple[Attempts, Attempts]:
        """Put `rule(kept)` in the place of what is kept; both, the old one first. Raises Unavailable."""
        key = _account(tenant, name)
        certain = False
        for _ in range(CONFLICTS_MAX):
            new = rule(known)
            if new == known and certain:
                return known, new
            found = self._read(key) if new == known else self._replace(key, known, new)
            if found is None:
                return known, new
            known, certain = _attempts(found), True
        raise Unavailable(cause="too many conflicts", tenant=tenant)

    def failures(self, address: str, window: int) -> int:
        """How many log-ins from this address failed in this window. Raises Unavailable."""
        item = self._read(_address(address, window))
        return int(item["failures"]["N"]) if item else 0

    def add_failure(self, address: str, window: int, *, expires_at: int) -> int:
        """One more of them; how many there are with it. Raises Unavailable."""
        answer = self._ask(
            "update_item",
            Key=_address(address, window),
            UpdateExpression="ADD failures :one SET #ttl = :ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":ttl": {"N": str(expires_at)}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["failures"]["N"])

    def _replace(self, key: Any, known: Attempts, new: Attempts) -> dict[str, Any] | None:
        """None when it is done; what is there instead when something else than `known` was kept."""
        values = {}
        condition, update = "attribute_not_exists(attempts)", "REMOVE attempts"
        if known != NO_ATTEMPTS:
            condition, values[":known"] = "attempts = :known", _written(known)
        if new != NO_ATTEMPTS:
            update, values[":new"] = "SET attempts = :new", _written(new)
        update = f"{update}, #ttl = :ttl" if update.startswith("SET") else f"{update} SET #ttl = :ttl"
        expires_at = max(new.entered_at, new.locked_until, known.entered_at) + FORGOTTEN_SECONDS
        values[":ttl"] = {"N": str(int(expires_at))}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == _CHANGED:
                return dict(error.response.get("Item", {}))
            raise Unavailable(cause=str(error), operation="update_item") from error
        except BotoCoreError as error:
            raise Unavailable(cause=str(error), operation="update_item") from error
        return None

    def _read(self, key: Any) -> dict[str, Any]:
        return dict(self._ask("get_item", Key=key, ConsistentRead=True).get("Item", {}))

    def _ask(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(TableName=self._table, **request)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation=operation) from error


def _account(tenant: str, name: str) -> dict[str, Any]:
    return {"pk": {"S": f"{tenant}#LOCKOUT"}, "sk": {"S": name.lower()}}


def _address(address: str, window: int) -> dict[str, Any]:
    # No tenant ends in `#`, so no address is taken for one.
    return {"pk": {"S": f"{address}##LOCKOUT"}, "sk": {"S": str(window)}}


def _written(attempts: Attempts) -> dict[str, Any]:
    # One spelling per value: it is compared as text.
    counts = (attempts.entered, attempts.failed, attempts.rounds)
    times = (float(attempts.locked_until), float(attempts.entered_at))
    return {"S": " ".join(map(repr, (*counts, *times)))}


def _attempts(item: dict[str, Any]) -> Attempts:
    if "attempts" not in item:
        return NO_ATTEMPTS
    entered, failed, rounds, locked_until, entered_at = item["attempts"]["S"].split()
    return Attempts(
        entered=int(entered),
        failed=int(failed),
        rounds=int(rounds),
        locked_until=float(locked_until),
        entered_at=float(entered_at),
    )
