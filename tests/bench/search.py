"""How long a search over ten thousand APIs takes, in an environment that has searched before, on the emulator's DynamoDB.

Each API has a definition of 5 kB of words and a document of 2.5 kB, and what is asked for is in the words of many.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from tests.bench.tables import emulated
from tests.worlds.many_apis import CALLER, QUERIES, search_over_them

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.search import Search

SEARCHES = 21


def measure() -> dict[str, float]:
    """The median of each query, in milliseconds."""
    with emulated() as dynamodb:
        search = search_over_them(dynamodb)
        search.everything(CALLER, "content:everything")
        return {query: statistics.median(_taken(search, query)) for query in QUERIES}


def _taken(search: Search, query: str) -> list[float]:
    taken = []
    for _ in range(SEARCHES):
        started = time.perf_counter()
        search.everything(CALLER, query)
        taken.append((time.perf_counter() - started) * 1000)
    return taken
