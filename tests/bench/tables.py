"""Tables of the emulator's, for as long as something is measured on them."""

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
    from collections.abc import Iterator


@contextmanager
def emulated() -> Iterator[DynamoDB]:
    """An emulator of our own, and an environment that leads to it."""
    with tempfile.TemporaryDirectory() as folder:
        store = stores.emulator(Path(folder))
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
