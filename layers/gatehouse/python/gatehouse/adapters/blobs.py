"""Blobs in S3, named by their content: putting the same content twice is one object, and none ever changes."""

from __future__ import annotations

import hashlib
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.aws import client
from gatehouse.domain.errors import Unavailable

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
ATTEMPTS = 3
PREFIX = "definitions"


def blob_client() -> Any:
    """An S3 client with our deadlines."""
    return client("s3", connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, attempts=ATTEMPTS)


class BucketBlobs:
    """Implements `ports.world.Blobs`."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, tenant: str, content: bytes) -> str:
        """Keep this content and return its key."""
        key = hashlib.sha256(content).hexdigest()
        try:
            self._s3.put_object(Bucket=self._bucket, Key=_name(tenant, key), Body=content)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error)) from error
        return key

    def get(self, tenant: str, key: str) -> bytes:
        """The content under a key that `put` returned. Raises Unavailable when it is not there."""
        try:
            content: bytes = self._s3.get_object(Bucket=self._bucket, Key=_name(tenant, key))["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), key=key) from error
        return content


def _name(tenant: str, key: str) -> str:
    return f"{PREFIX}/{tenant}/{key}"
