"""Ten thousand APIs of a tenant: a search reads what has changed since the last one, and nothing else.

How long that takes is a figure of `make bench`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from tests.worlds.many_apis import APIS, CALLER, QUERIES, api, search_over_them

if TYPE_CHECKING:
    from collections import Counter

    from gatehouse.controlplane.publishing.particulars.search import Search
    from tests.conftest import DynamoDB

pytestmark = pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)

REQUESTS_MAX = 3
"""Of a search: what was written to the APIs since, and, when it has words alone, to their documents and definitions."""


@pytest.fixture(scope="module")
def search(dynamodb: DynamoDB) -> Search:
    """One that has read them all."""
    search = search_over_them(dynamodb)
    assert len(search.of_apis(CALLER, "")) == APIS
    return search


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_reads_nothing_when_nothing_was_written(search: Search, asked: Counter[str], query: str) -> None:
    search.everything(CALLER, query)
    asked.clear()
    assert search.everything(CALLER, query)
    assert asked["items"] == 0
    assert set(asked) == {"Query", "items"}
    assert asked["Query"] <= REQUESTS_MAX


def test_what_is_written_is_found_by_the_next_search_which_reads_that_alone(
    search: Search, asked: Counter[str]
) -> None:
    assert isinstance(search.apis, ApiTable)
    added = search.apis.add(replace(api(APIS), name="Newest", context="/newest"), [])
    asked.clear()
    assert [found.id for found in search.of_apis(CALLER, 'name:"Newest"')] == [added.id]
    assert asked == {"Query": 1, "items": 1, "BatchGetItem": 1}


def test_what_a_definition_says_is_found_by_the_next_search_which_reads_that_alone(
    search: Search, asked: Counter[str]
) -> None:
    assert isinstance(search.apis, ApiTable)
    search.everything(CALLER, "content:unheard")
    added = search.apis.add(replace(api(APIS + 1), name="Told", context="/told"), [], words=b"unheard of")
    asked.clear()
    assert [(hit.api.id, hit.defines) for hit in search.everything(CALLER, "content:unheard")] == [(added.id, True)]
    assert (asked["Query"], asked["BatchGetItem"]) == (REQUESTS_MAX, 2)
