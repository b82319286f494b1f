"""SDKs in the store: made of what a visitor sees, in the languages that are listed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.adapters.sdks.languages import TOOLS, told
from gatehouse.domain.portal.sdk import LANGUAGES, SdkOrder
from tests.worlds.store import GATEWAY, StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def order(name: str, version: str = "1.0.0") -> SdkOrder:
    return SdkOrder(tenant="carbon.super", language="python", name=name, version=version, definition=b"{}")


def test_200_every_language_that_is_listed_has_a_generator(world: StoreWorld) -> None:
    assert world.call("GET", "/sdk-gen/languages").json == list(LANGUAGES)
    assert set(TOOLS) == set(LANGUAGES)
    assert {"python", "typescript", "java"} < set(LANGUAGES)


def test_200_an_sdk_is_made_of_the_published_definition(world: StoreWorld) -> None:
    api = world.api("PizzaShack", deployed=True)
    answer = world.call("GET", f"/apis/{api.id}/sdks/python")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pizzashack_python_1.0.0.zip"'
    [made] = world.sdks.orders
    assert json.loads(made.definition)["servers"][0]["url"] == f"{GATEWAY}/pizzashack/1.0.0"


def test_303_a_large_sdk_has_an_address(world: StoreWorld) -> None:
    world.sdks.bytes_max = 10
    api = world.api(deployed=True)
    answer = world.call("GET", f"/apis/{api.id}/sdks/java")
    assert answer.status == 303
    assert answer.headers["Location"].startswith("https://content.example/")


def test_400_a_language_that_is_not_listed(world: StoreWorld) -> None:
    answer = world.call("GET", f"/apis/{world.api().id}/sdks/cobol")
    assert answer.status == 400
    assert "typescript" in answer.json["description"]


@pytest.mark.parametrize("kind", ["GRAPHQL", "WS", "WEBSUB", "SSE", "ASYNC"])
def test_404_an_api_whose_calls_no_openapi_describes(world: StoreWorld, kind: str) -> None:
    answer = world.call("GET", f"/apis/{world.api(type=kind).id}/sdks/python")
    assert answer.status == 404
    assert kind in answer.json["description"]


@pytest.mark.parametrize("kind", ["HTTP", "SOAP", "SOAPTOREST", "APIProduct"])
def test_200_an_api_whose_calls_openapi_describes(world: StoreWorld, kind: str) -> None:
    assert world.call("GET", f"/apis/{world.api(type=kind).id}/sdks/python").status == 200


def test_404_an_api_that_the_caller_does_not_see_answers_like_one_that_is_not_there(world: StoreWorld) -> None:
    hidden = world.api(visibility="RESTRICTED", visibleRoles=["chefs"])
    answers = [world.call("GET", f"/apis/{one}/sdks/python") for one in (hidden.id, "0" * 36)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].text.replace(hidden.id, "?") == answers[1].text.replace("0" * 36, "?")
    assert not world.sdks.orders


def test_401_strangers_get_no_sdks(world: StoreWorld) -> None:
    assert world.call("GET", f"/apis/{world.api().id}/sdks/python", by=None).status == 401


def test_500_a_definition_that_the_generator_can_make_nothing_of(world: StoreWorld, monkeypatch: Any) -> None:
    foreign = b'{"paths": {"/menu": {"$ref": "https://elsewhere.example/menu.json"}}}'
    monkeypatch.setattr("gatehouse.controlplane.store.storefront.Storefront.published", lambda *_: foreign)
    answer = world.call("GET", f"/apis/{world.api().id}/sdks/python")
    assert (answer.status, answer.json["code"]) == (500, 900337)


@pytest.mark.parametrize(
    ("name", "package", "slug"),
    [
        ("PizzaShack", "pizzashack_client", "pizzashack"),
        ("Pizza Shack API", "pizza_shack_api_client", "pizza-shack-api"),
        ("class", "class_client", "class"),
        ("3rd", "api_3rd_client", "3rd"),
        ("食べ物", "api_client", "api"),
        ("a,library=evil", "a_library_evil_client", "a-library-evil"),
    ],
)
def test_a_package_is_named_after_its_api_whatever_that_is_called(name: str, package: str, slug: str) -> None:
    assert (order(name).package, order(name).slug) == (package, slug)
    _, options = told(order(name))
    assert options.count(",") == 3, "no name adds an option"


@pytest.mark.parametrize(
    ("version", "release"), [("1.0.0", "1.0.0"), ("v1", "0.0.0-v1"), ("2,x=y", "2-x-y"), ("é", "0.0.0")]
)
def test_a_package_has_a_number_whatever_its_api_has(version: str, release: str) -> None:
    assert order("Menu", version).release == release
