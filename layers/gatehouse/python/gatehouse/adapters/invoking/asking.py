"""Asking another function of ours by invoking it: `{"action", "arguments"}` there, `{"result"}` or `{"error"}` back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class AskedFunction:
    """A function by name or ARN, on a botocore Lambda client (`adapters.aws.invoke_client`).

    `error_of` makes the failure that the function answered out of its document.
    """

    def __init__(self, client: Any, name: str, error_of: Callable[[Mapping[str, Any]], Exception]) -> None:
        self._client = client
        self._name = name
        self._error_of = error_of

    def ask(self, action: str, arguments: Mapping[str, object]) -> Any:
        """The result. Raises what the function answered, and Unavailable when it answered nothing."""
        payload = json.dumps({"action": action, "arguments": arguments}).encode()
        try:
            answer = self._client.invoke(FunctionName=self._name, InvocationType="RequestResponse", Payload=payload)
            document = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=type(error).__name__, action=action) from error
        if "FunctionError" in answer or not isinstance(document, dict):
            raise Unavailable(cause=f"{self._name} failed", action=action)
        if "error" in document:
            raise self._error_of(document["error"])
        return document.get("result")
