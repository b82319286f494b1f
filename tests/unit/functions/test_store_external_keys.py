"""Keys that are made at external key managers, through the store's surface, with a provider in memory."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import ALL_TENANTS, client_key
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.key_manager import ExternalKeyManager, MappingNotSupported
from gatehouse.domain.registration import Flavour, RegistrationFailed, RegistrationRefused
from tests.callers import OTHER_TENANT
from tests.worlds.issuers import issuer
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

CODE = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "authorization_code"]}
FAILURES = [
    (RegistrationRefused("'Theirs' refuses: no (HTTP 400)"), 400, 902003),
    (RegistrationFailed("'Theirs' failed (HTTP 500)"), 500, 902004),
    (Unavailable("The key manager 'Theirs' does not answer. Try again."), 503, 503),
]


class World(StoreWorld):
    """A store with an external key manager that registers clients and gives tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs = self.register("Theirs")
        self.application_id = self.application()

    def register(self, name: str, tenant: str = SUPER_TENANT, **document: Any) -> ExternalKeyManager:
        known = {
            "type": "OIDC",
            "displayName": name,
            "enabled": True,
            "enableOAuthAppCreation": True,
            "enableTokenGeneration": True,
            "clientRegistrationEndpoint": f"https://{name.lower()}.example/reg",
            "tokenEndpoint": f"https://{name.lower()}.example/token",
            "additionalProperties": {"initial_access_token": "open sesame"},
        }
        key_manager = ExternalKeyManager(
            tenant=tenant,
            id=str(uuid.uuid4()),
            name=name,
            issuer=f"https://{name.lower()}.example",
            document={**known, **document},
        )
        return self.key_managers.add(key_manager, issuer(name=name, key_manager=key_manager.id))

    def configure(self, **document: Any) -> None:
        changed = replace(self.theirs, document={**self.theirs.document, **document})
        self.theirs = self.key_managers.save(changed, issuer(name="Theirs", key_manager=changed.id))

    def ask(self, application_id: str = "", *, by: str = "mary", **changes: Any) -> Reply:
        body = {**CODE, "keyManager": "Theirs", "callbackUrl": "https://app.example/cb", **changes}
        return self.call("POST", f"/applications/{application_id or self.application_id}/generate-keys", body, by=by)

    def made(self, **changes: Any) -> Any:
        answer = self.ask(**changes)
        assert answer.status == 200, answer.text
        return answer.json

    def at(self, key: Any, path: str = "") -> str:
        return f"/applications/{self.application_id}/oauth-keys/{key['keyMappingId']}{path}"

    def their_grant(self, consumer_key: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([client_key(tenant, consumer_key, self.theirs.id)])[0]


@pytest.fixture
def world() -> World:
    return World()


def test_200_a_client_is_made_there_and_stands_for_the_application(world: World) -> None:
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


def test_what_manages_the_client_is_neither_shown_nor_in_a_repr(world: World) -> None:
    key = world.made()
    managed_by = world.registrar.management[key["consumerKey"]]
    shown = world.call("GET", world.at(key))
    assert shown.json["consumerSecret"] == "********"
    assert managed_by not in shown.text + repr(world.shelf.keys)
    assert "open sesame" not in repr(world.registrar.desks)


def test_a_key_of_each_type_at_each_key_manager(world: World) -> None:
    world.register("Others")
    for change in ({}, {"keyType": "SANDBOX"}, {"keyManager": "Others"}, {"keyManager": "Resident Key Manager"}):
        world.made(**change)
    again = world.ask()
    assert (again.status, again.json["code"]) == (409, 901408)
    assert len(world.registrar.clients) == 3
    assert world.call("GET", f"/applications/{world.application_id}/oauth-keys").json["count"] == 4


def test_a_key_manager_may_be_named_by_its_id(world: World) -> None:
    assert world.made(keyManager=world.theirs.id)["keyManager"] == "Theirs"


def test_200_without_a_token_when_there_is_none_to_have(world: World) -> None:
    assert world.made(grantTypesToBeSupported=["authorization_code"])["token"] is None
    world.registrar.failure["token"] = RegistrationRefused("'Theirs' refuses: unauthorized_client (HTTP 400)")
    assert world.made(keyType="SANDBOX")["token"] is None


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_what_the_provider_says_is_passed_on_and_nothing_is_kept(
    world: World, failure: Any, status: int, code: int
) -> None:
    world.registrar.failure["register"] = failure
    writes = world.shelf.writes
    answer = world.ask()
    assert (answer.status, answer.json["code"], answer.json["description"]) == (status, code, failure.description)
    assert world.shelf.writes == writes
    world.registrar.failure.clear()
    world.made()


def test_a_client_that_cannot_be_bound_is_deleted_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(*_: Any) -> Any:
        raise Changed

    with monkeypatch.context() as during:
        during.setattr(world.keys, "add", changed)
        assert world.ask().status == 409
    assert world.registrar.clients == {}
    world.made()


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
def test_no_keys_where_the_admin_says_so(world: World, document: dict[str, Any], status: int, code: int) -> None:
    world.configure(**document)
    answer = world.ask()
    assert (answer.status, answer.json["code"]) == (status, code), answer.text
    assert world.registrar.desks == []


def test_roles_decide_who_sees_and_uses_a_key_manager(world: World) -> None:
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


def test_a_restriction_that_comes_later_leaves_the_key_to_be_deleted(world: World) -> None:
    key = world.made()
    world.configure(permissions={"permissionType": "DENY", "roles": ["Internal/subscriber"]})
    assert world.call("POST", world.at(key, "/regenerate-secret")).status == 403
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.clients == {}


def test_200_a_change_reaches_the_client_each_time_though_its_management_token_rotates(world: World) -> None:
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
    world: World, monkeypatch: pytest.MonkeyPatch
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


def test_200_a_new_secret_is_shown_once(world: World) -> None:
    key = world.made()
    renewed = world.call("POST", world.at(key, "/regenerate-secret"))
    assert (renewed.status, renewed.json["consumerKey"]) == (200, key["consumerKey"])
    assert renewed.json["consumerSecret"] == world.registrar.secrets[key["consumerKey"]] != key["consumerSecret"]


def test_400_where_the_provider_renews_no_secrets(world: World) -> None:
    key = world.made()
    world.registrar.failure["renew_secret"] = MappingNotSupported("'Theirs' renews no secrets")
    answer = world.call("POST", world.at(key, "/regenerate-secret"))
    assert (answer.status, answer.json["code"]) == (400, 901405)


def test_200_a_token_for_who_brings_the_secret_and_an_old_one_is_void(world: World) -> None:
    key = world.made()
    old = key["token"]["accessToken"]
    body = {"consumerSecret": key["consumerSecret"], "scopes": ["order"], "revokeToken": old}
    answer = world.call("POST", world.at(key, "/generate-token"), body)
    assert (answer.status, answer.json["tokenScopes"]) == (200, ["order"]), answer.text
    assert list(world.registrar.tokens) == [answer.json["accessToken"]]


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_400_names_the_secret_that_is_wrong_or_missing(world: World, secret: str | None) -> None:
    key = world.made()
    answer = world.call("POST", world.at(key, "/generate-token"), {"consumerSecret": secret} if secret else {})
    assert answer.status == 400
    assert "consumerSecret" in answer.json["description"]


def test_a_mapped_client_gets_tokens_too(world: World) -> None:
    world.configure(enableMapOAuthConsumerApps=True)
    world.registrar.secrets["own"] = "its secret"
    mapping = {"consumerKey": "own", "keyManager": "Theirs", "keyType": "PRODUCTION"}
    key = world.call("POST", f"/applications/{world.application_id}/map-keys", mapping).json
    assert world.call("POST", world.at(key, "/generate-token"), {"consumerSecret": "its secret"}).status == 200
    assert world.call("POST", world.at(key, "/regenerate-secret")).status == 400
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.secrets["own"] == "its secret", "a mapped client is not ours to delete"


def test_200_a_deleted_key_takes_its_client_along(world: World) -> None:
    key = world.made()
    assert world.call("DELETE", world.at(key)).status == 200
    assert world.registrar.clients == {}
    assert world.their_grant(key["consumerKey"]) is None
    assert world.made()["consumerKey"] != key["consumerKey"]


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_a_key_whose_client_cannot_be_deleted_stays_until_it_can_or_is_cleaned_up(
    world: World, failure: Any, status: int, code: int
) -> None:
    key = world.made()
    world.registrar.failure["delete"] = failure
    answer = world.call("DELETE", world.at(key))
    assert (answer.status, answer.json["code"]) == (status, code)
    assert world.call("GET", world.at(key)).status == 200
    assert world.call("POST", world.at(key, "/clean-up")).status == 200
    assert world.call("GET", world.at(key)).status == 404
    assert world.their_grant(key["consumerKey"]) is None


def test_a_deleted_application_takes_its_clients_along_or_waits_for_them(world: World) -> None:
    key = world.made()
    world.registrar.failure["delete"] = Unavailable("The key manager 'Theirs' does not answer. Try again.")
    path = f"/applications/{world.application_id}"
    assert world.call("DELETE", path).status == 503
    assert world.their_grant(key["consumerKey"]) is None, "its calls have ended"
    world.registrar.failure.clear()
    assert world.call("DELETE", path).status == 200
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
def test_400_names_the_field_and_asks_nobody(world: World, field: str, change: dict[str, Any]) -> None:
    world.register("Elsewhere", tenant=OTHER_TENANT)
    answer = world.ask(**change)
    assert answer.status == 400, answer.text
    assert field in answer.json["description"]
    assert world.registrar.desks == []


def test_400_names_a_grant_that_the_key_manager_has_not(world: World) -> None:
    world.configure(availableGrantTypes=["client_credentials"])
    assert "grantTypesToBeSupported.1" in world.ask().json["description"]


def test_400_a_key_does_not_move_to_another_key_manager(world: World) -> None:
    key = world.made()
    body = {"supportedGrantTypes": ["client_credentials"], "keyManager": "Resident Key Manager"}
    answer = world.call("PUT", world.at(key), body)
    assert (answer.status, answer.json["code"]) == (400, 901403)
    assert world.call("PUT", world.at(key), {**body, "keyManager": world.theirs.id}).status == 200


def test_the_store_tells_what_can_be_done_where(world: World) -> None:
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


def test_a_key_manager_of_all_tenants_makes_keys_for_all_and_a_client_stands_for_one_application(world: World) -> None:
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
