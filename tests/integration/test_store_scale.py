"""Ten thousand APIs in a tenant's store: a page of them costs as many requests as one of them, however long the page is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.apis.ratings import RatingTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.domain.portal.rating import Rating
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.worlds.many_apis import APIS, api, fill
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from collections import Counter

    from tests.conftest import DynamoDB

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)]

REQUESTS_MAX = {"/apis": 2, "/search": 5, "/tags": 1}
"""What was written since to the APIs, to their ratings, documents and definitions (as designed, as deployed)."""


class ManyApis(StoreWorld):
    """A store whose APIs, documents and ratings are in tables; every other version is that of a prototype."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb
        self._table = dynamodb.table("apis")
        self._artifacts = ArtifactTable(dynamodb.table("artifacts"))
        super().__init__()

    def fill(self) -> None:
        states = LifecycleState.PUBLISHED, LifecycleState.PROTOTYPED
        fill(self._dynamodb, self._table, (replace(api(number), state=states[number % 2]) for number in range(APIS)))

    def _tables(self) -> tuple[Any, Any, Any, Any, Any]:
        return ApiTable(self._table, self._artifacts), *super()._tables()[1:]

    def _shelves(self) -> tuple[Any, Any]:
        return RecordTable(self._table, self._artifacts), RatingTable(self._table)


@pytest.fixture(scope="module")
def world(dynamodb: DynamoDB) -> ManyApis:
    """One that has read them all."""
    world = ManyApis(dynamodb)
    world.fill()
    assert world.call("GET", "/search", by=None).json["pagination"]["total"] == APIS
    return world


@pytest.mark.parametrize("limit", [1, 1000])
@pytest.mark.parametrize("query", ["", "api77", "tags:tag3 team:team13"])
@pytest.mark.parametrize("path", REQUESTS_MAX)
def test_a_page_reads_what_was_written_since_and_nothing_else(
    world: ManyApis, asked: Counter[str], path: str, query: str, limit: int
) -> None:
    answer = world.call("GET", path, by=None, query={"limit": limit, "query": query})
    assert answer.status == 200
    assert answer.json["count"] >= 1
    assert asked["items"] == 0
    assert set(asked) == {"Query", "items"}
    assert asked["Query"] <= REQUESTS_MAX[path]


def test_a_rating_shows_in_the_next_list_which_reads_that_alone(world: ManyApis, asked: Counter[str]) -> None:
    made = world.apis.add(replace(api(APIS), name="Rated", context="/rated", state=LifecycleState.PUBLISHED), [])
    world.ratings.rate(Rating(tenant=made.tenant, api_id=made.id, id="1", user="mary", stars=4))
    asked.clear()
    listed = world.call("GET", "/apis", by=None, query={"query": 'name:"Rated"'}).json["list"]
    assert [one["avgRating"] for one in listed] == ["4.0"]
    assert asked == {"Query": 2, "BatchGetItem": 2, "items": 2}
