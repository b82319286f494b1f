"""A secret of Secrets Manager that holds a JSON object. What goes wrong is told without its content."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.aws import secrets_client
from gatehouse.domain.errors import Unavailable


class SecretDocument:
    """One secret, on a botocore Secrets Manager client (`adapters.aws.secrets_client`)."""

    def __init__(self, client: Any, secret_id: str) -> None:
        """The secret with this name or ARN."""
        self._client = client
        self._secret_id = secret_id

    def read(self) -> dict[str, Any]:
        """The document; empty when there is none yet: CloudFormation fills a new secret with random text.

        Raises Unavailable.
        """
        try:
            document = json.loads(self._call("get_secret_value").get("SecretString", ""))
        except _NothingThere:
            return {}
        except ValueError:  # chained, the error would quote the secret
            return {}
        return document if isinstance(document, dict) else {}

    def write(self, document: dict[str, Any]) -> None:
        """Replace the document. Raises Unavailable."""
        self._call("put_secret_value", SecretString=json.dumps(document))

    def _call(self, operation: str, **arguments: object) -> Any:
        try:
            return getattr(self._client, operation)(SecretId=self._secret_id, **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                raise _NothingThere(operation=operation, secret=self._secret_id) from error
            raise Unavailable(cause=type(error).__name__, operation=operation) from error
        except BotoCoreError as error:
            raise Unavailable(cause=type(error).__name__, operation=operation) from error


class LateSecret(SecretDocument):
    """A secret that few installations need: its client is made when it is read for the first time."""

    def __init__(self, secret_id: str) -> None:
        """The secret with this name or ARN."""
        super().__init__(None, secret_id)

    def _call(self, operation: str, **arguments: object) -> Any:
        if self._client is None:
            self._client = secrets_client()
        return super()._call(operation, **arguments)


class _NothingThere(Unavailable):
    """The secret does not exist, or nothing has been put into it yet."""
