"""What developers think of APIs: ratings and comments, through the store's surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.record import new_id
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api

HERE = {"X-WSO2-Tenant": SUPER_TENANT}
GUEST = f"mary@{OTHER_TENANT}"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def rate(world: StoreWorld, api: Api, stars: object, by: str = "mary") -> Any:
    return world.call("PUT", f"/apis/{api.id}/user-rating", {"rating": stars}, by=by, headers=HERE)


def said(world: StoreWorld, api: Api, content: str, by: str = "mary", **query: str) -> Any:
    world.clock.advance(1)
    answer = world.call("POST", f"/apis/{api.id}/comments", {"content": content}, by=by, query=query, headers=HERE)
    assert answer.status == 201, answer.text
    return answer.json


def test_200_each_rates_once_and_the_average_stands_on_the_api(world: StoreWorld) -> None:
    api, other = world.api(), world.api("Other")
    for by, stars in (("mary", 1), ("john", 5), ("mary", 4), (GUEST, 4)):
        assert rate(world, api, stars, by).json["rating"] == stars
    found = world.call("GET", f"/apis/{api.id}/ratings", by="mary").json
    assert (found["avgRating"], found["userRating"], found["count"]) == ("4.3", 4, 3)
    assert {one["ratedBy"]: one["rating"] for one in found["list"]} == {"john": 5, "mary": 4, GUEST: 4}
    assert world.call("GET", f"/apis/{api.id}/ratings", by=None).json["userRating"] == 0
    listed = {one["id"]: one["avgRating"] for one in world.call("GET", "/apis").json["list"]}
    assert listed == {api.id: "4.3", other.id: "0.0"}
    assert world.call("GET", f"/apis/{api.id}").json["avgRating"] == "4.3"
    assert world.call("GET", "/search").json["list"][1]["avgRating"] == "4.3"


def test_200_a_rating_is_read_and_taken_back(world: StoreWorld) -> None:
    api = world.api()
    made = rate(world, api, 3).json
    path = f"/apis/{api.id}/user-rating"
    assert world.call("GET", path).json == made | {"apiId": api.id, "ratedBy": "mary"}
    assert world.call("DELETE", path).status == 200
    for method in ("GET", "DELETE"):
        gone = world.call(method, path)
        assert (gone.status, gone.json["code"]) == (404, 900324)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_400_stars_that_nobody_can_give(world: StoreWorld, stars: int) -> None:
    refused = rate(world, world.api(), stars)
    assert (refused.status, refused.json["code"]) == (400, 900325)


@pytest.mark.parametrize("stars", ["5", 4.5, None, True])
def test_400_stars_that_are_no_number(world: StoreWorld, stars: object) -> None:
    assert rate(world, world.api(), stars).status == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "user-rating"),
        ("GET", "user-rating"),
        ("DELETE", "user-rating"),
        ("POST", "comments"),
        ("PATCH", "comments/x"),
        ("DELETE", "comments/x"),
    ],
)
def test_401_for_strangers(world: StoreWorld, method: str, path: str) -> None:
    api = world.api()
    assert world.call(method, f"/apis/{api.id}/{path}", {"rating": 1, "content": "x"}, by=None).status == 401


def test_200_comments_with_replies_are_read_by_everybody(world: StoreWorld) -> None:
    api = world.api()
    first, second = said(world, api, "Nice", category="general"), said(world, api, "Slow", by="john")
    replies = [said(world, api, f"Reply {number}", by=GUEST, replyTo=first["id"]) for number in range(3)]
    assert (first["entryPoint"], first["createdBy"], replies[0]["createdBy"]) == ("devPortal", "mary", GUEST)
    listed = world.call("GET", f"/apis/{api.id}/comments", by=None).json
    assert {one["content"] for one in listed["list"]} == {"Nice", "Slow"}
    path = f"/apis/{api.id}/comments/{first['id']}"
    asked = {"replyLimit": 1, "replyOffset": 1, "includeCommenterInfo": "true"}
    one = world.call("GET", path, by=None, query=asked).json
    assert ([reply["content"] for reply in one["replies"]["list"]], one["replies"]["pagination"]["total"]) == (
        ["Reply 1"],
        3,
    )
    assert set(one["commenterInfo"]) == {"firstName", "lastName", "fullName"}
    paged = world.call("GET", f"{path}/replies", by=None, query={"limit": 2}).json
    assert (paged["count"], paged["pagination"]["total"]) == (2, 3)
    assert second["parentCommentId"] is None


def test_an_author_edits_and_deletes_and_so_does_a_moderator_delete(world: StoreWorld) -> None:
    api = world.api()
    one = said(world, api, "Nice")
    path = f"/apis/{api.id}/comments/{one['id']}"
    for by in ("john", "admin"):
        assert world.call("PATCH", path, {"content": "Bad"}, by=by).status == 403
    edited = world.call("PATCH", path, {"content": "Very nice"})
    assert (edited.status, edited.json["content"]) == (200, "Very nice")
    assert world.call("DELETE", path, by="john").status == 403
    reply = said(world, api, "Really?", by="john", replyTo=one["id"])
    assert world.call("DELETE", path, by="admin").status == 200
    for gone in (one, reply):
        assert world.call("GET", f"/apis/{api.id}/comments/{gone['id']}", by=None).status == 404


def test_403_who_administers_another_tenant_moderates_nothing_here(world: StoreWorld) -> None:
    api = world.api()
    one = said(world, api, "Nice")
    path = f"/apis/{api.id}/comments/{one['id']}"
    refused = world.call("DELETE", path, by=f"admin@{OTHER_TENANT}", headers=HERE)
    assert (refused.status, refused.json["code"]) == (403, 901100)
    assert world.call("GET", path, by=None).status == 200


def test_404_what_may_not_be_seen_may_not_be_rated_or_spoken_of(world: StoreWorld) -> None:
    api = world.api("Gilded", visibility="RESTRICTED", visibleRoles=["gold-partners"])
    absent = rate(world, api, 5).json["code"]
    assert absent == 900308
    for path, body in (("user-rating", {"rating": 5}), ("comments", {"content": "x"})):
        method = "PUT" if path == "user-rating" else "POST"
        answer = world.call(method, f"/apis/{api.id}/{path}", body)
        assert (answer.status, answer.json["code"]) == (404, absent)
        assert world.call("GET", f"/apis/{api.id}/{path}").status == 404
    assert world.call("GET", f"/apis/{api.id}/ratings").status == 404
    assert world.call("GET", f"/apis/{api.id}/comments/{new_id()}/replies").status == 404
