"""How long a search over ten thousand APIs takes, in an environment that has searched before, on the emulator's DynamoDB.

Each API has a definition of 5 kB of words and a document of 2.5 kB, and what is asked for is in the words of many.
"""

from __future__ import annotations

from functools import partial

from tests.bench.tables import emulated
from tests.bench.times import Milliseconds
from tests.worlds.many_apis import CALLER, QUERIES, search_over_them

SEARCHES = 21


def measure() -> dict[str, Milliseconds]:
    """Of each query."""
    with emulated() as dynamodb:
        search = search_over_them(dynamodb)
        search.everything(CALLER, "content:everything")
        return {query: Milliseconds.of(partial(search.everything, CALLER, query), SEARCHES) for query in QUERIES}
