"""User stores over REST: described, tried, changed and forgotten by administrators, and never with their secret shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from functions.identity.server.interface import server_interface
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.controlplane.identity.identity_providers import IdentityProviderAdministration
from gatehouse.controlplane.identity.user_stores import HIDDEN, UserStoreAdministration
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.user_store import StoreType
from tests.callers import client
from tests.fakes.identity_providers import InMemoryIdentityProviders
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.user_stores import InMemoryUserStores

if TYPE_CHECKING:
    from gatehouse.domain.people.user_store import UserStore
    from tests.callers import Reply

STORES = "/userstores"
SECRET = "the store's own secret"
PROPERTIES = {
    "ConnectionURL": "ldaps://ldap.corp.example",
    "ConnectionName": "cn=gatehouse,o=corp",
    "ConnectionPassword": SECRET,
    "UserSearchBase": "ou=people,o=corp",
}
DOMAIN_ID = "Q09SUA"


class OneDirectory:
    """Opens one directory for all stores, and remembers what it was opened for, with the secret."""

    def __init__(self, seal: SecretSeal) -> None:
        self.seal = seal
        self.opened: list[tuple[UserStore, str]] = []
        self.failure = ""

    def open(self, store: UserStore) -> Any:
        secret = self.seal.open(store.sealed_password, f"{store.tenant}/{store.domain}")
        self.opened.append((store, secret))
        return self

    def test(self) -> None:
        if self.failure:
            raise Unavailable(self.failure)


class World:
    def __init__(self) -> None:
        self.stores = InMemoryUserStores()
        seal = SecretSeal(SecretDocument(InMemorySecrets(stores='{"key": "k"}'), "stores"))
        self.directories = OneDirectory(seal)
        self.call = client(
            server_interface(
                UserStoreAdministration(stores=self.stores, directories=self.directories, seal=seal),
                IdentityProviderAdministration(providers=InMemoryIdentityProviders(), seal=seal),
            )
        )

    def create(self, by: str = "admin", **changes: str | None) -> Reply:
        return self.call("POST", STORES, described(**changes), by=by)

    def secret(self, tenant: str = SUPER_TENANT) -> str:
        store = self.stores.get(tenant, "CORP")
        assert store is not None
        return self.directories.seal.open(store.sealed_password, f"{tenant}/CORP")


def described(name: str = "Corp", kind: StoreType = StoreType.READ_ONLY, **changes: str | None) -> dict[str, Any]:
    properties = {key: value for key, value in {**PROPERTIES, **changes}.items() if value is not None}
    return {
        "typeId": kind.id,
        "name": name,
        "description": "the company's",
        "properties": [{"name": key, "value": value} for key, value in properties.items()],
    }


def properties(reply: Reply) -> dict[str, str]:
    return {each["name"]: each["value"] for each in reply.json["properties"]}


def path_of(reply: Reply) -> str:
    (problem,) = reply.json["error"]
    return str(problem["code"]).removeprefix("400_")


@pytest.fixture
def world() -> World:
    return World()


def test_201_and_the_store_is_read_and_listed(world: World) -> None:
    reply = world.create()
    assert (reply.status, reply.headers["Location"]) == (201, f"/api/server/v1/userstores/{DOMAIN_ID}")
    assert (reply.json["id"], reply.json["name"], reply.json["typeName"]) == (DOMAIN_ID, "CORP", StoreType.READ_ONLY)
    assert properties(reply)["UserNameAttribute"] == "uid"
    assert world.call("GET", f"{STORES}/{DOMAIN_ID}").json == reply.json
    (line,) = world.call("GET", STORES).json
    assert (line["id"], line["name"], line["enabled"]) == (DOMAIN_ID, "CORP", True)


def test_the_secret_is_kept_sealed_and_shown_nowhere(world: World) -> None:
    replies = [world.create(), world.call("GET", STORES), world.call("GET", f"{STORES}/{DOMAIN_ID}")]
    assert all(SECRET not in reply.text for reply in replies)
    assert SECRET not in str(world.stores.get(SUPER_TENANT, "CORP"))
    assert properties(replies[2])["ConnectionPassword"] == HIDDEN
    assert world.secret() == SECRET


@pytest.mark.parametrize("sent", [HIDDEN, "", None])
def test_200_for_what_was_read_and_sent_back_and_the_secret_stays(world: World, sent: str | None) -> None:
    world.create()
    reply = world.call("PUT", f"{STORES}/{DOMAIN_ID}", described(ConnectionPassword=sent, UserNameAttribute="cn"))
    assert (reply.status, properties(reply)["UserNameAttribute"]) == (200, "cn")
    assert world.secret() == SECRET


def test_200_for_another_secret(world: World) -> None:
    world.create()
    assert world.call("PUT", f"{STORES}/{DOMAIN_ID}", described(ConnectionPassword="new")).status == 200
    assert world.secret() == "new"


@pytest.mark.parametrize(
    "changes",
    [
        {"ConnectionURL": "ldaps://evil.example"},
        {"ConnectionName": "cn=other"},
        {"CACertificate": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"},
    ],
    ids=["servers", "user", "authority"],
)
def test_400_when_the_secret_would_go_somewhere_else_without_being_given_again(
    world: World, changes: dict[str, str]
) -> None:
    world.create()
    reply = world.call("PUT", f"{STORES}/{DOMAIN_ID}", described(ConnectionPassword=None, **changes))
    assert (reply.status, path_of(reply)) == (400, "ConnectionPassword")
    tried = world.call("POST", f"{STORES}/test-connection", described(ConnectionPassword=HIDDEN, **changes))
    assert (tried.status, path_of(tried)) == (400, "ConnectionPassword")
    assert not world.directories.opened


def test_200_for_single_properties_and_the_description(world: World) -> None:
    world.create()
    changes = [
        {"operation": "REPLACE", "path": "/properties/Disabled", "value": "true"},
        {"operation": "REPLACE", "path": "/description", "value": "closed"},
    ]
    reply = world.call("PATCH", f"{STORES}/{DOMAIN_ID}", changes)
    assert (reply.status, reply.json["description"], properties(reply)["Disabled"]) == (200, "closed", "true")
    assert world.call("GET", STORES).json[0]["enabled"] is False
    assert world.secret() == SECRET


@pytest.mark.parametrize(
    "changes",
    [
        {},
        [],
        [{"operation": "ADD", "path": "/description", "value": "x"}],
        [{"operation": "REPLACE", "path": "/name", "value": "X"}],
    ],
)
def test_400_for_what_is_no_list_of_changes(world: World, changes: Any) -> None:
    world.create()
    assert world.call("PATCH", f"{STORES}/{DOMAIN_ID}", changes).status == 400


def test_204_and_the_store_is_gone(world: World) -> None:
    world.create()
    assert world.call("DELETE", f"{STORES}/{DOMAIN_ID}").status == 204
    assert world.call("GET", f"{STORES}/{DOMAIN_ID}").status == 404
    assert world.call("GET", STORES).json == []


def test_409_for_a_name_that_is_taken_in_any_case(world: World) -> None:
    world.create()
    assert world.create(name="corp").status == 409


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "PRIMARY"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"ConnectionURL": "ldap://ldap.corp.example"}, "ConnectionURL"),
        ({"ConnectionPassword": None}, "ConnectionPassword"),
        ({"ConnectionPassword": HIDDEN}, "ConnectionPassword"),
        ({"Surprise": "x"}, "Surprise"),
        ({"UsernameJavaRegEx": "(?=x)"}, "UsernameJavaRegEx"),
        ({"PasswordJavaRegEx": "("}, "PasswordJavaRegEx"),
    ],
)
def test_400_names_the_property_at_fault(world: World, changes: dict[str, str | None], path: str) -> None:
    reply = world.create(**changes)
    assert (reply.status, path_of(reply)) == (400, path)
    assert world.call("GET", STORES).json == []


def test_400_for_a_property_twice_a_type_that_is_none_and_another_name(world: World) -> None:
    twice = described()
    twice["properties"].append({"name": "Disabled", "value": "true"})
    twice["properties"].append({"name": "Disabled", "value": "false"})
    assert world.call("POST", STORES, twice).status == 400
    assert path_of(world.call("POST", STORES, {**described(), "typeId": "x"})) == "typeId"
    world.create()
    assert path_of(world.call("PUT", f"{STORES}/{DOMAIN_ID}", described(name="OTHER"))) == "name"


def test_200_says_whether_a_store_would_work_and_why_not(world: World) -> None:
    assert world.call("POST", f"{STORES}/test-connection", described()).json == {"connection": True}
    world.directories.failure = "ldaps://ldap.corp.example: it refuses cn=gatehouse"
    reply = world.call("POST", f"{STORES}/test-connection", described())
    assert (reply.status, reply.json) == (200, {"connection": False, "description": world.directories.failure})
    assert world.call("GET", STORES).json == [], "what was tried is not kept"


def test_200_tries_a_store_that_is_there_with_the_secret_it_has(world: World) -> None:
    world.create()
    assert world.call("POST", f"{STORES}/test-connection", described(ConnectionPassword=HIDDEN)).json["connection"]
    assert world.directories.opened[-1][1] == SECRET


@pytest.mark.parametrize("kind", list(StoreType))
def test_200_tells_which_properties_a_type_has(world: World, kind: StoreType) -> None:
    assert kind.id in {each["typeId"] for each in world.call("GET", f"{STORES}/meta/types").json}
    reply = world.call("GET", f"{STORES}/meta/types/{kind.id}")
    assert {each["name"] for each in reply.json["properties"]["Mandatory"]} == set(PROPERTIES)
    assert world.call("GET", f"{STORES}/meta/types/x").status == 404


@pytest.mark.parametrize("by", ["mary", "carol", None])
def test_401_for_who_is_no_administrator(world: World, by: str | None) -> None:
    world.create()
    for method, path, body in (
        ("GET", STORES, None),
        ("POST", STORES, described()),
        ("POST", f"{STORES}/test-connection", described()),
        ("GET", f"{STORES}/{DOMAIN_ID}", None),
        ("PUT", f"{STORES}/{DOMAIN_ID}", described()),
        ("DELETE", f"{STORES}/{DOMAIN_ID}", None),
    ):
        assert world.call(method, path, body, by=by).status == 401


def test_404_for_a_store_of_another_tenant_as_for_none_at_all(world: World) -> None:
    world.create()
    theirs = "admin@example.com"
    hidden = world.call("GET", f"{STORES}/{DOMAIN_ID}", by=theirs)
    assert (hidden.status, hidden.text) == (404, world.call("GET", f"{STORES}/Tk9ORQ", by=theirs).text)
    assert world.call("GET", STORES, by=theirs).json == []
    assert world.create(by=theirs).status == 201
