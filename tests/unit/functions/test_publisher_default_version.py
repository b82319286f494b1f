"""Which version serves calls that name none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.artifact import route_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.publisher import PublisherWorld

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def served(world: PublisherWorld, path: str = "/pizza") -> str | None:
    found = world.artifact(route_key(SUPER_TENANT, path))
    return found["api_id"] if found else None


def version(
    world: PublisherWorld, number: str, *steps: str, default: bool = True, context: str = "/pizza"
) -> tuple[str, str]:
    """A version that has gone these steps (`deploy`, or an action); its id and its revision's."""
    api_id = world.design(version=number, isDefaultVersion=default, context=context)["id"]
    revision_id = world.revision(api_id)["id"]
    go(world, api_id, revision_id, steps)
    return api_id, revision_id


def go(world: PublisherWorld, api_id: str, revision_id: str, steps: Sequence[str]) -> None:
    for step in steps:
        answer = world.deploy(api_id, revision_id) if step == "deploy" else world.change(api_id, step)
        assert answer.status in {200, 201}, answer.text


@pytest.mark.parametrize("steps", [("deploy", "Publish"), ("Publish", "deploy")])
def test_a_default_version_serves_once_it_is_deployed_and_published(world: PublisherWorld, steps: list[str]) -> None:
    api_id, revision_id = version(world, "1.0.0")
    go(world, api_id, revision_id, steps[:1])
    assert served(world) is None
    go(world, api_id, revision_id, steps[1:])
    assert served(world) == api_id


def test_a_version_that_is_no_default_does_not_serve(world: PublisherWorld) -> None:
    version(world, "1.0.0", "deploy", "Publish", default=False)
    assert served(world) is None


def test_the_old_default_serves_until_the_new_one_can(world: PublisherWorld) -> None:
    old, _ = version(world, "1.0.0", "deploy", "Publish")
    new, revision_id = version(world, "2.0.0")
    assert served(world) == old
    assert world.made("GET", f"/apis/{old}")["isDefaultVersion"] is False
    go(world, new, revision_id, ["deploy"])
    assert served(world) == old
    go(world, new, revision_id, ["Publish"])
    assert served(world) == new


def test_a_version_becomes_the_default_by_an_update_and_ceases_to_be(world: PublisherWorld) -> None:
    api_id, _ = version(world, "1.0.0", "deploy", "Publish", default=False)
    document = world.made("GET", f"/apis/{api_id}")
    world.made("PUT", f"/apis/{api_id}", {**document, "isDefaultVersion": True})
    assert served(world) == api_id
    world.made("PUT", f"/apis/{api_id}", {**document, "isDefaultVersion": False})
    assert served(world) is None


def test_nothing_serves_when_the_default_is_undeployed(world: PublisherWorld) -> None:
    api_id, revision_id = version(world, "1.0.0", "deploy", "Publish")
    path = f"/apis/{api_id}/undeploy-revision"
    assert world.call("POST", path, [{"name": "Default"}], query={"revisionId": revision_id}).status == 201
    assert served(world) is None


def test_nothing_serves_when_the_default_is_retired(world: PublisherWorld) -> None:
    version(world, "1.0.0", "deploy", "Publish", "Deprecate", "Retire")
    assert served(world) is None


def test_deleting_the_old_default_ends_what_it_served(world: PublisherWorld) -> None:
    old, _ = version(world, "1.0.0", "deploy", "Publish")
    version(world, "2.0.0")
    assert world.call("DELETE", f"/apis/{old}").status == 200
    assert served(world) is None


def test_deleting_a_default_that_never_served_leaves_the_others_alone(world: PublisherWorld) -> None:
    version(world, "1.0.0", "deploy", "Publish", default=False)
    new, _ = version(world, "2.0.0")
    assert world.call("DELETE", f"/apis/{new}").status == 200
    assert served(world) is None


def test_a_version_in_the_middle_of_the_context_is_left_out(world: PublisherWorld) -> None:
    api_id, _ = version(world, "1.0.0", "deploy", "Publish", context="/v/{version}/pizza")
    assert served(world, "/v/pizza") == api_id


def test_an_address_that_is_another_api_s_own_is_left_alone(world: PublisherWorld) -> None:
    other = world.design("Other", "pizza", context="/{version}")["id"]
    go(world, other, world.revision(other)["id"], ["deploy", "Publish"])
    assert served(world) == other
    version(world, "1.0.0", "deploy", "Publish")
    assert served(world) == other
