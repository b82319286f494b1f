"""Who changes an API names the version that they have read, and is refused when there is another one (RFC 9110 §13.1.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, definition, member

if TYPE_CHECKING:
    from tests.callers import Reply


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture(params=["/apis", "/api-products"])
def path(request: pytest.FixtureRequest, world: PublisherWorld) -> str:
    """Of an API, and of a product."""
    api = world.design()
    if request.param == "/apis":
        return f"/apis/{api['id']}"
    return f"/api-products/{world.product(member(api['id'], 'GET /menu'))['id']}"


def change(world: PublisherWorld, path: str, description: str, tag: str) -> Reply:
    body: dict[str, Any] = {**world.made("GET", path), "description": description}
    return world.call("PUT", path, body, headers={"If-Match": tag})


def test_a_change_of_the_version_that_was_read_holds_and_the_next_version_has_another_tag(
    world: PublisherWorld, path: str
) -> None:
    read = world.call("GET", path).headers["ETag"]
    changed = change(world, path, "Mine", read)
    assert (changed.status, changed.json["description"]) == (200, "Mine")
    assert changed.headers["ETag"] == world.call("GET", path).headers["ETag"] != read


@pytest.mark.parametrize("spelled", ["{}", "W/{}", '"menu", {}', "{} nonsense"])
def test_412_for_a_version_that_another_has_replaced_and_theirs_stays(
    world: PublisherWorld, path: str, spelled: str
) -> None:
    read = world.call("GET", path).headers["ETag"]
    assert change(world, path, "Theirs", read).status == 200
    refused = change(world, path, "Mine", spelled.format(read))
    assert (refused.status, refused.json["code"]) == (412, 412)
    assert world.made("GET", path)["description"] == "Theirs"
    assert world.call("DELETE", path, headers={"If-Match": read}).status == 412


def test_a_list_of_tags_and_any_version_are_taken(world: PublisherWorld, path: str) -> None:
    read = world.call("GET", path).headers["ETag"]
    assert change(world, path, "One of them", f'"999", {read}').status == 200
    assert change(world, path, "Whichever", "*").status == 200
    assert world.call("DELETE", path, headers={"If-Match": "*"}).status == 200


def test_a_definition_has_the_tag_of_its_api(world: PublisherWorld) -> None:
    made = world.imported()
    path, read = f"/apis/{made.json['id']}/swagger", made.headers["ETag"]
    assert world.call("GET", path).headers["ETag"] == read
    body, headers = multipart({"file": json.dumps(definition("Pasta")).encode()})
    assert world.call("PUT", path, body, headers={**headers, "If-Match": read}).headers["ETag"] != read
    refused = world.call("PUT", path, body, headers={**headers, "If-Match": read})
    assert refused.status == 412
