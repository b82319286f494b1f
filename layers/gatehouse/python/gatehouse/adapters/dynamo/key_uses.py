"""When API keys were last used, in table `counters`: it is the one that the call path writes, and a loss does no harm.

No pynamodb here: the gateway's import budget has no room for it (design section 8).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

KEPT_SECONDS = 400 * 86_400
"""How long a use is remembered: over a year, so that what runs once a year is not taken for unused."""

_BATCH = 100
_OLDER = "attribute_not_exists(used) OR used < :at"
_NEWER_KNOWN = "ConditionalCheckFailedException"


class KeyUseTable:
    """Implements `ports.applications.key_uses` on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def used(self, tenant: str, key_id: str, at: int) -> None:
        """A key was used in this epoch second. Raises Unavailable."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": _pk(tenant, key_id)}},
                UpdateExpression="SET used = :at, #ttl = :until",
                ConditionExpression=_OLDER,
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={":at": {"N": str(at)}, ":until": {"N": str(at + KEPT_SECONDS)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _NEWER_KNOWN:
                raise Unavailable(cause=str(error)) from error
        except BotoCoreError as error:
            raise Unavailable(cause=str(error)) from error

    def last_used(self, tenant: str, key_ids: Collection[str]) -> Mapping[str, int]:
        """When those of these keys were last used that were. Raises Unavailable."""
        names = {_pk(tenant, key_id): key_id for key_id in key_ids}
        wanted = sorted(names)
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _BATCH):
            for item in self._items(wanted[start : start + _BATCH]):
                if int(item["ttl"]["N"]) > time.time():
                    found[names[item["pk"]["S"]]] = int(item["used"]["N"])
        return found

    def _items(self, wanted: list[str]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        pending = [{"pk": {"S": pk}} for pk in wanted]
        try:
            while pending:
                answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": pending}})
                items += answer["Responses"].get(self._table, [])
                pending = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(cause=str(error)) from error
        return items


def _pk(tenant: str, key_id: str) -> str:
    return f"{tenant}#APIKEYUSE#{key_id}"
