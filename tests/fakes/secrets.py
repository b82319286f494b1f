"""Secrets Manager in memory, as botocore's client answers. Verified by tests/contract/test_secrets.py."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


class InMemorySecrets:
    """`values` is by secret name; None is a secret without a value. `reads` counts; `failing` makes every call fail."""

    def __init__(self, **values: str | None) -> None:
        self.values = dict(values)
        self.reads = 0
        self.failing = False

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        self._fail("GetSecretValue")
        self.reads += 1
        value = self.values.get(request["SecretId"])
        if value is None:
            raise _error("ResourceNotFoundException", "GetSecretValue")
        return {"SecretString": value}

    def put_secret_value(self, **request: Any) -> dict[str, Any]:
        self._fail("PutSecretValue")
        if request["SecretId"] not in self.values:
            raise _error("ResourceNotFoundException", "PutSecretValue")
        self.values[request["SecretId"]] = request["SecretString"]
        return {}

    def _fail(self, operation: str) -> None:
        if self.failing:
            raise _error("InternalServiceError", operation)


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
