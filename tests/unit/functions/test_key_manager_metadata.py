"""Registration by the standard (RFC 7591, RFC 7592), through its surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.tokens.oauth import ClientCredentials
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import basic, bearer
from tests.worlds import issuers
from tests.worlds.browser import CALLBACK, Browser, redeem
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, refused

if TYPE_CHECKING:
    from tests.callers import Reply

BASE = "/api/identity/oauth2/dcr/v1.1/register"
DOCUMENT: dict[str, Any] = {
    "client_name": "kiosk",
    "redirect_uris": [CALLBACK, "https://app.example/other"],
    "grant_types": ["authorization_code", "refresh_token"],
    "software_statement_of_the_future": {"ignored": True},
}


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


def register(world: KeyManagerWorld, by: str = "mary", path: str = BASE, **changes: Any) -> Reply:
    document = {name: value for name, value in {**DOCUMENT, **changes}.items() if value is not None}
    return world.send("POST", path, document, basic(by, PASSWORD))


def managed(world: KeyManagerWorld, reply: Reply, method: str, body: Any = None, **headers: str) -> Reply:
    where = reply.json["registration_client_uri"].removeprefix(MANAGEMENT_URL)
    return world.send(method, where, body, headers or bearer(reply.json["registration_access_token"]))


def test_201_a_client_is_what_it_said_and_works(world: KeyManagerWorld) -> None:
    reply = register(world)
    assert reply.status == 201
    assert reply.headers["Cache-Control"] == "no-store"
    told = reply.json
    assert told["registration_client_uri"] == f"{MANAGEMENT_URL}{BASE}/{told['client_id']}"
    assert (told["client_name"], told["redirect_uris"]) == ("kiosk", DOCUMENT["redirect_uris"])
    assert (told["response_types"], told["client_secret_expires_at"]) == (["code"], 0)
    client = ClientCredentials(client_id=told["client_id"], client_secret=told["client_secret"])
    code = Browser(world).authorized(client)["code"]
    assert redeem(world, client, code).status == 200


def test_201_a_public_client_has_no_secret(world: KeyManagerWorld) -> None:
    reply = register(world, token_endpoint_auth_method="none")
    assert "client_secret" not in reply.json
    assert (reply.json["ext_public_client"], reply.json["token_endpoint_auth_method"]) == (True, "none")


def test_201_a_client_with_a_key_has_no_secret(world: KeyManagerWorld) -> None:
    key = issuers.jwk(issuers.rsa_key())
    reply = register(world, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key]})
    assert (reply.status, "client_secret" in reply.json) == (201, False)
    assert (reply.json["token_endpoint_auth_method"], reply.json["jwks"]) == ("private_key_jwt", {"keys": [key]})


def test_its_rules_and_lifetimes_hold(world: KeyManagerWorld) -> None:
    told = register(
        world,
        grant_types=["client_credentials"],
        ext_token_type="Default",
        ext_application_access_token_expiry_time=60,
        ext_pkce_mandatory=True,
    ).json
    assert (told["ext_token_type"], told["ext_pkce_mandatory"]) == ("Default", True)
    client = ClientCredentials(client_id=told["client_id"], client_secret=told["client_secret"])
    issued = world.token(client, grant_type="client_credentials").json
    assert (issued["access_token"].count("."), issued["expires_in"]) == (0, 60)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a.example/#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://a.example/"}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"https://a.example/{n}" for n in range(51)]}, "invalid_redirect_uri"),
        ({"grant_types": ["magic"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "smoke"}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"post_logout_redirect_uris": ["//x"]}, "invalid_client_metadata"),
        ({"ext_public_client": True, "grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"ext_application_owner": "admin"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        (
            {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "oct", "k": "x"}]}},
            "invalid_client_metadata",
        ),
    ],
)
def test_400_metadata_that_cannot_be(world: KeyManagerWorld, changes: dict[str, Any], error: str) -> None:
    refused(register(world, **changes), 400, error)


def test_400_a_name_that_the_owner_has_given_already(world: KeyManagerWorld) -> None:
    register(world)
    refused(register(world), 400, "invalid_client_metadata")
    assert register(world, by="carol").status == 201
    assert register(world, client_name=None).status == 201


def test_401_without_a_user(world: KeyManagerWorld) -> None:
    assert world.send("POST", BASE, DOCUMENT).status == 401


def test_its_token_reads_replaces_and_deletes_it(world: KeyManagerWorld) -> None:
    reply = register(world)
    assert managed(world, reply, "GET").json == reply.json
    changed = managed(world, reply, "PUT", {**DOCUMENT, "redirect_uris": ["https://app.example/new"]})
    assert changed.json["redirect_uris"] == ["https://app.example/new"]
    assert changed.json["client_secret"] == reply.json["client_secret"]
    assert managed(world, reply, "DELETE").status == 204
    refused(managed(world, reply, "GET"), 401, "invalid_token")


def test_the_owner_and_the_administrator_may_manage_it_too(world: KeyManagerWorld) -> None:
    reply = register(world)
    for by in ("mary", "admin"):
        assert managed(world, reply, "GET", None, **basic(by, PASSWORD)).status == 200


def test_nobody_else_may_and_nobody_learns_whether_it_is_there(world: KeyManagerWorld) -> None:
    reply, other = register(world), register(world, client_name="other")
    strangers = (
        basic("carol", PASSWORD),
        basic(f"admin@{OTHER_TENANT}", PASSWORD),
        bearer("x"),
        {"x-no": "credential"},
    )
    for headers in (*strangers, bearer(other.json["registration_access_token"])):
        found = managed(world, reply, "GET", None, **headers)
        absent = world.send("GET", f"{BASE}/{'a' * 28}", None, headers)
        assert (found.status, found.text) == (401, absent.text)


def test_a_tenants_clients_are_registered_at_its_own_address(world: KeyManagerWorld) -> None:
    path = f"/t/{OTHER_TENANT}{BASE}"
    reply = register(world, f"mary@{OTHER_TENANT}", path)
    assert reply.status == 201
    assert reply.json["registration_client_uri"].startswith(f"{MANAGEMENT_URL}{path}/")
    assert managed(world, reply, "GET").status == 200


def test_a_name_cannot_be_changed(world: KeyManagerWorld) -> None:
    reply = register(world)
    refused(managed(world, reply, "PUT", {**DOCUMENT, "client_name": "another"}), 400, "invalid_client_metadata")
