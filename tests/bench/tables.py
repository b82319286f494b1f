"""Tables, for as long as something is measured on them."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from tests import stores
from tests.conftest import REGION, DynamoDB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stores import Store


@contextmanager
def emulated() -> Iterator[DynamoDB]:
    """An emulator of our own, and an environment that leads to it."""
    with _reached(stores.emulator) as dynamodb:
        yield dynamodb


@contextmanager
def local() -> Iterator[DynamoDB]:
    """Amazon's DynamoDB Local, which holds partitions that the emulator is too slow for."""
    with _reached(stores.dynamodb_local) as dynamodb:
        yield dynamodb


@contextmanager
def _reached(start: Callable[[Path], Store]) -> Iterator[DynamoDB]:
    with tempfile.TemporaryDirectory() as folder:
        store = start(Path(folder))
        variables = {
            "AWS_ENDPOINT_URL": store.url,
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }
        try:
            with mock.patch.dict(os.environ, variables):
                yield DynamoDB(store.url)
        finally:
            store.stop()
