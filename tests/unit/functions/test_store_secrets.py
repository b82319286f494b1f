"""Secrets of an application's keys, through the store's surface."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds.store import StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


@pytest.fixture
def where(world: StoreWorld) -> str:
    application_id = world.application()
    return f"/applications/{application_id}/oauth-keys/{world.generate(application_id)['keyMappingId']}"


def test_201_a_further_secret_is_shown_once(world: StoreWorld, where: str) -> None:
    wanted = {"additionalProperties": {"description": "spring", "expiresIn": 3600}}
    reply = world.call("POST", f"{where}/generate-secret", wanted)
    assert reply.status == 201
    made = reply.json
    assert reply.headers["Location"].endswith(f"{where}/secrets/{made['secretId']}")
    assert made["additionalProperties"]["description"] == "spring"
    listed = world.call("GET", f"{where}/secrets").json
    assert (listed["count"], {one["secretValue"] for one in listed["list"]}) == (2, {"********"})
    assert listed["list"][1]["additionalProperties"] == made["additionalProperties"]


def test_204_a_revoked_secret_is_gone(world: StoreWorld, where: str) -> None:
    made = world.call("POST", f"{where}/generate-secret", {}).json
    assert "expiresAt" not in made["additionalProperties"]
    assert world.call("POST", f"{where}/revoke-secret", {"secretId": made["secretId"]}).status == 204
    assert world.call("GET", f"{where}/secrets").json["count"] == 1


def test_409_the_last_secret_stays(world: StoreWorld, where: str) -> None:
    (only,) = world.call("GET", f"{where}/secrets").json["list"]
    assert world.call("POST", f"{where}/revoke-secret", {"secretId": only["secretId"]}).status == 409


def test_404_a_secret_that_is_not_there(world: StoreWorld, where: str) -> None:
    assert world.call("POST", f"{where}/revoke-secret", {"secretId": "unheard-of"}).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "generate-secret", {}), ("GET", "secrets", None), ("POST", "revoke-secret", {"secretId": "x"})],
)
def test_404_the_secrets_of_somebody_else(
    world: StoreWorld, where: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert world.call(method, f"{where}/{path}", body, by="john").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"additionalProperties": {"expiresIn": -1}}, "additionalProperties.expiresIn"),
        ({"additionalProperties": {"description": "x" * 256}}, "additionalProperties.description"),
        ({"additionalProperties": {"surprise": 1}}, "additionalProperties.surprise"),
    ],
)
def test_400_what_a_secret_cannot_be(world: StoreWorld, where: str, body: dict[str, Any], field: str) -> None:
    reply = world.call("POST", f"{where}/generate-secret", body)
    assert (reply.status, reply.json["error"][0]["code"]) == (400, f"400_{field}")
