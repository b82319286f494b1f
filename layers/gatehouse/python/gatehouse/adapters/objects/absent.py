"""Objects of S3 that may not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABSENT = frozenset({"NoSuchKey", "404", "AccessDenied", "403"})
"""Without the right to list a bucket, what is not there may not be read either."""


def fetched(s3: Any, where: Mapping[str, str], bytes_max: int) -> bytes | int | None:
    """The object in this `Bucket` under this `Key`: its content, its size when that is more than `bytes_max`, None for none.

    Raises Unavailable.
    """
    try:
        found = s3.get_object(**where)
        size: int = found["ContentLength"]
        if size > bytes_max:
            found["Body"].close()
            return size
        content: bytes = found["Body"].read()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            return None
        raise Unavailable(cause=str(error)) from error
    except BotoCoreError as error:
        raise Unavailable(cause=str(error)) from error
    return content
