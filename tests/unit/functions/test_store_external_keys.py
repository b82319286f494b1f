"""Keys that are made at external key managers, through the store's surface, with a provider in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.applications.registration import Flavour, RegistrationFailed, RegistrationRefused
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.tokens.key_manager import MappingNotSupported
from tests.worlds.external_keys import ExternalKeysWorld

FAILURES = [
    (RegistrationRefused("'Theirs' refuses: no (HTTP 400)"), 400, 902003),
    (RegistrationFailed("'Theirs' failed (HTTP 500)"), 500, 902004),
    (Unavailable("The key manager 'Theirs' does not answer. Try again."), 503, 503),
]


@pytest.fixture
def world() -> ExternalKeysWorld:
    return ExternalKeysWorld()


def test_200_a_client_is_made_there_and_stands_for_the_application(world: ExternalKeysWorld) -> None:
    key = world.made()
    client = world.registrar.clients[key["consumerKey"]]
    assert (key["keyManager"], key["mode"], key["keyState"]) == ("Theirs", "CREATED", "COMPLETED")
    assert key["consumerSecret"] == world.registrar.secrets[key["consumerKey"]]
    assert world.registrar.tokens[key["token"]["accessToken"]] == key["consumerKey"]
    assert client.name.startswith("mary_Kiosk_PRODUCTION_")
    assert client.callback_urls == ("https://app.example/cb",)
    assert client.grant_types == ("client_credentials", "authorization_code")
    assert world.their_grant(key["consumerKey"])["application_id"] == world.application_id
    assert world.key_manager.clients == {}, "nothing is made at our own"
    desk = world.registrar.desks[0]
    assert (desk.flavour, desk.registration_url) == (Flavour.RFC7591, "https://theirs.example/reg")


def test_what_manages_the_client_is_neither_shown_nor_in_a_repr(world: ExternalKeysWorld) -> None:
    key = world.made()
    managed_by = world.registrar.management[key["consumerKey"]]
    shown = world.call("GET", world.at(key))
    assert shown.json["consumerSecret"] == "********"
    assert managed_by not in shown.text + repr(world.shelf.keys)
    assert "open sesame" not in repr(world.registrar.desks)


def test_a_key_of_each_type_at_each_key_manager(world: ExternalKeysWorld) -> None:
    world.register("Others")
    for change in ({}, {"keyType": "SANDBOX"}, {"keyManager": "Others"}, {"keyManager": "Resident Key Manager"}):
        world.made(**change)
    again = world.ask()
    assert (again.status, again.json["code"]) == (409, 901408)
    assert len(world.registrar.clients) == 3
    assert world.call("GET", f"/applications/{world.application_id}/oauth-keys").json["count"] == 4


def test_a_key_manager_may_be_named_by_its_id(world: ExternalKeysWorld) -> None:
    assert world.made(keyManager=world.theirs.id)["keyManager"] == "Theirs"


def test_200_without_a_token_when_there_is_none_to_have(world: ExternalKeysWorld) -> None:
    assert world.made(grantTypesToBeSupported=["authorization_code"])["token"] is None
    world.registrar.failure["token"] = RegistrationRefused("'Theirs' refuses: unauthorized_client (HTTP 400)")
    assert world.made(keyType="SANDBOX")["token"] is None


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_what_the_provider_says_is_passed_on_and_nothing_is_kept(
    world: ExternalKeysWorld, failure: Any, status: int, code: int
) -> None:
    world.registrar.failure["register"] = failure
    writes = world.shelf.writes
    answer = world.ask()
    assert (answer.status, answer.json["code"], answer.json["description"]) == (status, code, failure.description)
    assert world.shelf.writes == writes
    world.registrar.failure.clear()
    world.made()


def test_a_client_that_cannot_be_bound_is_deleted_again(
    world: ExternalKeysWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*_: Any, **_along: Any) -> Any:
        raise Changed

    with monkeypatch.context() as during:
        during.setattr(world.keys, "add", changed)
        assert world.ask().status == 409
    assert world.registrar.clients == {}
    world.made()


def test_200_a_change_reaches_the_client_each_time_though_its_management_token_rotates(
    world: ExternalKeysWorld,
) -> None:
    key = world.made(additionalProperties={"token_endpoint_auth_method": "client_secret_post"})
    assert key["additionalProperties"] == {"token_endpoint_auth_method": "client_secret_post"}
    for callback in ("https://app.example/2", "https://app.example/3, https://app.example/4"):
        body = {"supportedGrantTypes": ["authorization_code"], "callbackUrl": callback}
        changed = world.call("PUT", world.at(key), body)
        assert (changed.status, changed.json["callbackUrl"]) == (200, callback), changed.text
    client = world.registrar.clients[key["consumerKey"]]
    assert client.callback_urls == ("https://app.example/3", "https://app.example/4")
    assert client.grant_types == ("authorization_code",)
    assert world.call("GET", world.at(key)).json["supportedGrantTypes"] == ["authorization_code"]


def test_a_change_that_another_request_was_faster_with_loses_no_management_token(
    world: ExternalKeysWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.made()
    save, raced = world.keys.save, []

    def racing(changed: Any) -> Any:
        if not raced:
            raced.append(save(replace(changed, callback_url="https://faster.example")))
        return save(changed)

    monkeypatch.setattr(world.keys, "save", racing)
    body = {"supportedGrantTypes": ["authorization_code"], "callbackUrl": "https://app.example/2"}
    assert world.call("PUT", world.at(key), body).json["callbackUrl"] == "https://app.example/2"
    assert world.call("PUT", world.at(key), body).status == 200


def test_200_a_new_secret_is_shown_once(world: ExternalKeysWorld) -> None:
    key = world.made()
    renewed = world.call("POST", world.at(key, "/regenerate-secret"))
    assert (renewed.status, renewed.json["consumerKey"]) == (200, key["consumerKey"])
    assert renewed.json["consumerSecret"] == world.registrar.secrets[key["consumerKey"]] != key["consumerSecret"]


def test_400_where_the_provider_renews_no_secrets(world: ExternalKeysWorld) -> None:
    key = world.made()
    world.registrar.failure["renew_secret"] = MappingNotSupported("'Theirs' renews no secrets")
    answer = world.call("POST", world.at(key, "/regenerate-secret"))
    assert (answer.status, answer.json["code"]) == (400, 901405)


def test_200_a_token_for_who_brings_the_secret_and_an_old_one_is_void(world: ExternalKeysWorld) -> None:
    key = world.made()
    old = key["token"]["accessToken"]
    body = {"consumerSecret": key["consumerSecret"], "scopes": ["order"], "revokeToken": old}
    answer = world.call("POST", world.at(key, "/generate-token"), body)
    assert (answer.status, answer.json["tokenScopes"]) == (200, ["order"]), answer.text
    assert list(world.registrar.tokens) == [answer.json["accessToken"]]


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_400_names_the_secret_that_is_wrong_or_missing(world: ExternalKeysWorld, secret: str | None) -> None:
    key = world.made()
    answer = world.call("POST", world.at(key, "/generate-token"), {"consumerSecret": secret} if secret else {})
    assert answer.status == 400
    assert "consumerSecret" in answer.json["description"]


def test_a_mapped_client_gets_tokens_too(world: ExternalKeysWorld) -> None:
    world.configure(enableMapOAuthConsumerApps=True)
    world.registrar.secrets["own"] = "its secret"
    mapping = {"consumerKey": "own", "keyManager": "Theirs", "keyType": "PRODUCTION"}
    key = world.call("POST", f"/applications/{world.application_id}/map-keys", mapping).json
    assert world.call("POST", world.at(key, "/generate-token"), {"consumerSecret": "its secret"}).status == 200
    assert world.call("POST", world.at(key, "/regenerate-secret")).status == 400
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.secrets["own"] == "its secret", "a mapped client is not ours to delete"


def test_200_a_deleted_key_takes_its_client_along(world: ExternalKeysWorld) -> None:
    key = world.made()
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.clients == {}
    assert world.their_grant(key["consumerKey"]) is None
    assert world.made()["consumerKey"] != key["consumerKey"]


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_a_key_whose_client_cannot_be_deleted_stays_until_it_can_or_is_cleaned_up(
    world: ExternalKeysWorld, failure: Any, status: int, code: int
) -> None:
    key = world.made()
    world.registrar.failure["delete"] = failure
    answer = world.call("DELETE", world.at(key))
    assert (answer.status, answer.json["code"]) == (status, code)
    assert world.call("GET", world.at(key)).status == 200
    assert world.call("POST", world.at(key, "/clean-up")).status == 200
    assert world.call("GET", world.at(key)).status == 404
    assert world.their_grant(key["consumerKey"]) is None


def test_a_deleted_application_takes_its_clients_along_or_waits_for_them(world: ExternalKeysWorld) -> None:
    key = world.made()
    world.registrar.failure["delete"] = Unavailable("The key manager 'Theirs' does not answer. Try again.")
    path = f"/applications/{world.application_id}"
    assert world.call("DELETE", path).status == 503
    assert world.their_grant(key["consumerKey"]) is None, "its calls have ended"
    world.registrar.failure.clear()
    assert world.call("DELETE", path).status == 200
    assert world.registrar.clients == {}
