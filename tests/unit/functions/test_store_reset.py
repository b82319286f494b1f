"""Counting a user's calls anew, through the store's surface."""

from __future__ import annotations

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.counter_key import application_counter
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

USED = {"r60.1": 10}


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def used(world: StoreWorld, application_id: str, *users: str) -> dict[str, str]:
    keys = {user: application_counter(SUPER_TENANT, application_id, user) for user in users}
    world.counters.items.update({key: dict(USED) for key in keys.values()})
    return keys


def reset(application_id: str) -> str:
    return f"/applications/{application_id}/reset-throttle-policy"


@pytest.mark.parametrize("named", ["john", "john@carbon.super"])
def test_200_one_user_begins_anew_and_the_others_go_on(world: StoreWorld, named: str) -> None:
    application_id = world.application()
    keys = used(world, application_id, "john@carbon.super", "mary@carbon.super")
    answer = world.call("POST", reset(application_id), {"userName": named})
    assert (answer.status, answer.text) == (200, "")
    assert keys["john@carbon.super"] not in world.counters.items
    assert world.counters.items[keys["mary@carbon.super"]] == USED


def test_200_an_application_s_own_tokens_begin_anew_by_their_consumer_key(world: StoreWorld) -> None:
    application_id = world.application()
    consumer_key = world.generate(application_id)["consumerKey"]
    keys = used(world, application_id, consumer_key, "mary@carbon.super")
    assert world.call("POST", reset(application_id), {"userName": consumer_key}).status == 200
    assert set(world.counters.items) == {keys["mary@carbon.super"]}


@pytest.mark.parametrize("body", [{}, {"userName": ""}, {"userName": "  "}])
def test_400_somebody_must_be_named(world: StoreWorld, body: dict[str, str]) -> None:
    answer = world.call("POST", reset(world.application()), body)
    assert (answer.status, answer.json["error"][0]["code"]) == (400, "400_userName")


def test_404_of_somebody_else_s_application_as_of_none(world: StoreWorld) -> None:
    application_id = world.application()
    keys = used(world, application_id, "mary@carbon.super")
    body = {"userName": "mary"}
    foreign = world.call("POST", reset(application_id), body, by="john")
    elsewhere = world.call("POST", reset(application_id), body, by=f"mary@{OTHER_TENANT}")
    absent = world.call("POST", reset("unheard"), body)
    assert foreign.status == absent.status == elsewhere.status == 404
    assert foreign.text == absent.text.replace("unheard", application_id) == elsewhere.text
    assert world.counters.items[keys["mary@carbon.super"]] == USED
