"""Comments through the publisher interface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.portal.comment import CONTENT_CHARACTERS_MAX
from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, blamed


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def place(world: PublisherWorld) -> str:
    return f"/apis/{world.design()['id']}/comments"


def said(world: PublisherWorld, place: str, content: str = "Nice", *, by: str = "chef", **query: Any) -> Any:
    world.clock.advance(1)
    return world.made("POST", place, {"content": content}, by=by, query=query)


def test_201_a_comment_says_who_made_it_and_where(world: PublisherWorld, place: str) -> None:
    made = world.call("POST", place, {"content": "Nice", "category": "praise"}, by="chef")
    assert (made.status, made.headers["Location"]) == (201, f"/api/am/publisher/v4{place}/{made.json['id']}")
    expected = {"content": "Nice", "category": "praise", "createdBy": "chef", "entryPoint": "publisher"}
    assert made.json | expected == made.json
    assert world.made("GET", f"{place}/{made.json['id']}") == made.json


def test_200_threads_are_listed_the_newest_first_with_their_replies_the_oldest_first(
    world: PublisherWorld, place: str
) -> None:
    first, second = (said(world, place, text) for text in ("first", "second"))
    for text in ("reply", "another"):
        said(world, place, text, by="baker", replyTo=first["id"])
    listed = world.made("GET", place)
    assert [one["id"] for one in listed["list"]] == [second["id"], first["id"]]
    assert [one["content"] for one in listed["list"][1]["replies"]["list"]] == ["reply", "another"]
    replies = world.made("GET", f"{place}/{first['id']}/replies", query={"limit": 1, "offset": 1})
    assert [one["content"] for one in replies["list"]] == ["another"]
    assert replies["list"][0]["parentCommentId"] == first["id"]
    assert world.made("GET", place, query={"limit": 1})["pagination"]["total"] == 2


def test_200_authors_change_what_they_said(world: PublisherWorld, place: str) -> None:
    one = f"{place}/{said(world, place)['id']}"
    changed = world.made("PATCH", one, {"content": "Better"}, by="chef")
    assert (changed["content"], changed["category"], changed["updatedTime"] is None) == ("Better", "general", False)
    assert world.call("PATCH", one, {"content": "Worse"}, by="baker").json["code"] == 901100
    assert world.call("PATCH", one, {"content": "Worse"}).status == 403
    assert world.made("GET", one) == changed


def test_200_authors_and_admins_delete_whole_threads(world: PublisherWorld, place: str) -> None:
    root = said(world, place)
    reply = said(world, place, by="baker", replyTo=root["id"])
    assert world.call("DELETE", f"{place}/{root['id']}", by="baker").status == 403
    assert world.call("DELETE", f"{place}/{root['id']}").status == 200
    for gone in (root, reply):
        assert world.call("GET", f"{place}/{gone['id']}").json["code"] == 901102
    assert world.made("GET", place)["list"] == []


def test_200_a_comment_tells_of_its_author_when_asked(world: PublisherWorld, place: str) -> None:
    one = f"{place}/{said(world, place, by='carol')['id']}"
    assert world.made("GET", one)["commenterInfo"] is None
    told = world.made("GET", one, query={"includeCommenterInfo": "true"})
    assert told["commenterInfo"] == {"firstName": "", "lastName": "", "fullName": ""}


@pytest.mark.parametrize(("content", "code"), [(" ", 400), ("x" * (CONTENT_CHARACTERS_MAX + 1), 901103)])
def test_400_what_is_no_comment(world: PublisherWorld, place: str, content: str, code: int) -> None:
    before = world.writes
    refused = world.call("POST", place, {"content": content})
    assert (blamed(refused), refused.json["code"], world.writes) == (["content"], code, before)


def test_replies_are_to_comments_that_there_are_and_that_are_no_replies(world: PublisherWorld, place: str) -> None:
    root = said(world, place)
    reply = said(world, place, replyTo=root["id"])
    answers = [world.call("POST", place, {"content": "x"}, query={"replyTo": to}) for to in ("0", reply["id"])]
    assert [answer.status for answer in answers] == [404, 400]


def test_404_comments_on_an_api_that_one_may_not_see(world: PublisherWorld, place: str) -> None:
    assert world.call("GET", place, by=f"admin@{OTHER_TENANT}").status == 404
    assert world.call("POST", place, {"content": "x"}, by=f"admin@{OTHER_TENANT}").status == 404
