"""Blobs in S3, named by their content: putting the same content twice is one object, and none ever changes."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.aws import signing_client
from gatehouse.domain.errors import Unavailable

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
ATTEMPTS = 3
PREFIX = "definitions"
DELETED_MAX = 1_000
"""So many objects S3 deletes at a time."""


def blob_client() -> Any:
    """An S3 client with our deadlines."""
    return signing_client(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, attempts=ATTEMPTS)


class BucketLinks:
    """Implements `ports.portal.links.Links`: URLs that S3 answers, signed with the function's own rights, good for `seconds`."""

    def __init__(self, s3: Any, bucket: str, *, seconds: int) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._seconds = seconds

    def size(self, tenant: str, key: str) -> int:
        """How many bytes a blob has. Raises Unavailable when it is not there."""
        try:
            size: int = self._s3.head_object(Bucket=self._bucket, Key=_name(tenant, key))["ContentLength"]
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), key=key) from error
        return size

    def to(self, tenant: str, key: str, *, name: str, media_type: str) -> str:
        """A URL that gives the blob to whoever has it, as a file of this name."""
        where = {
            "Bucket": self._bucket,
            "Key": _name(tenant, key),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "ResponseContentType": media_type,
        }
        url: str = self._s3.generate_presigned_url("get_object", Params=where, ExpiresIn=self._seconds)
        return url


class BucketBlobs:
    """Implements `ports.world.Blobs`, and `ports.people.erasure.Estate` for what is kept in them."""

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

    def erase(self, tenant: str, *, items: int) -> bool:
        """Delete up to this many of a tenant's blobs; True when nothing is left. Raises Unavailable."""
        found: dict[str, Any] = {}
        try:
            found = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=_name(tenant, ""), MaxKeys=min(items, DELETED_MAX)
            )
            names = [{"Key": entry["Key"]} for entry in found.get("Contents", ())]
            if names:
                answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": names, "Quiet": True})
                if errors := answer.get("Errors"):
                    raise Unavailable(
                        cause=f"{errors[0].get('Code')}: {errors[0].get('Message')}", operation="delete_objects"
                    )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error)) from error
        return not found.get("IsTruncated", False)


def _name(tenant: str, key: str) -> str:
    return f"{PREFIX}/{tenant}/{key}"
