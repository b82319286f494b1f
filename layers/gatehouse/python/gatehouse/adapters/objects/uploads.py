"""Uploads in S3, at presigned URLs. The bucket forgets them after a day."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.aws import signing_client
from gatehouse.adapters.objects.absent import fetched
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.upload import Upload, UploadNotFound, UploadTooLarge

if TYPE_CHECKING:
    from gatehouse.ports.world import Clock

CONNECT_SECONDS = 1.0
READ_SECONDS = 10.0
ATTEMPTS = 2
PREFIX = "uploads"

_ID = re.compile(r"[0-9a-f]{32}")


def upload_client() -> Any:
    """An S3 client with deadlines for large files, within those of the function."""
    return signing_client(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, attempts=ATTEMPTS)


class BucketUploads:
    """Implements `ports.uploads.Uploads`. `bytes_max` is the largest file that is read, `seconds` how long a URL is good."""

    def __init__(self, s3: Any, bucket: str, clock: Clock, *, bytes_max: int, seconds: int) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._clock = clock
        self._bytes_max = bytes_max
        self._seconds = seconds

    def open(self, tenant: str) -> Upload:
        """A new place of this tenant's."""
        upload_id = uuid.uuid4().hex
        where = {"Bucket": self._bucket, "Key": _name(tenant, upload_id)}
        url = self._s3.generate_presigned_url("put_object", Params=where, ExpiresIn=self._seconds)
        return Upload(id=upload_id, url=url, expires_at=int(self._clock.now()) + self._seconds)

    def read(self, tenant: str, upload_id: str) -> bytes:
        """What was put there. Raises UploadNotFound, UploadTooLarge, Unavailable."""
        if not _ID.fullmatch(upload_id):
            raise UploadNotFound.by_id(upload_id)
        where = {"Bucket": self._bucket, "Key": _name(tenant, upload_id)}
        found = fetched(self._s3, where, self._bytes_max)
        if found is None:
            raise UploadNotFound.by_id(upload_id)
        if isinstance(found, int):
            raise UploadTooLarge.field("uploadId", f"the upload is larger than {self._bytes_max} bytes")
        return found

    def hand_out(self, tenant: str, content: bytes, *, name: str, media_type: str) -> str:
        """A URL that gives this content to whoever has it, as a file of this name, for a short time. Raises Unavailable."""
        where = {"Bucket": self._bucket, "Key": _name(tenant, uuid.uuid4().hex)}
        shown = {"ResponseContentType": media_type, "ResponseContentDisposition": f'attachment; filename="{name}"'}
        try:
            self._s3.put_object(**where, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error)) from error
        url: str = self._s3.generate_presigned_url("get_object", Params={**where, **shown}, ExpiresIn=self._seconds)
        return url


def _name(tenant: str, upload_id: str) -> str:
    return f"{PREFIX}/{tenant}/{upload_id}"
