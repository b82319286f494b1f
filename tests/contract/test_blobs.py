"""Content in S3, on the emulator: it comes back, and goes with its tenant and with no other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.estates import Estates
from gatehouse.adapters.objects.blobs import BucketBlobs, blob_client
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)


@pytest.fixture
def blobs(dynamodb: DynamoDB) -> BucketBlobs:
    assert dynamodb.url  # whose process serves S3 too
    s3, bucket = blob_client(), f"content-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    return BucketBlobs(s3, bucket)


def test_content_comes_back_under_its_key_to_its_tenant_alone(blobs: BucketBlobs) -> None:
    key = blobs.put("a.example", b"menu")
    assert blobs.put("a.example", b"menu") == key
    assert blobs.get("a.example", key) == b"menu"
    with pytest.raises(Unavailable):
        blobs.get("b.example", key)


def test_a_tenant_s_content_is_erased_in_steps_and_that_of_a_longer_name_stays(blobs: BucketBlobs) -> None:
    keys = [blobs.put("a.example", str(number).encode()) for number in range(5)]
    other = blobs.put("a.example.org", b"menu")
    estate = Estates(blobs, blobs)
    steps = 1
    while not estate.erase("a.example", items=2):
        steps += 1
    assert steps == 3
    for key in keys:
        with pytest.raises(Unavailable):
            blobs.get("a.example", key)
    assert blobs.get("a.example.org", other) == b"menu"
    assert estate.erase("a.example", items=2)
