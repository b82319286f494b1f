"""Categories and labels through the admin interface."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from gatehouse.domain.apis.api import Api
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.callers import OTHER_TENANT
from tests.worlds.admin import AdminWorld

PLACES = {"/api-categories": ("categories", 404, 409), "/labels": ("labels", 900651, 900650)}
"""Each with the property of APIs that refers to it, and the codes of what is absent and of what is taken."""


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def made(world: AdminWorld, place: str, name: str = "Food", **more: Any) -> Any:
    answer = world.call("POST", place, {"name": name, "description": "What is eaten", **more})
    assert answer.status == 201, answer.text
    return answer.json


def api_with(world: AdminWorld, place: str, word: dict[str, Any], **more: Any) -> Api:
    """An API that has this word."""
    refers = word["id"] if place == "/labels" else word["name"]
    return world.apis.add(
        Api(
            tenant=SUPER_TENANT,
            id=str(uuid.uuid4()),
            name="Pizza",
            version="1.0.0",
            context="/pizza",
            provider="admin",
            state=LifecycleState.CREATED,
            document={PLACES[place][0]: [refers], "operations": [], **more},
            definition="",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        ),
        [],
    )


def listed(world: AdminWorld, place: str) -> list[str]:
    return [word["name"] for word in world.call("GET", place).json["list"]]


def test_words_are_added_changed_and_deleted(world: AdminWorld, place: str) -> None:
    added = world.call("POST", place, {"name": "Food", "description": "What is eaten"})
    one = f"{place}/{added.json['id']}"
    assert (added.status, added.headers["Location"]) == (201, f"/api/am/admin/v4{one}")
    assert added.json == {"id": added.json["id"], "name": "Food", "description": "What is eaten"}
    made(world, place, "Art")
    assert world.call("PUT", one, {"name": "Drink"}).json == {**added.json, "name": "Drink", "description": ""}
    assert listed(world, place) == ["Art", "Drink"]
    assert world.call("DELETE", one).status == 200
    assert listed(world, place) == ["Art"]


def test_409_names_are_unique_whatever_their_case(world: AdminWorld, place: str) -> None:
    made(world, place), made(world, place, "Art")
    other = world.call("GET", place).json["list"][0]["id"]
    taken = PLACES[place][2]
    for refused in (
        world.call("POST", place, {"name": "FOOD"}),
        world.call("PUT", f"{place}/{other}", {"name": "food"}),
    ):
        assert (refused.status, refused.json["code"]) == (409, taken)
    assert world.call("POST", place, {"name": "Food"}, by=f"admin@{OTHER_TENANT}").status == 201


def test_404_what_is_not_there_or_another_tenant_s(world: AdminWorld, place: str) -> None:
    one = f"{place}/{made(world, place)['id']}"
    for path, by in ((f"{place}/0", "admin"), (one, f"admin@{OTHER_TENANT}")):
        assert world.call("PUT", path, {"name": "New"}, by=by).json["code"] == PLACES[place][1]
        assert world.call("DELETE", path, by=by).status == 404


def test_409_a_word_that_an_api_has_stays(world: AdminWorld, place: str) -> None:
    word = made(world, place)
    api_with(world, place, word)
    refused = world.call("DELETE", f"{place}/{word['id']}")
    assert (refused.status, listed(world, place)) == (409, ["Food"])


def test_categories_count_their_apis_and_keep_their_names_then(world: AdminWorld) -> None:
    word = made(world, "/api-categories")
    api_with(world, "/api-categories", word)
    assert world.call("GET", "/api-categories").json["list"][0]["numberOfAPIs"] == 1
    one = f"/api-categories/{word['id']}"
    assert world.call("PUT", one, {"name": "Drink"}).status == 409
    assert world.call("PUT", one, {"name": "Food", "description": "New"}).status == 200


def test_labels_say_which_apis_have_them_and_may_be_renamed(world: AdminWorld) -> None:
    word = made(world, "/labels")
    api = api_with(world, "/labels", word)
    usage = world.call("GET", f"/labels/{word['id']}/usage").json
    assert usage == {
        "apis": {"count": 1, "list": [{"id": api.id, "name": "Pizza", "version": "1.0.0", "provider": "admin"}]}
    }
    assert world.call("PUT", f"/labels/{word['id']}", {"name": "Drink"}).status == 200


@pytest.mark.parametrize("name", ["", "a<b>", "x" * 256])
def test_400_what_is_no_name(world: AdminWorld, place: str, name: str) -> None:
    before = world.writes
    assert world.call("POST", place, {"name": name}).status == 400
    assert world.writes == before
