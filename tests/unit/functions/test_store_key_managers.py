"""Which external key managers developers may have keys at, and with what, through the store's surface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.key_management.resident import Residents
from gatehouse.domain.artifact import ALL_TENANTS, client_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.record import Kind, Record
from gatehouse.domain.tokens.oauth import DEFAULT_LIFETIMES
from tests.callers import OTHER_TENANT
from tests.worlds.external_keys import ExternalKeysWorld
from tests.worlds.store import MANAGEMENT


@pytest.fixture
def world() -> ExternalKeysWorld:
    return ExternalKeysWorld()


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        ({"enabled": False}, 400, 901406),
        ({"enableOAuthAppCreation": False}, 400, 901405),
        ({"tokenType": "EXCHANGED"}, 400, 901405),
        ({"permissions": {"permissionType": "ALLOW", "roles": ["gold-partners"]}}, 403, 902013),
        ({"permissions": {"permissionType": "DENY", "roles": ["Internal/subscriber"]}}, 403, 902013),
    ],
)
def test_no_keys_where_the_admin_says_so(
    world: ExternalKeysWorld, document: dict[str, Any], status: int, code: int
) -> None:
    world.configure(**document)
    answer = world.ask()
    assert (answer.status, answer.json["code"]) == (status, code), answer.text
    assert world.registrar.desks == []


def test_roles_decide_who_sees_and_uses_a_key_manager(world: ExternalKeysWorld) -> None:
    world.configure(
        enableMapOAuthConsumerApps=True, permissions={"permissionType": "ALLOW", "roles": ["gold-partners"]}
    )
    golden = world.application("Golden", by="gold")
    assert world.ask(golden, by="gold").status == 200
    names = [
        [one["name"] for one in world.call("GET", "/key-managers", by=who).json["list"]] for who in ("gold", "mary")
    ]
    assert names == [["Resident Key Manager", "Theirs"], ["Resident Key Manager"]]
    mapping = {"consumerKey": "own", "keyManager": "Theirs", "keyType": "PRODUCTION"}
    refused = world.call("POST", f"/applications/{world.application_id}/map-keys", mapping)
    assert (refused.status, refused.json["code"]) == (403, 902013)


@pytest.mark.parametrize(("kind", "status"), [("ALLOW", 200), ("DENY", 403)])
def test_everybody_has_everyone_s_role(world: ExternalKeysWorld, kind: str, status: int) -> None:
    world.configure(permissions={"permissionType": kind, "roles": ["Internal/everyone"]})
    assert world.ask().status == status


def test_a_restriction_that_comes_later_leaves_the_key_to_be_deleted(world: ExternalKeysWorld) -> None:
    key = world.made()
    world.configure(permissions={"permissionType": "DENY", "roles": ["Internal/subscriber"]})
    assert world.call("POST", world.at(key, "/regenerate-secret")).status == 403
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.clients == {}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("keyManager", {"keyManager": "Nobody"}),
        ("keyManager", {"keyManager": "Elsewhere"}),
        ("additionalProperties.unheard", {"additionalProperties": {"unheard": "of"}}),
        ("additionalProperties.application_type", {"additionalProperties": {"application_type": "toy"}}),
        ("additionalProperties.response_types.0", {"additionalProperties": {"response_types": ["nonsense"]}}),
        ("additionalProperties.application_type", {"additionalProperties": {"application_type": ["web"]}}),
        ("additionalProperties.application_type", {"additionalProperties": {"application_type": {"a": "b"}}}),
    ],
)
def test_400_names_the_field_and_asks_nobody(world: ExternalKeysWorld, field: str, change: dict[str, Any]) -> None:
    world.register("Elsewhere", tenant=OTHER_TENANT)
    answer = world.ask(**change)
    assert answer.status == 400, answer.text
    assert field in answer.json["description"]
    assert world.registrar.desks == []


def test_400_names_a_grant_that_the_key_manager_has_not(world: ExternalKeysWorld) -> None:
    world.configure(availableGrantTypes=["client_credentials"])
    assert "grantTypesToBeSupported.1" in world.ask().json["description"]


def test_400_a_key_does_not_move_to_another_key_manager(world: ExternalKeysWorld) -> None:
    key = world.made()
    body = {"supportedGrantTypes": ["client_credentials"], "keyManager": "Resident Key Manager"}
    answer = world.call("PUT", world.at(key), body)
    assert (answer.status, answer.json["code"]) == (400, 901403)
    assert world.call("PUT", world.at(key), {**body, "keyManager": world.theirs.id}).status == 200


def test_the_store_tells_what_can_be_done_where(world: ExternalKeysWorld) -> None:
    world.register("Swap", tokenType="EXCHANGED", alias="menu", enableMapOAuthConsumerApps=True)
    listed = {one["name"]: one for one in world.call("GET", "/key-managers").json["list"]}
    theirs, swap = listed["Theirs"], listed["Swap"]
    assert (theirs["enableOAuthAppCreation"], theirs["enableTokenGeneration"], theirs["tokenType"]) == (
        True,
        True,
        "DIRECT",
    )
    settings = {one["name"]: one for one in theirs["applicationConfiguration"]}
    assert settings["token_endpoint_auth_method"]["values"] == ["client_secret_basic", "client_secret_post", "none"]
    assert (swap["tokenType"], swap["alias"]) == ("EXCHANGED", "menu")
    for name in ("enableOAuthAppCreation", "enableMapOAuthConsumerApps", "enableTokenGeneration"):
        assert swap[name] is False
    assert "open sesame" not in str(listed)


def test_a_key_manager_of_all_tenants_makes_keys_for_all_and_a_client_stands_for_one_application(
    world: ExternalKeysWorld,
) -> None:
    everybodys = world.register("Everybodys", tenant=ALL_TENANTS, enableMapOAuthConsumerApps=True)
    key = world.made(keyManager="Everybodys")
    assert world.artifacts.get([client_key(SUPER_TENANT, key["consumerKey"], everybodys.id)])[0] is not None
    assert world.keys.uses(ALL_TENANTS, everybodys.id)
    elsewhere = world.application("Elsewhere", by=f"mary@{OTHER_TENANT}")
    mapping = {"consumerKey": key["consumerKey"], "keyManager": "Everybodys", "keyType": "PRODUCTION"}
    path = f"/applications/{elsewhere}/map-keys"
    taken = world.call("POST", path, mapping, by=f"mary@{OTHER_TENANT}")
    assert (taken.status, taken.json["code"]) == (409, 901409)
    assert world.call("POST", path, {**mapping, "consumerKey": "own"}, by=f"mary@{OTHER_TENANT}").status == 200
    assert world.artifacts.get([client_key(OTHER_TENANT, "own", everybodys.id)])[0] is not None


def test_200_of_ours_every_grant_is_offered_that_every_stage_serves(world: ExternalKeysWorld) -> None:
    resident = world.call("GET", "/key-managers").json["list"][0]
    served = set(resident["availableGrantTypes"])
    assert {"authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"} <= served
    assert not served & {"implicit", "iwa:ntlm"}
    assert world.call("GET", "/settings").json["grantTypes"] == resident["availableGrantTypes"]


def changed(world: ExternalKeysWorld, **changes: Any) -> None:
    """What the administrator has changed of our own key manager."""
    residents = Residents(settings=world.settings, management_url=MANAGEMENT)
    known = residents.of(SUPER_TENANT)
    record = Record(
        tenant=SUPER_TENANT,
        kind=Kind.RESIDENT_KEY_MANAGER,
        id=known.id,
        body={**known.document, **changes},
        created_at=1,
        updated_at=1,
        by="admin",
        updated_by="admin",
    )
    world.settings.add(record, taken=Changed())


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"enabled": False}, 400, 901406),
        ({"permissions": {"permissionType": "ALLOW", "roles": ["gold-partners"]}}, 403, 902013),
        ({"availableGrantTypes": ["password"]}, 400, 400),
    ],
)
def test_no_keys_of_ours_where_the_admin_says_so(
    world: ExternalKeysWorld, changes: dict[str, Any], status: int, code: int
) -> None:
    application = world.application("Ours")
    made = world.generate(application)
    changed(world, **changes)
    wanted = {"keyType": "SANDBOX", "grantTypesToBeSupported": ["client_credentials"]}
    answer = world.call("POST", f"/applications/{application}/generate-keys", wanted)
    assert (answer.status, answer.json["code"]) == (status, code), answer.text
    path = f"/applications/{application}/oauth-keys/{made['keyMappingId']}"
    answer = world.call("PUT", path, {"supportedGrantTypes": ["client_credentials"]})
    assert (answer.status, answer.json["code"]) == (status, code), answer.text
    shown = [one["name"] for one in world.call("GET", "/key-managers").json["list"]]
    assert ("Resident Key Manager" in shown) is ("availableGrantTypes" in changes)


def test_lifetimes_are_the_admin_s_where_the_developer_leaves_them_open(world: ExternalKeysWorld) -> None:
    changed(world, additionalProperties={"application_access_token_expiry_time": 600, "id_token_expiry_time": 60})
    given = {"id_token_expiry_time": 120, "application_access_token_expiry_time": "N/A"}
    made = world.generate(world.application("Ours"), additionalProperties=given)
    lifetimes = world.key_manager.clients[SUPER_TENANT, made["consumerKey"]].lifetimes
    assert (lifetimes.application_seconds, lifetimes.id_seconds) == (600, 120)
    assert lifetimes.user_seconds == DEFAULT_LIFETIMES.user_seconds
