"""SDKs in the bucket; the function that generates them puts there what is missing."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from gatehouse.adapters.aws import LOOKUP_CONNECT_SECONDS, client, signing_client
from gatehouse.adapters.objects.absent import fetched
from gatehouse.adapters.sdks.order import encode_order, place_of
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.portal.sdk import Sdk, SdkNotGenerated, SdkOrder, SdkPending

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0
ATTEMPTS = 2
GENERATION_SECONDS = 20.0
"""How long a request waits for the generator. Then the answer is that it takes longer, while the generator goes on."""

ANSWER_BYTES_MAX = 4_000_000
"""A function can answer 6 MB, and an archive is a third larger in its answer's encoding."""

URL_SECONDS = 300


def shelf_client() -> Any:
    """An S3 client whose deadlines leave the generator the most of a request's time."""
    return signing_client(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, attempts=ATTEMPTS)


def generator_client() -> Any:
    """A Lambda client for the generator's function: once, because what seemed lost goes on over there."""
    return client("lambda", connect_seconds=LOOKUP_CONNECT_SECONDS, read_seconds=GENERATION_SECONDS, attempts=1)


class BucketSdks:
    """Implements `ports.portal.sdks.Sdks`."""

    def __init__(self, s3: Any, bucket: str, functions: Any, function_name: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._functions = functions
        self._function_name = function_name

    def get(self, order: SdkOrder) -> Sdk:
        """The SDK, made unless it lies there. Raises SdkNotGenerated, SdkPending, Unavailable."""
        found = self._found(order)
        if found is None:
            self._generate(order)
            found = self._found(order)
        if found is None:
            raise Unavailable(cause="what was generated does not lie in the bucket", place=place_of(order))
        return found

    def _found(self, order: SdkOrder) -> Sdk | None:
        where = {"Bucket": self._bucket, "Key": place_of(order)}
        found = fetched(self._s3, where, ANSWER_BYTES_MAX)
        if found is None:
            return None
        if isinstance(found, bytes):
            return Sdk(content=found)
        return Sdk(url=self._s3.generate_presigned_url("get_object", Params=where, ExpiresIn=URL_SECONDS))

    def _generate(self, order: SdkOrder) -> None:
        payload = json.dumps(encode_order(order)).encode()
        try:
            answer = self._functions.invoke(
                FunctionName=self._function_name, InvocationType="RequestResponse", Payload=payload
            )
            document = json.loads(answer["Payload"].read())
        except ReadTimeoutError as error:
            raise SdkPending(language=order.language) from error
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=type(error).__name__, language=order.language) from error
        if "FunctionError" in answer or not isinstance(document, dict):
            raise Unavailable(cause="the generator failed", language=order.language)
        if "error" in document:
            raise SdkNotGenerated(str(document["error"]), language=order.language)
