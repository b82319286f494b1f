"""Keys and tokens of a developer's applications, through the store's surface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import FOREVER_SECONDS, ClientRules, Lifetimes
from tests.worlds.store import FORMS, GENERATION, StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def test_200_new_keys_come_with_their_secret_and_a_first_token(world: StoreWorld) -> None:
    application_id = world.application()
    body = {**GENERATION, "callbackUrl": "https://example.com/cb", "scopes": ["menu:read"], "validityTime": 60}
    answer = world.call("POST", f"/applications/{application_id}/generate-keys", body)
    assert answer.status == 200
    made = answer.json
    client = world.key_manager.clients[SUPER_TENANT, made["consumerKey"]]
    assert client.secret == made["consumerSecret"]
    assert client.name == f"mary_{application_id}_PRODUCTION"
    assert client.owner == "mary"
    assert client.callback_url == "https://example.com/cb"
    assert client.grant_types == {"client_credentials", "password"}
    assert made["token"] | {"accessToken": ""} == {
        "accessToken": "",
        "tokenScopes": ["menu:read"],
        "validityTime": 60,
    }
    assert world.key_manager.tokens[made["token"]["accessToken"]] == made["consumerKey"]
    assert (made["keyType"], made["mode"], made["keyState"]) == ("PRODUCTION", "CREATED", "COMPLETED")
    assert made["keyManager"] == "Resident Key Manager"
    assert world.grant(made["consumerKey"]) == {
        "application_id": application_id,
        "name": "Kiosk",
        "owner": "mary@carbon.super",
        "policy": "10PerMin",
        "key_type": "PRODUCTION",
    }


def test_200_a_secret_is_shown_once(world: StoreWorld) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    for path in (
        "keys",
        "oauth-keys",
        "keys/PRODUCTION",
        f"oauth-keys/{made['keyMappingId']}",
    ):
        answer = world.call("GET", f"/applications/{application_id}/{path}")
        assert answer.status == 200
        assert made["consumerKey"] in answer.text
        assert made["consumerSecret"] not in answer.text
    assert made["consumerSecret"] not in world.call("GET", f"/applications/{application_id}").text


def test_200_without_the_grant_there_is_no_first_token(world: StoreWorld) -> None:
    made = world.generate(world.application(), grantTypesToBeSupported=["password", "refresh_token", "password"])
    assert made["token"] is None
    assert made["supportedGrantTypes"] == ["password", "refresh_token"]


def test_200_each_type_has_keys_of_its_own(world: StoreWorld) -> None:
    application_id = world.application()
    made = {kind: world.generate(application_id, kind) for kind in ("PRODUCTION", "SANDBOX")}
    listed = world.call("GET", f"/applications/{application_id}/oauth-keys").json
    assert listed["count"] == 2
    for kind, key in made.items():
        found = world.call("GET", f"/applications/{application_id}/keys/{kind}").json
        assert found["keyMappingId"] == key["keyMappingId"]
        assert world.grant(key["consumerKey"])["key_type"] == kind


def test_409_the_second_keys_of_a_type(world: StoreWorld) -> None:
    application_id = world.application()
    world.generate(application_id)
    before = world.writes
    answer = world.call("POST", f"/applications/{application_id}/generate-keys", GENERATION)
    assert (answer.status, answer.json["code"]) == (409, 901408)
    assert world.writes == before


@pytest.mark.parametrize("step", ["issue_application_token", "add"])
def test_a_client_that_could_not_be_bound_is_deleted_again(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    application_id = world.application()

    def down(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(world.keys if step == "add" else world.key_manager, step, down)
    answer = world.call("POST", f"/applications/{application_id}/generate-keys", GENERATION)
    assert answer.status == 503
    assert world.key_manager.clients == {}
    assert world.call("GET", f"/applications/{application_id}/keys").json == {"count": 0, "list": []}


def test_200_a_client_left_over_by_a_request_that_broke_off_is_in_nobodys_way(world: StoreWorld) -> None:
    application_id = world.application()
    name = f"mary_{application_id}_PRODUCTION"
    left = world.key_manager.create_client(tenant=SUPER_TENANT, owner="mary", name=name, grant_types=["password"])
    made = world.generate(application_id)
    assert made["consumerKey"] != left.client_id
    assert world.grant(left.client_id) is None


def test_200_keys_are_bound_to_the_application_as_it_is_by_then(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_id = world.application()
    add, calls = world.keys.add, []

    def busy(key: Any, application: Any, **along: Any) -> Any:
        calls.append(application)
        if len(calls) < 3:
            raise Changed
        return add(key, application, **along)

    monkeypatch.setattr(world.keys, "add", busy)
    assert world.grant(world.generate(application_id)["consumerKey"]) is not None
    monkeypatch.setattr(world.keys, "add", lambda *_, **_along: _raise(Changed()))
    answer = world.call("POST", f"/applications/{application_id}/generate-keys", {**GENERATION, "keyType": "SANDBOX"})
    assert answer.status == 409
    assert len(world.key_manager.clients) == 1


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("properties", "lifetimes"),
    [
        ({}, Lifetimes()),
        ({"application_access_token_expiry_time": "N/A", "pkceMandatory": False}, Lifetimes()),
        ({"application_access_token_expiry_time": 60}, Lifetimes(application_seconds=60)),
        (
            {"user_access_token_expiry_time": "120", "refresh_token_expiry_time": "-1", "id_token_expiry_time": 5},
            Lifetimes(user_seconds=120, refresh_seconds=-1, id_seconds=5),
        ),
        ({"bypassClientCredentials": "false", "pkceSupportPlain": True}, Lifetimes()),
    ],
)
def test_200_properties_set_the_lifetimes_of_tokens(
    world: StoreWorld, properties: dict[str, Any], lifetimes: Lifetimes
) -> None:
    application_id = world.application()
    made = world.generate(application_id, additionalProperties=properties)
    assert world.key_manager.clients[SUPER_TENANT, made["consumerKey"]].lifetimes == lifetimes
    shown = world.call("GET", f"/applications/{application_id}/keys/PRODUCTION").json["additionalProperties"]
    assert len(shown) == 7
    if "user_access_token_expiry_time" in properties:
        assert shown["user_access_token_expiry_time"] == 120


def test_200_properties_set_the_rules_of_the_client(world: StoreWorld) -> None:
    application_id = world.application()
    wanted = {"pkceMandatory": True, "pkceSupportPlain": "true", "bypassClientCredentials": True}
    made = world.generate(application_id, additionalProperties=wanted)
    client = world.key_manager.clients[SUPER_TENANT, made["consumerKey"]]
    assert client.rules == ClientRules(pkce_mandatory=True, pkce_plain=True, public=True)


@pytest.mark.parametrize("form", FORMS)
def test_200_what_was_read_can_be_written_back_and_changed(world: StoreWorld, form: str) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    path = f"/applications/{application_id}/{form.format(id=made['keyMappingId'])}"
    read = world.call("GET", path).json
    assert world.call("PUT", path, read).json == read
    wanted = {
        **read,
        "supportedGrantTypes": ["refresh_token"],
        "callbackUrl": "https://example.com/new",
        "additionalProperties": {"application_access_token_expiry_time": 30},
    }
    changed = world.call("PUT", path, wanted)
    assert changed.status == 200
    assert changed.json["supportedGrantTypes"] == ["refresh_token"]
    assert world.call("GET", path).json == changed.json
    client = world.key_manager.clients[SUPER_TENANT, made["consumerKey"]]
    assert client.grant_types == {"refresh_token"}
    assert client.callback_url == "https://example.com/new"
    assert client.lifetimes == Lifetimes(application_seconds=30)


@pytest.mark.parametrize("form", FORMS)
def test_200_a_new_secret_replaces_the_old_one(world: StoreWorld, form: str) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    path = f"/applications/{application_id}/{form.format(id=made['keyMappingId'])}"
    answer = world.call("POST", f"{path}/regenerate-secret")
    assert answer.status == 200
    assert answer.json["consumerKey"] == made["consumerKey"]
    assert answer.json["consumerSecret"] != made["consumerSecret"]
    assert world.key_manager.clients[SUPER_TENANT, made["consumerKey"]].secret == answer.json["consumerSecret"]


@pytest.mark.parametrize("form", FORMS)
def test_200_a_token_to_try_out(world: StoreWorld, form: str) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    path = f"/applications/{application_id}/{form.format(id=made['keyMappingId'])}/generate-token"
    body = {
        "consumerSecret": made["consumerSecret"],
        "validityPeriod": -1,
        "scopes": ["a", "b"],
        "revokeToken": made["token"]["accessToken"],
        "additionalProperties": {},
    }
    answer = world.call("POST", path, body)
    assert answer.status == 200
    assert answer.json["tokenScopes"] == ["a", "b"]
    assert answer.json["validityTime"] == FOREVER_SECONDS
    assert made["token"]["accessToken"] in world.key_manager.revoked
    assert world.call("POST", path, {}).json["validityTime"] == 3600


def test_400_a_wrong_secret_is_a_wrong_field_and_no_failed_log_in(world: StoreWorld) -> None:
    application_id = world.application()
    world.generate(application_id)
    path = f"/applications/{application_id}/keys/PRODUCTION/generate-token"
    answer = world.call("POST", path, {"consumerSecret": "wrong"})
    assert answer.status == 400
    assert answer.json["error"][0]["code"] == "400_consumerSecret"


@pytest.mark.parametrize(
    ("method", "form"),
    [("DELETE", "oauth-keys/{id}"), ("POST", "keys/PRODUCTION/clean-up"), ("POST", "oauth-keys/{id}/clean-up")],
)
def test_200_deleted_keys_end_their_calls(world: StoreWorld, method: str, form: str) -> None:
    application_id = world.application()
    made = world.generate(application_id)
    answer = world.call(method, f"/applications/{application_id}/{form.format(id=made['keyMappingId'])}")
    assert (answer.status, answer.text) == (200, "")
    assert world.grant(made["consumerKey"]) is None
    assert world.key_manager.clients == {}
    assert made["token"]["accessToken"] in world.key_manager.revoked
    assert world.call("GET", f"/applications/{application_id}/keys/PRODUCTION").status == 404
    world.generate(application_id)
