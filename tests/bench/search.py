"""How long a search over ten thousand APIs takes, in an environment that has searched before, on the emulator's DynamoDB."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from tests import stores
from tests.conftest import REGION, DynamoDB
from tests.worlds.many_apis import CALLER, QUERIES, search_over_them

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.search import Search

SEARCHES = 21


def measure() -> dict[str, float]:
    """The median of each query, in milliseconds."""
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
                search = search_over_them(DynamoDB(store.url))
                search.everything(CALLER, "")
                return {query: statistics.median(_taken(search, query)) for query in QUERIES}
        finally:
            store.stop()


def _taken(search: Search, query: str) -> list[float]:
    taken = []
    for _ in range(SEARCHES):
        started = time.perf_counter()
        search.everything(CALLER, query)
        taken.append((time.perf_counter() - started) * 1000)
    return taken
