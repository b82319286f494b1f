"""What may be changed of the resident key manager, through the admin function's surface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import resident_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.admin import AdminWorld
from tests.worlds.key_managers import ALL, ELSEWHERE, error


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def test_403_the_resident_key_manager_is_not_deleted(world: AdminWorld) -> None:
    resident = world.call("GET", ALL).json["list"][0]["id"]
    assert "built in" in error(world.call("DELETE", f"{ALL}/{resident}"), 403)


def resident_of(world: AdminWorld, **changes: Any) -> Any:
    """The resident key manager's document, changed as a client does it: all of it is sent back."""
    found = world.call("GET", f"{ALL}/{world.call('GET', ALL).json['list'][0]['id']}").json
    return {**found, **changes}


def test_200_the_resident_key_manager_is_changed_in_what_is_not_built_in(world: AdminWorld) -> None:
    changes = {
        "description": "Ours",
        "enabled": False,
        "availableGrantTypes": ["client_credentials"],
        "additionalProperties": {"application_access_token_expiry_time": 600, "refresh_token_expiry_time": -1},
        "permissions": {"permissionType": "ALLOW", "roles": ["gold-partners"]},
    }
    path = f"{ALL}/{resident_of(world)['id']}"
    for wanted in (changes, {"description": "Ours again"}):
        sent = resident_of(world, **wanted)
        answer = world.call("PUT", path, sent)
        assert answer.status == 200, answer.text
        assert answer.json == sent == world.call("GET", path).json
    assert (answer.json["enabled"], answer.json["description"]) == (False, "Ours again")
    assert world.call("GET", ALL).json["list"][0]["enabled"] is False
    assert world.call("GET", ALL, by=ELSEWHERE).json["list"][0]["enabled"] is True
    assert world.artifacts.get([resident_key(SUPER_TENANT)]) == [{"enabled": False}]
    assert world.call("PUT", path, resident_of(world, enabled=True)).status == 200
    assert world.artifacts.get([resident_key(SUPER_TENANT)]) == [{"enabled": True}]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"issuer": "https://elsewhere.example"}, "issuer"),
        ({"name": "Ours"}, "name"),
        ({"tokenEndpoint": "https://elsewhere.example/token"}, "tokenEndpoint"),
        ({"tokenType": "BOTH"}, "tokenType"),
        ({"enableOAuthAppCreation": False}, "enableOAuthAppCreation"),
        ({"consumerKeyClaim": "cid"}, "consumerKeyClaim"),
        ({"availableGrantTypes": ["iwa:ntlm"]}, "availableGrantTypes"),
        ({"additionalProperties": {"lifetime": 3}}, "additionalProperties.lifetime"),
        ({"additionalProperties": {"id_token_expiry_time": 0}}, "additionalProperties.id_token_expiry_time"),
        ({"permissions": {"permissionType": "ALLOW", "roles": []}}, "permissions.roles"),
    ],
)
def test_400_what_is_built_in_at_the_resident_key_manager_or_makes_no_sense(
    world: AdminWorld, changes: dict[str, Any], named: str
) -> None:
    sent = resident_of(world, **changes)
    assert named in error(world.call("PUT", f"{ALL}/{sent['id']}", sent), 400)
    assert world.records.writes == 0
