"""Table `responses`: answers that the gateway's environments share, one item each, on a bare botocore client.

The client must be quick to give up (`adapters.aws.response_client`).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable
from gatehouse.ports.responses import KeptResponse

if TYPE_CHECKING:
    from gatehouse.ports.responses import ResponseKey


class ResponseTable:
    """Implements `ports.responses.Responses`."""

    def __init__(self, client: Any, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, key: ResponseKey) -> KeptResponse | None:
        """The answer kept last. May be a moment behind: it costs half as much. Raises Unavailable."""
        item = self._call("get_item", Key={"pk": {"S": _partition(key)}}).get("Item")
        try:
            return _response(item) if item else None
        except (KeyError, TypeError, ValueError):
            return None  # an environment of another version wrote it, in another form

    def keep(self, key: ResponseKey, response: KeptResponse) -> None:
        """Keep an answer. Raises Unavailable."""
        head = {"headers": response.headers, "varied": dict(response.varied)}
        item = {
            "pk": {"S": _partition(key)},
            "status": {"N": str(response.status)},
            "head": {"S": json.dumps(head, separators=(",", ":"))},
            "body": {"B": response.body},
            "stored_at": {"N": repr(response.stored_at)},
            "until": {"N": repr(response.until)},
            "ttl": {"N": str(math.ceil(response.until))},
        }
        self._call("put_item", Item=item)

    def _call(self, operation: str, **arguments: object) -> Any:
        try:
            return getattr(self._client, operation)(TableName=self._table, **arguments)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation=operation) from error


def _partition(key: ResponseKey) -> str:
    return f"{key.tenant}#{key.api_id}#{key.revision}#{key.question}"


def _response(item: dict[str, Any]) -> KeptResponse:
    head = json.loads(item["head"]["S"])
    return KeptResponse(
        status=int(item["status"]["N"]),
        headers=tuple((name, value) for name, value in head["headers"]),
        body=bytes(item["body"]["B"]),
        stored_at=float(item["stored_at"]["N"]),
        until=float(item["until"]["N"]),
        varied=head["varied"],
    )
