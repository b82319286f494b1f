"""Documents through the publisher interface: those of APIs and of API products, what is in them, and who finds them."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from gatehouse.controlplane.contents import ANSWERED_BYTES_MAX
from gatehouse.domain.portal.document import FILE_BYTES_MAX
from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, blamed, member

GUIDE = {"name": "Guide", "type": "HOWTO", "summary": "How to order", "sourceType": "INLINE", "visibility": "API_LEVEL"}
FILE = {**GUIDE, "name": "File", "sourceType": "FILE"}
LINK = {**GUIDE, "name": "Link", "sourceType": "URL", "sourceUrl": "https://docs.example/pizza?a=1"}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture(params=["/apis", "/api-products"])
def place(request: pytest.FixtureRequest, world: PublisherWorld) -> str:
    """Where the documents of an API, or of a product, are."""
    api = world.design()["id"]
    owner = api if request.param == "/apis" else world.product(member(api, "GET /menu"))["id"]
    return f"{request.param}/{owner}/documents"


def test_a_document_is_added_read_changed_and_deleted(world: PublisherWorld, place: str) -> None:
    added = world.call("POST", place, GUIDE)
    assert (added.status, added.headers["Location"]) == (
        201,
        f"/api/am/publisher/v4{place}/{added.json['documentId']}",
    )
    one = f"{place}/{added.json['documentId']}"
    assert added.json | GUIDE == added.json
    assert world.made("GET", one) == added.json
    world.clock.advance(60)
    changed = world.made("PUT", one, {**added.json, "summary": "How to eat"})
    assert (changed["summary"], changed["createdTime"]) == ("How to eat", added.json["createdTime"])
    assert changed["lastUpdatedTime"] > added.json["lastUpdatedTime"]
    assert world.made("GET", place)["list"] == [changed]
    assert world.call("DELETE", one).status == 200
    assert (world.call("GET", one).json["code"], world.call("DELETE", one).status) == (900315, 404)


def test_documents_are_listed_by_name_and_in_pages(world: PublisherWorld, place: str) -> None:
    for name in ("c", "A", "b"):
        world.made("POST", place, {**GUIDE, "name": name})
    page = world.made("GET", place, query={"limit": 2})
    assert ([one["name"] for one in page["list"]], page["pagination"]["total"]) == (["A", "b"], 3)


@pytest.mark.parametrize("source", ["INLINE", "MARKDOWN"])
def test_what_is_written_is_read_again(world: PublisherWorld, place: str, source: str) -> None:
    one = f"{place}/{world.made('POST', place, {**GUIDE, 'sourceType': source})['documentId']}/content"
    assert world.call("GET", one).json["code"] == 900314
    assert world.form("POST", one, inlineContent="# Pizza, groß").status == 201
    read = world.call("GET", one)
    assert (read.status, read.text) == (200, "# Pizza, groß")
    assert read.headers["Content-Type"].startswith("text/")


def test_what_is_sent_with_the_document_is_written(world: PublisherWorld, place: str) -> None:
    made = world.made("POST", place, {**GUIDE, "inlineContent": "First"})
    one = f"{place}/{made['documentId']}"
    assert world.call("GET", f"{one}/content").text == "First"
    world.made("PUT", one, {**GUIDE, "name": "New name"})
    assert world.call("GET", f"{one}/content").text == "First"
    world.made("PUT", one, {**GUIDE, "inlineContent": "Second"})
    assert world.call("GET", f"{one}/content").text == "Second"


def test_a_file_comes_back_with_its_name_and_type(world: PublisherWorld, place: str) -> None:
    one = f"{place}/{world.made('POST', place, FILE)['documentId']}"
    sent = world.form("POST", f"{one}/content", file=b"Hot")
    assert (sent.status, sent.json["fileName"]) == (201, "definition")
    read = world.call("GET", f"{one}/content")
    # Bytes leave a function in base 64; the front door takes it off.
    assert (b64decode(read.text), read.headers["Content-Disposition"]) == (
        b"Hot",
        "attachment; filename*=UTF-8''definition",
    )


def test_what_stands_elsewhere_is_pointed_to(world: PublisherWorld, place: str) -> None:
    one = f"{place}/{world.made('POST', place, LINK)['documentId']}/content"
    read = world.call("GET", one)
    assert (read.status, read.headers["Location"]) == (303, LINK["sourceUrl"])


def test_content_from_elsewhere_leaves_nothing_of_the_old(world: PublisherWorld, place: str) -> None:
    one = f"{place}/{world.made('POST', place, {**GUIDE, 'inlineContent': 'Old'})['documentId']}"
    world.made("PUT", one, {**FILE, "name": "Guide"})
    assert world.call("GET", f"{one}/content").status == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "a/b"}, "name", 902016),
        ({"name": " a"}, "name", 902016),
        ({"name": ""}, "name", 400),
        ({"type": "NOVEL"}, "type", 400),
        ({"type": "OTHER"}, "otherTypeName", 903245),
        ({"sourceType": "URL"}, "sourceUrl", 400),
        ({"sourceType": "URL", "sourceUrl": "ftp://docs.example"}, "sourceUrl", 400),
        ({"sourceType": "FILE", "inlineContent": "x"}, "inlineContent", 400),
        ({"visibility": "NOBODY"}, "visibility", 400),
        ({"colour": "red"}, "colour", 400),
    ],
)
def test_400_what_makes_no_document(
    world: PublisherWorld, place: str, body: dict[str, Any], field: str, code: int
) -> None:
    before = world.writes
    refused = world.call("POST", place, {**GUIDE, **body})
    assert (blamed(refused), refused.json["code"], world.writes) == ([field], code, before)


def test_400_content_that_does_not_fit_its_document(world: PublisherWorld, place: str) -> None:
    file = f"{place}/{world.made('POST', place, FILE)['documentId']}/content"
    text = f"{place}/{world.made('POST', place, GUIDE)['documentId']}/content"
    assert blamed(world.form("POST", file, inlineContent="x")) == ["inlineContent"]
    assert blamed(world.form("POST", text, file=b"x")) == ["file"]
    assert blamed(world.form("POST", file, file=b"x", inlineContent="x")) == ["file"]
    assert blamed(world.form("POST", file, file=bytes(FILE_BYTES_MAX + 1))) == ["file"]


def test_409_two_documents_of_one_name(world: PublisherWorld, place: str) -> None:
    world.made("POST", place, GUIDE)
    other = world.made("POST", place, LINK)
    refused = world.call("POST", place, {**GUIDE, "name": "GUIDE"})
    assert (refused.status, refused.json["code"]) == (409, 900312)
    assert world.call("PUT", f"{place}/{other['documentId']}", {**LINK, "name": "Guide"}).json["code"] == 900312


def test_a_name_can_be_asked_for(world: PublisherWorld) -> None:
    place = f"/apis/{world.design()['id']}/documents"
    world.made("POST", place, GUIDE)
    answers = [world.call("POST", f"{place}/validate", query={"name": name}).status for name in ("guide", "Other")]
    assert answers == [200, 404]


def test_404_what_one_may_not_see_is_what_does_not_exist(world: PublisherWorld) -> None:
    api = world.design(by="chef")["id"]
    place = f"/apis/{api}/documents"
    mine = world.made("POST", place, {**GUIDE, "visibility": "OWNER_ONLY"}, by="chef")["documentId"]
    assert world.made("GET", f"{place}/{mine}", by="chef") == world.made("GET", f"{place}/{mine}")
    hidden, absent = (world.call("GET", f"{place}/{one}", by="baker") for one in (mine, "0"))
    assert (hidden.status, hidden.text) == (404, absent.text.replace("'0'", f"'{mine}'"))
    assert world.made("GET", place, by="baker")["list"] == []
    assert world.call("GET", place, by=f"admin@{OTHER_TENANT}").status == 404


class TestSearch:
    @pytest.fixture
    def pizza(self, world: PublisherWorld) -> str:
        pizza = world.design(description="Round")["id"]
        world.design("Weather", tags=["sky"])
        world.product(member(pizza, "GET /menu"))
        world.made("POST", f"/apis/{pizza}/documents", {**GUIDE, "inlineContent": "The oven must be hot. " * 2})
        return str(pizza)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["API Pizza", "API Weather"]),
            ('name:"Pizza" version:"1.0.0"', ["API Pizza"]),
            ('type:"APIProduct"', ["APIProduct Feast"]),
            ('name:"Feast" type:"APIProduct"', ["APIProduct Feast"]),
            ('name:"Feast"', []),
            ('type:"MCP"', []),
            ('type:"API" tags:sky', ["API Weather"]),
            ("content:oven*hot", ["DOC Guide"]),
            ("doc:order", ["DOC Guide"]),
            ("doc:order name:weather", []),
            ("doc:guide name:pizza", ["DOC Guide"]),
            ("type:DOC", ["DOC Guide"]),
            ("oven", ["DOC Guide"]),
            ("pizza", ["API Pizza"]),
            ("description:round", ["API Pizza"]),
        ],
    )
    def test_200_everything_is_found_by_what_it_is(
        self, world: PublisherWorld, pizza: str, query: str, found: list[str]
    ) -> None:
        assert pizza
        answer = world.made("GET", "/search", query={"query": query})
        assert [f"{one['type']} {one['name']}" for one in answer["list"]] == found

    def test_a_document_says_whose_it_is(self, world: PublisherWorld, pizza: str) -> None:
        (found,) = world.made("GET", "/search", query={"query": "content:oven"})["list"]
        assert (found["apiUUID"], found["apiName"], found["associatedType"]) == (pizza, "Pizza", "API")

    def test_what_one_may_not_see_is_not_found(self, world: PublisherWorld) -> None:
        hidden = world.design(accessControl="RESTRICTED", accessControlRoles=["kitchen"])["id"]
        world.made("POST", f"/apis/{hidden}/documents", {**GUIDE, "inlineContent": "oven"})
        for query in ("pizza", "content:oven", "oven"):
            assert world.made("GET", "/search", query={"query": query})["count"] == 1
            assert world.made("GET", "/search", query={"query": query}, by="baker")["count"] == 0

    def test_what_is_written_is_found_at_once_and_what_is_gone_is_not(self, world: PublisherWorld, pizza: str) -> None:
        place = f"/apis/{pizza}/documents"
        (guide,) = world.made("GET", place)["list"]
        world.form("POST", f"{place}/{guide['documentId']}/content", inlineContent="Cold")
        assert world.made("GET", "/search", query={"query": "content:oven"})["list"] == []
        assert world.made("GET", "/search", query={"query": "content:cold"})["count"] == 1
        world.call("DELETE", f"{place}/{guide['documentId']}")
        assert world.made("GET", "/search", query={"query": "content:cold"})["list"] == []


def test_a_file_too_large_for_a_request_is_put_at_an_upload_and_fetched_at_a_link(
    world: PublisherWorld, place: str
) -> None:
    one = f"{place}/{world.made('POST', place, FILE)['documentId']}/content"
    upload = world.made("POST", "/uploads")
    asked = {"uploadId": upload["uploadId"], "fileName": "book.pdf"}
    assert world.call("POST", one, query=asked).status == 404
    large = b"x" * (ANSWERED_BYTES_MAX + 1)
    world.uploads.put(upload["url"], large[:3])
    assert blamed(world.call("POST", one, query={"uploadId": upload["uploadId"]})) == ["fileName"]
    small = world.call("POST", one, query=asked)
    assert (small.status, small.json["fileName"]) == (201, "book.pdf")
    assert world.call("GET", one).headers["Content-Type"] == "application/pdf"
    world.uploads.bytes_max = FILE_BYTES_MAX + 1
    world.uploads.put(upload["url"], large)
    assert world.call("POST", one, query=asked).status == 201
    read = world.call("GET", one)
    assert (read.status, "book.pdf" in read.headers["Location"]) == (303, True)
    world.uploads.put(upload["url"], b"x" * (FILE_BYTES_MAX + 1))
    assert blamed(world.call("POST", one, query=asked)) == ["file"]
