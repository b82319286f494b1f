"""Uploads: the promises of their port, kept by the fake and by S3 as the emulator has it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.objects.uploads import BucketUploads, upload_client
from gatehouse.domain.upload import UploadNotFound, UploadTooLarge
from tests.fakes.uploads import InMemoryUploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.uploads import Uploads
    from tests.conftest import DynamoDB

BYTES_MAX = 100


@dataclass(frozen=True)
class World:
    uploads: Uploads
    put: Callable[[str, bytes], object]
    get: Callable[[str], bytes]


class Promises:
    def test_what_is_put_at_the_url_is_read(self, world: World) -> None:
        one, other = world.uploads.open("a.example"), world.uploads.open("a.example")
        assert one.id != other.id
        world.put(one.url, b"a" * BYTES_MAX)
        assert world.uploads.read("a.example", one.id) == b"a" * BYTES_MAX
        with pytest.raises(UploadNotFound):
            world.uploads.read("a.example", other.id)

    def test_other_tenants_do_not_find_it(self, world: World) -> None:
        upload = world.uploads.open("a.example")
        world.put(upload.url, b"content")
        with pytest.raises(UploadNotFound):
            world.uploads.read("b.example", upload.id)

    @pytest.mark.parametrize("impossible", ["", "x", "../../definitions/a", "0" * 32])
    def test_what_was_never_opened_is_not_found(self, world: World, impossible: str) -> None:
        with pytest.raises(UploadNotFound):
            world.uploads.read("a.example", impossible)

    def test_what_is_too_large_is_not_read(self, world: World) -> None:
        upload = world.uploads.open("a.example")
        world.put(upload.url, b"a" * (BYTES_MAX + 1))
        with pytest.raises(UploadTooLarge):
            world.uploads.read("a.example", upload.id)

    def test_what_is_handed_out_is_at_its_url_and_at_no_other(self, world: World) -> None:
        one, other = (
            world.uploads.hand_out("a.example", content, name="menu.zip", media_type="application/zip")
            for content in (b"one", b"other")
        )
        assert (world.get(one), world.get(other)) == (b"one", b"other")


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        uploads = InMemoryUploads(BYTES_MAX)
        return World(uploads, uploads.put, uploads.handed_out.__getitem__)


@pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)
class TestOnS3(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        assert dynamodb.url  # whose process serves S3 too
        s3, bucket = upload_client(), f"content-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=bucket)
        uploads = BucketUploads(s3, bucket, SystemClock(), bytes_max=BYTES_MAX, seconds=60)

        def put(url: str, content: bytes) -> None:
            answer = httpx.put(url, content=content, trust_env=False)
            assert answer.status_code == 200, answer.text

        def get(url: str) -> bytes:
            answer = httpx.get(url, trust_env=False)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
            assert answer.headers["content-disposition"] == 'attachment; filename="menu.zip"'
            return answer.content

        return World(uploads, put, get)

    def test_a_url_says_how_long_it_is_good(self, world: World) -> None:
        assert 50 < world.uploads.open("a.example").expires_at - time.time() <= 60
