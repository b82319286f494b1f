"""A developer's applications, through the store's surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.errors import Unavailable
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

UNHEARD = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def named(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.text
    return [application["name"] for application in answer.json["list"]]


def test_201_a_new_application_reads_as_it_was_written(world: StoreWorld) -> None:
    body = {
        "name": "Kiosk",
        "throttlingPolicy": "10PerMin",
        "description": "orders",
        "tokenType": "OAUTH",
        "attributes": {"team": "blue"},
        "groups": [],
        "visibility": "PRIVATE",
    }
    made = world.call("POST", "/applications", body)
    assert made.status == 201
    path = f"/applications/{made.json['applicationId']}"
    assert made.headers["Location"] == f"/api/am/devportal/v3{path}"
    assert world.call("GET", path).json == made.json
    assert made.json == {
        "applicationId": made.json["applicationId"],
        "name": "Kiosk",
        "throttlingPolicy": "10PerMin",
        "description": "orders",
        "tokenType": "JWT",
        "status": "APPROVED",
        "groups": [],
        "subscriptionCount": 0,
        "keys": [],
        "attributes": {"team": "blue"},
        "subscriptionScopes": [],
        "owner": "mary",
        "hashEnabled": True,
        "createdTime": "1700000000000",
        "updatedTime": "1700000000000",
        "visibility": "PRIVATE",
    }


def test_409_the_same_name_twice_for_one_owner(world: StoreWorld) -> None:
    world.application("Kiosk")
    before = world.writes
    for name in ("Kiosk", "kiosk"):
        answer = world.call("POST", "/applications", {"name": name, "throttlingPolicy": "Unlimited"})
        assert (answer.status, answer.json["code"]) == (409, 900301)
    assert world.writes == before
    world.application("Kiosk", by="john")


def test_200_everybody_finds_a_default_application_once(world: StoreWorld) -> None:
    assert named(world.call("GET", "/applications")) == ["DefaultApplication"]
    (default,) = world.call("GET", "/applications").json["list"]
    assert default["throttlingPolicy"] == "Unlimited"
    assert world.call("DELETE", f"/applications/{default['applicationId']}").status == 200
    assert named(world.call("GET", "/applications")) == []
    assert named(world.call("GET", "/applications", by="john")) == ["DefaultApplication"]


def test_200_only_ones_own_applications_are_listed(world: StoreWorld) -> None:
    world.application("Mine")
    world.application("Theirs", by="john")
    assert named(world.call("GET", "/applications")) == ["DefaultApplication", "Mine"]


def test_200_an_exact_name_comes_before_names_that_contain_it(world: StoreWorld) -> None:
    for name in ("a default-apictl-app", "default-apictl-app", "Other"):
        world.application(name)
    found = world.call("GET", "/applications", query={"query": "default-apictl-app"})
    assert named(found) == ["default-apictl-app", "a default-apictl-app"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"sortBy": "name", "sortOrder": "asc"}, ["alpha", "beta", "DefaultApplication"]),
        ({"sortBy": "name", "sortOrder": "desc"}, ["DefaultApplication", "beta", "alpha"]),
        ({"sortBy": "throttlingPolicy"}, ["beta", "alpha", "DefaultApplication"]),
        ({"sortBy": "status", "limit": 1}, ["alpha"]),
        ({"sortBy": "throttlingPolicy", "limit": 1, "offset": 1}, ["alpha"]),
    ],
)
def test_200_applications_are_sorted_and_paged(world: StoreWorld, query: dict[str, Any], names: list[str]) -> None:
    world.application("alpha", tier="20PerMin")
    world.application("beta", tier="10PerMin")
    answer = world.call("GET", "/applications", query=query)
    assert named(answer) == names
    assert answer.json["pagination"]["total"] == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sortBy": "color"}, "sortBy"),
        ({"sortOrder": "up"}, "sortOrder"),
        ({"limit": "many"}, "limit"),
        ({"offset": "-1"}, "offset"),
    ],
)
def test_400_a_list_that_cannot_be_made(world: StoreWorld, query: dict[str, Any], field: str) -> None:
    before = world.writes
    answer = world.call("GET", "/applications", query=query)
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == f"400_{field}"
    assert world.writes == before


def test_200_what_was_read_can_be_written_back_and_changed(world: StoreWorld) -> None:
    application_id = world.application()
    world.generate(application_id)
    path = f"/applications/{application_id}"
    read = world.call("GET", path).json
    assert world.call("PUT", path, read).json == read
    changed = world.call("PUT", path, {**read, "name": "Terminal", "description": "new", "attributes": {"a": "b"}})
    assert changed.status == 200
    assert (changed.json["name"], changed.json["description"]) == ("Terminal", "new")
    assert world.call("GET", path).json == changed.json


def test_a_changed_tier_reaches_the_gateway(world: StoreWorld) -> None:
    application_id = world.application()
    key = world.generate(application_id)["consumerKey"]
    assert world.grant(key)["policy"] == "10PerMin"
    body = {"name": "Terminal", "throttlingPolicy": "50PerMin"}
    assert world.call("PUT", f"/applications/{application_id}", body).status == 200
    assert (world.grant(key)["policy"], world.grant(key)["name"]) == ("50PerMin", "Terminal")


def test_200_a_deleted_application_leaves_nothing_behind(world: StoreWorld) -> None:
    application_id, api = world.application(), world.api()
    keys = [world.generate(application_id, kind)["consumerKey"] for kind in ("PRODUCTION", "SANDBOX")]
    subscription_id = world.subscribe(application_id, api)
    answer = world.call("DELETE", f"/applications/{application_id}")
    assert (answer.status, answer.text) == (200, "")
    assert world.call("GET", f"/applications/{application_id}").status == 404
    assert world.call("GET", f"/subscriptions/{subscription_id}").status == 404
    assert [world.grant(key) for key in keys] == [None, None]
    assert world.plan(application_id, api) is None
    assert world.key_manager.clients == {}
    assert not world.subscriptions.subscribed(api.tenant, api.id)


def test_a_deletion_that_broke_off_lets_no_call_through_and_can_be_repeated(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_id, api = world.application(), world.api()
    key = world.generate(application_id)["consumerKey"]
    world.subscribe(application_id, api)

    def down(**_: object) -> None:
        raise Unavailable

    path = f"/applications/{application_id}"
    with monkeypatch.context() as patch:
        patch.setattr(world.key_manager, "delete_client", down)
        assert world.call("DELETE", path).status == 503
    assert world.grant(key) is None
    assert world.plan(application_id, api) is None
    assert world.call("GET", path).json["status"] == "DELETE_PENDING"
    body = {"keyType": "SANDBOX", "grantTypesToBeSupported": ["password"]}
    assert world.call("POST", f"{path}/generate-keys", body).json["code"] == 900309
    subscribing = {"applicationId": application_id, "apiId": world.api("Pasta").id, "throttlingPolicy": "Gold"}
    assert world.call("POST", "/subscriptions", subscribing).json["code"] == 900309
    assert world.call("PUT", path, {"name": "Kiosk", "throttlingPolicy": "10PerMin"}).json["code"] == 900309
    assert world.call("DELETE", path).status == 200
    assert world.call("GET", path).status == 404
    assert world.key_manager.clients == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("by", ["john", "admin", "mary@example.com"])
def test_404_somebody_elses_application_is_one_that_does_not_exist(world: StoreWorld, method: str, by: str) -> None:
    application_id = world.application()
    body = {"name": "Mine", "throttlingPolicy": "Unlimited"} if method == "PUT" else None
    before = world.writes
    absent = world.call(method, f"/applications/{UNHEARD}", body, by=by)
    forbidden = world.call(method, f"/applications/{application_id}", body, by=by)
    assert (absent.status, absent.json["code"]) == (404, 900307)
    assert forbidden.text.replace(application_id, UNHEARD) == absent.text
    assert forbidden.status == 404
    assert world.writes == before


BAD = [
    ("name", {"name": None}),
    ("name", {"name": ""}),
    ("name", {"name": " Kiosk"}),
    ("name", {"name": "Kiosk "}),
    ("name", {"name": "Kiosk\n"}),
    ("name", {"name": "a/b"}),
    ("name", {"name": "<b>"}),
    ("name", {"name": "x" * 101}),
    ("name", {"name": 7}),
    ("throttlingPolicy", {"throttlingPolicy": None}),
    ("throttlingPolicy", {"throttlingPolicy": "Platinum"}),
    ("throttlingPolicy", {"throttlingPolicy": "Gold"}),
    ("description", {"description": "x" * 513}),
    ("tokenType", {"tokenType": "SAML"}),
    ("groups", {"groups": ["friends"]}),
    ("visibility", {"visibility": "SHARED_WITH_ORG"}),
    ("attributes.team", {"attributes": {"team": 1}}),
    ("attributes", {"attributes": ["team"]}),
    ("attributes", {"attributes": {str(n): "" for n in range(51)}}),
    ("surprise", {"surprise": 1}),
]


@pytest.mark.parametrize(("field", "change"), BAD, ids=[f"{field}-{n}" for n, (field, _) in enumerate(BAD)])
def test_400_names_the_field_and_writes_nothing(world: StoreWorld, field: str, change: dict[str, Any]) -> None:
    path = f"/applications/{world.application('Known')}"
    body = {
        name: value
        for name, value in {"name": "Kiosk", "throttlingPolicy": "10PerMin", **change}.items()
        if value is not None
    }
    before = world.writes
    for answer in (world.call("POST", "/applications", body), world.call("PUT", path, body)):
        assert answer.status == 400
        assert [problem["code"] for problem in answer.json["error"]] == [f"400_{field}"]
    assert world.writes == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null"])
def test_400_no_document_at_all(world: StoreWorld, body: str) -> None:
    before = world.writes
    assert world.call("POST", "/applications", body).status == 400
    assert world.writes == before


@pytest.mark.parametrize("by", [None, "nobody", "carol"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/applications"), ("POST", "/applications")])
def test_401_without_the_scope(world: StoreWorld, method: str, path: str, by: str | None) -> None:
    body = {"name": "Kiosk", "throttlingPolicy": "10PerMin"} if method == "POST" else None
    before = world.writes
    assert world.call(method, path, body, by=by).status == 401
    assert world.writes == before
