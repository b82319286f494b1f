"""Recommendations: what is like that which a developer uses, and nothing that they do not see."""

from __future__ import annotations

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.worlds.store import StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    world = StoreWorld()
    world.configurations.save(SUPER_TENANT, {"EnableRecommendation": True})
    return world


def recommended(world: StoreWorld, by: str = "mary") -> list[str]:
    answer = world.call("GET", "/recommendations", by=by)
    assert answer.status == 200, answer.text
    assert answer.json["count"] == len(answer.json["list"])
    return [one["name"] for one in answer.json["list"]]


def test_200_what_shares_most_with_what_is_used_comes_first(world: StoreWorld) -> None:
    used = world.api("Pizza", tags=["food", "italian"], categories=["Kitchen"])
    world.api("Weather", tags=["sky"])
    world.api("Burger", tags=["food"])
    world.api("Pasta", tags=["FOOD", "italian"], categories=["Kitchen"])
    world.subscribe(world.application(), used)
    assert recommended(world) == ["Pasta", "Burger"]
    assert recommended(world, by="john") == [], "john has subscribed to nothing, and nothing is rated"


def test_200_who_uses_nothing_yet_gets_the_best_rated(world: StoreWorld) -> None:
    for name, stars in (("Fair", 3), ("Great", 5), ("Unrated", 0)):
        api = world.api(name)
        if stars:
            assert world.call("PUT", f"/apis/{api.id}/user-rating", {"rating": stars}).status == 200
    assert recommended(world, by="john") == ["Great", "Fair"]
    best = world.call("GET", "/recommendations", by="john").json["list"][0]
    assert best["avgRating"] == "5.0"


def test_200_neither_what_is_hidden_nor_used_nor_closed_is_recommended(world: StoreWorld) -> None:
    used = world.api("Pizza", tags=["food"])
    world.api("Pizza", tags=["food"], version="2.0.0")
    world.api("Secret", tags=["food"], visibility="RESTRICTED", visibleRoles=["chefs"])
    world.api("Old", LifecycleState.RETIRED, tags=["food"])
    world.api("Early", LifecycleState.PROTOTYPED, tags=["food"])
    world.subscribe(world.application(), used)
    assert recommended(world) == []


def test_200_a_tenant_that_wants_none_has_none(world: StoreWorld) -> None:
    used = world.api("Pizza", tags=["food"])
    world.api("Burger", tags=["food"])
    world.subscribe(world.application(), used)
    assert world.call("GET", "/settings").json["recommendationEnabled"] is True
    world.configurations.save(SUPER_TENANT, {})
    assert recommended(world) == []
    assert world.call("GET", "/settings").json["recommendationEnabled"] is False


def test_401_strangers_are_not_known_well_enough(world: StoreWorld) -> None:
    assert world.call("GET", "/recommendations", by=None).status == 401
