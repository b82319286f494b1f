"""SDKs: the promises of their port, kept by the fake and by the bucket with the function that fills it."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.exceptions import ReadTimeoutError

from functions.sdk_generator.orders import Orders
from gatehouse.adapters.sdks.generator import refuse_foreign
from gatehouse.adapters.sdks.order import decode_order
from gatehouse.adapters.sdks.shelf import ANSWER_BYTES_MAX, BucketSdks, shelf_client
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.portal.sdk import SdkNotGenerated, SdkOrder, SdkPending
from tests.fakes.sdks import InMemorySdks

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.portal.sdks import Sdks
    from tests.conftest import DynamoDB

DEFINITION = b'{"openapi": "3.0.3"}'
FOREIGN = json.dumps({"paths": {"/a": {"$ref": "file:///etc/passwd"}}}).encode()
ORDER = SdkOrder(tenant="a.example", language="python", name="Menu", version="1.0.0", definition=DEFINITION)


@dataclass(frozen=True)
class World:
    sdks: Sdks
    made: Callable[[], int]
    bytes_max: int


class Promises:
    def test_what_is_ordered_again_is_not_made_again(self, world: World) -> None:
        first, second = world.sdks.get(ORDER), world.sdks.get(replace(ORDER))
        assert first == second
        assert first.content
        assert not first.url
        assert world.made() == 1

    @pytest.mark.parametrize(
        "other",
        [
            replace(ORDER, language="java"),
            replace(ORDER, version="2.0.0"),
            replace(ORDER, name="Feast"),
            replace(ORDER, tenant="b.example"),
            replace(ORDER, definition=b'{"openapi": "3.1.0"}'),
        ],
        ids=["language", "version", "name", "tenant", "definition"],
    )
    def test_another_order_is_another_sdk(self, world: World, other: SdkOrder) -> None:
        world.sdks.get(ORDER)
        world.sdks.get(other)
        assert world.made() == 2

    def test_what_is_too_large_for_an_answer_has_an_address(self, world: World) -> None:
        large = replace(ORDER, definition=json.dumps({"x": "a" * world.bytes_max}).encode())
        found = world.sdks.get(large)
        assert not found.content
        assert found.url.startswith("http")

    def test_a_definition_that_refers_to_another_document_is_refused(self, world: World) -> None:
        with pytest.raises(SdkNotGenerated, match="another document"):
            world.sdks.get(replace(ORDER, definition=FOREIGN))


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        sdks = InMemorySdks(bytes_max=1000)
        return World(sdks, lambda: sdks.made, 1000)


class Generator:
    """Lambda with one function, whose archives are their definitions. `answer` and `failure` are what it does instead."""

    def __init__(self, keep: Callable[[str, bytes], None]) -> None:
        self._orders = Orders(self._generate, keep)
        self.asked = 0
        self.made = 0
        self.answer: dict[str, Any] | None = None
        self.failure: Exception | None = None

    def _generate(self, order: SdkOrder) -> bytes:
        refuse_foreign(json.loads(order.definition))
        self.made += 1
        return order.definition

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert (FunctionName, InvocationType) == ("generator", "RequestResponse")
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        document = self._orders(json.loads(Payload))
        return self.answer or {"Payload": io.BytesIO(json.dumps(document).encode())}


@pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)
class TestInABucket(Promises):
    @pytest.fixture
    def shelf(self, dynamodb: DynamoDB) -> tuple[BucketSdks, Generator]:
        assert dynamodb.url  # whose process serves S3 too
        s3, bucket = shelf_client(), f"content-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=bucket)
        generator = Generator(lambda place, content: s3.put_object(Bucket=bucket, Key=place, Body=content))
        return BucketSdks(s3, bucket, generator, "generator"), generator

    @pytest.fixture
    def world(self, shelf: tuple[BucketSdks, Generator]) -> World:
        sdks, generator = shelf
        return World(sdks, lambda: generator.made, ANSWER_BYTES_MAX)

    def test_the_address_of_a_large_one_leads_to_it(self, world: World) -> None:
        large = replace(ORDER, definition=json.dumps({"x": "a" * world.bytes_max}).encode())
        answer = httpx.get(world.sdks.get(large).url, trust_env=False)
        assert (answer.status_code, answer.content) == (200, large.definition)

    def test_what_takes_too_long_is_there_the_next_time(self, shelf: tuple[BucketSdks, Generator]) -> None:
        sdks, generator = shelf
        generator.failure = ReadTimeoutError(endpoint_url="https://lambda.example")
        with pytest.raises(SdkPending):
            sdks.get(ORDER)
        generator.failure = None
        assert sdks.get(ORDER).content == DEFINITION

    @pytest.mark.parametrize("answer", [b"null", b'{"errorMessage": "out of memory"}'])
    def test_a_generator_that_fails_is_unavailable(self, shelf: tuple[BucketSdks, Generator], answer: bytes) -> None:
        sdks, generator = shelf
        generator.answer = {"Payload": io.BytesIO(answer), "FunctionError": "Unhandled"}
        with pytest.raises(Unavailable):
            sdks.get(ORDER)


def test_an_order_is_read_as_it_was_sent() -> None:
    sent: list[bytes] = []

    class Lambda:
        def invoke(self, *, Payload: bytes, **_: str) -> dict[str, Any]:  # noqa: N803
            sent.append(Payload)
            return {"Payload": io.BytesIO(b'{"error": "no"}')}

    class Nothing:
        def get_object(self, **_: str) -> None:
            from botocore.exceptions import ClientError  # noqa: PLC0415

            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")

    with pytest.raises(SdkNotGenerated, match="no"):
        BucketSdks(Nothing(), "bucket", Lambda(), "generator").get(ORDER)
    assert decode_order(json.loads(sent[0])) == ORDER
