"""Ratings: the promises of `ports/portal/ratings`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.apis.ratings import RatingTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.domain.apis.api import Api, ApiNotFound
from gatehouse.domain.portal.rating import Rating
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.record import new_id
from tests.fakes.apis import InMemoryApis
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.ratings import InMemoryRatings

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.portal.ratings import Ratings
    from tests.conftest import DynamoDB

OTHER = "other.example"


@dataclass(frozen=True, kw_only=True)
class World:
    ratings: Ratings
    apis: Apis
    tenant: str

    def api(self) -> Api:
        name = new_id()
        api = Api(
            tenant=self.tenant,
            id=new_id(),
            name=name,
            version="1",
            context=f"/{name}",
            provider="admin",
            state=LifecycleState.PUBLISHED,
            document={"operations": [], "scopes": []},
            definition="",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
        return self.apis.add(api, [])

    def rate(self, api: Api, user: str, stars: int) -> Rating:
        return self.ratings.rate(Rating(tenant=self.tenant, api_id=api.id, id=new_id(), user=user, stars=stars))

    def average(self, api: Api) -> float:
        return self.ratings.averages(self.tenant).get(api.id, 0.0)


class Promises:
    """Held by every implementation."""

    def test_ratings_are_found_by_user_and_listed_and_come_to_an_average(self, world: World) -> None:
        api, other = world.api(), world.api()
        marys, johns = world.rate(api, "mary", 4), world.rate(api, "john", 1)
        world.rate(other, "mary", 5)
        assert world.ratings.all(world.tenant, api.id) == [johns, marys]
        assert world.ratings.by(world.tenant, api.id, "MARY") == marys
        assert world.ratings.by(world.tenant, api.id, "paul") is None
        assert (world.average(api), world.average(other)) == (2.5, 5.0)
        assert (world.ratings.all(OTHER, api.id), dict(world.ratings.averages(OTHER))) == ([], {})

    def test_who_rates_again_changes_their_rating(self, world: World) -> None:
        api = world.api()
        first = world.rate(api, "mary", 1)
        world.rate(api, "john", 3)
        again = world.rate(api, "Mary", 5)
        assert again.id == first.id
        assert [one.stars for one in world.ratings.all(world.tenant, api.id)] == [3, 5]
        assert world.average(api) == 4.0

    def test_a_rating_that_is_taken_back_counts_no_more_however_often(self, world: World) -> None:
        api = world.api()
        mine = world.rate(api, "mary", 1)
        world.rate(api, "john", 5)
        for _ in range(2):
            world.ratings.remove(mine)
        assert (world.average(api), len(world.ratings.all(world.tenant, api.id))) == (5.0, 1)

    def test_many_who_rate_at_once_are_all_counted(self, world: World) -> None:
        api = world.api()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: world.rate(api, f"user{number}", 1 + number % 5), range(10)))
        assert len(world.ratings.all(world.tenant, api.id)) == 10
        assert world.average(api) == 3.0

    def test_an_api_that_is_not_there_or_being_removed_cannot_be_rated(self, world: World) -> None:
        api = world.api()
        world.apis.mark_for_removal(api)
        gone = Rating(tenant=world.tenant, api_id=new_id(), id=new_id(), user="mary", stars=3)
        with pytest.raises(ApiNotFound):
            world.rate(api, "mary", 3)
        with pytest.raises(ApiNotFound):
            world.ratings.rate(gone)

    def test_ratings_go_with_their_api(self, world: World) -> None:
        api = world.api()
        world.rate(api, "mary", 5)
        assert world.average(api) == 5.0
        world.apis.remove(world.apis.mark_for_removal(api), [])
        assert (world.average(api), world.ratings.all(world.tenant, api.id)) == (0.0, [])


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        apis = InMemoryApis(InMemoryArtifacts(StoppedClock()))
        return World(ratings=InMemoryRatings(apis), apis=apis, tenant="a.example")


@pytest.fixture(scope="module")
def tables(dynamodb: DynamoDB) -> tuple[str, str]:
    return dynamodb.table("apis"), dynamodb.table("artifacts")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, tables: tuple[str, str]) -> World:
        apis, artifacts = tables
        return World(
            ratings=RatingTable(apis),
            apis=ApiTable(apis, ArtifactTable(artifacts)),
            tenant=f"{uuid.uuid4().hex}.example",
        )
