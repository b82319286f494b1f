"""Clients of external key managers that stand for a developer's applications, through the store's surface."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import client_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.key_manager import ExternalKeyManager
from tests.callers import OTHER_TENANT
from tests.worlds.issuers import issuer
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

THEIRS = "their-client"


class World(StoreWorld):
    """A store with an external key manager that lets clients be mapped."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs = self.register("Theirs")
        self.application_id = self.application()

    def register(self, name: str, tenant: str = SUPER_TENANT, **document: Any) -> ExternalKeyManager:
        known = {"type": "custom", "displayName": name, "enabled": True, "enableMapOAuthConsumerApps": True}
        key_manager = ExternalKeyManager(
            tenant=tenant,
            id=str(uuid.uuid4()),
            name=name,
            issuer=f"https://{name.lower()}.example",
            document={**known, **document},
        )
        return self.key_managers.add(key_manager, issuer(name=name, key_manager=key_manager.id))

    def map(self, application_id: str = "", *, by: str = "mary", **changes: Any) -> Reply:
        body = {"consumerKey": THEIRS, "keyManager": "Theirs", "keyType": "PRODUCTION", **changes}
        sent = {name: value for name, value in body.items() if value is not None}
        return self.call("POST", f"/applications/{application_id or self.application_id}/map-keys", sent, by=by)

    def mapped(self, **changes: Any) -> Any:
        answer = self.map(**changes)
        assert answer.status == 200, answer.text
        return answer.json

    def their_grant(self, consumer_key: str = THEIRS, key_manager: ExternalKeyManager | None = None) -> Any:
        where = client_key(SUPER_TENANT, consumer_key, (key_manager or self.theirs).id)
        return self.artifacts.get([where])[0]

    def key_path(self, key: Any) -> str:
        return f"/applications/{self.application_id}/oauth-keys/{key['keyMappingId']}"


@pytest.fixture
def world() -> World:
    return World()


def test_200_a_mapped_key_is_shown_and_the_gateway_knows_it(world: World) -> None:
    key = world.mapped(consumerSecret="open sesame")
    assert (key["consumerKey"], key["keyManager"], key["keyType"]) == (THEIRS, "Theirs", "PRODUCTION")
    assert (key["mode"], key["keyState"], key["token"]) == ("MAPPED", "COMPLETED", None)
    assert world.call("GET", world.key_path(key)).json == key
    assert world.call("GET", f"/applications/{world.application_id}/oauth-keys").json["list"] == [key]
    assert world.their_grant()["application_id"] == world.application_id
    assert world.grant(THEIRS) is None, "it stands for nothing at our own key manager"
    assert world.key_manager.clients == {}


def test_the_secret_is_kept_nowhere(world: World) -> None:
    key = world.mapped(consumerSecret="open sesame")
    assert key["consumerSecret"] == "********"
    assert "open sesame" not in repr(world.shelf.keys)


def test_a_production_and_a_sandbox_client_beside_our_own_keys(world: World) -> None:
    own = world.generate(world.application_id)
    world.mapped()
    world.mapped(keyType="SANDBOX", consumerKey="their-sandbox")
    listed = world.call("GET", f"/applications/{world.application_id}/oauth-keys").json
    assert listed["count"] == 3
    assert world.their_grant("their-sandbox")["key_type"] == "SANDBOX"
    assert world.call("GET", f"/applications/{world.application_id}/keys/PRODUCTION").json["mode"] == "CREATED"
    assert world.grant(own["consumerKey"])["key_type"] == "PRODUCTION"


def test_409_for_a_second_key_of_the_type_at_the_key_manager(world: World) -> None:
    world.mapped()
    answer = world.map(consumerKey="another")
    assert (answer.status, answer.json["code"]) == (409, 901408)
    assert world.their_grant("another") is None


def test_409_for_a_client_that_stands_for_an_application_already(world: World) -> None:
    world.mapped()
    johns = world.application("Stand", by="john")
    for refused in (world.map(johns, by="john"), world.map(keyType="SANDBOX")):
        assert (refused.status, refused.json["code"]) == (409, 901409)
    assert world.their_grant()["application_id"] == world.application_id


def test_the_same_client_id_at_two_key_managers_are_two_clients(world: World) -> None:
    other = world.register("Others")
    johns = world.application("Stand", by="john")
    world.mapped()
    assert world.map(johns, keyManager="Others", by="john").status == 200
    assert world.their_grant()["application_id"] == world.application_id
    assert world.their_grant(key_manager=other)["application_id"] == johns


def test_a_client_named_like_one_of_ours_does_not_touch_it(world: World) -> None:
    johns = world.application("Stand", by="john")
    own = world.generate(johns, by="john")["consumerKey"]
    key = world.mapped(consumerKey=own)
    assert world.grant(own)["application_id"] == johns
    assert world.call("DELETE", world.key_path(key)).status == 200
    assert world.grant(own)["application_id"] == johns
    assert (SUPER_TENANT, own) in world.key_manager.clients


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/clean-up")])
def test_200_a_removed_key_opens_nothing_and_its_client_is_free_again(world: World, method: str, path: str) -> None:
    key = world.mapped()
    assert world.call(method, f"{world.key_path(key)}{path}").status == 200
    assert world.their_grant() is None
    johns = world.application("Stand", by="john")
    assert world.map(johns, by="john").status == 200


def test_a_deleted_application_leaves_nothing_behind_and_touches_no_client_of_ours(world: World) -> None:
    johns = world.application("Stand", by="john")
    own = world.generate(johns, by="john")["consumerKey"]
    world.mapped(consumerKey=own)
    assert world.call("DELETE", f"/applications/{world.application_id}").status == 200
    assert world.their_grant(own) is None
    assert (SUPER_TENANT, own) in world.key_manager.clients
    assert world.map(johns, consumerKey=own, by="john").status == 200


def test_a_change_of_the_application_reaches_the_grant(world: World) -> None:
    world.mapped()
    changed = {"name": "Kiosk", "throttlingPolicy": "50PerMin"}
    assert world.call("PUT", f"/applications/{world.application_id}", changed).status == 200
    assert world.their_grant()["policy"] == "50PerMin"


@pytest.mark.parametrize(("path", "body"), [("/regenerate-secret", None), ("/generate-token", {"validityPeriod": 60})])
def test_400_for_what_only_their_key_manager_can_do(world: World, path: str, body: Any) -> None:
    answer = world.call("POST", f"{world.key_path(world.mapped())}{path}", body)
    assert (answer.status, answer.json["code"]) == (400, 901405)
    assert "Theirs" in answer.json["description"]


def test_400_a_mapped_key_is_not_changed_here(world: World) -> None:
    key = world.mapped()
    answer = world.call("PUT", world.key_path(key), {"supportedGrantTypes": ["password"]})
    assert (answer.status, answer.json["code"]) == (400, 901405)
    assert world.call("GET", world.key_path(key)).json == key


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"keyManager": None}, 901405),
        ({"keyManager": "Resident Key Manager"}, 901405),
        ({"keyManager": "Nobody"}, 901403),
        ({"keyManager": "Disabled"}, 901406),
        ({"keyManager": "Closed"}, 901405),
        ({"keyManager": "Elsewhere"}, 901403),
    ],
)
def test_400_for_a_key_manager_where_clients_cannot_be_mapped(world: World, change: dict[str, Any], code: int) -> None:
    world.register("Disabled", enabled=False)
    world.register("Closed", enableMapOAuthConsumerApps=False)
    world.register("Elsewhere", tenant=OTHER_TENANT)
    writes = world.shelf.writes
    answer = world.map(**change)
    assert (answer.status, answer.json["code"]) == (400, code)
    assert "keyManager" in answer.json["description"]
    assert world.shelf.writes == writes


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("consumerKey", {"consumerKey": None}),
        ("consumerKey", {"consumerKey": ""}),
        ("consumerKey", {"consumerKey": "with space"}),
        ("consumerKey", {"consumerKey": "x" * 256}),
        ("consumerKey", {"consumerKey": "schlüssel"}),
        ("keyType", {"keyType": None}),
        ("keyType", {"keyType": "TEST"}),
    ],
)
def test_400_names_the_field(world: World, field: str, change: dict[str, Any]) -> None:
    answer = world.map(**change)
    assert answer.status == 400
    assert field in answer.json["description"]


def test_404_for_somebody_else_s_application_as_for_none(world: World) -> None:
    others, absent = world.map(by="john"), world.map("nothing", by="john")
    assert (others.status, others.json["code"]) == (404, 900307)
    assert others.text.replace(world.application_id, "nothing") == absent.text
    assert world.their_grant() is None


def test_external_key_managers_are_listed_behind_the_resident_one_when_enabled(world: World) -> None:
    world.register("Disabled", enabled=False)
    world.register("Elsewhere", tenant=OTHER_TENANT)
    world.register(
        "Asked", tokenEndpoint="https://asked.example/token", additionalProperties={"Password": "open sesame"}
    )
    listed = world.call("GET", "/key-managers")
    assert [one["name"] for one in listed.json["list"]] == ["Resident Key Manager", "Asked", "Theirs"]
    asked = listed.json["list"][1]
    assert (asked["tokenEndpoint"], asked["enableMapOAuthConsumerApps"]) == ("https://asked.example/token", True)
    assert asked["enableOAuthAppCreation"] is False
    assert "open sesame" not in listed.text
