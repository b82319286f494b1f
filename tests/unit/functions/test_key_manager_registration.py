"""Client registration, through its surface."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT, PASSWORD, Reply
from tests.events import basic, bearer
from tests.worlds.key_manager import KeyManagerWorld

PATH = "/client-registration/v0.17/register"


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


def refused(world: KeyManagerWorld, reply: Reply, status: int, named: str = "") -> None:
    assert reply.status == status
    assert set(reply.json) == {"code", "message", "description", "moreInfo", "error"}
    assert named in reply.json["description"]
    assert world.clients.writes == 0


def test_200_what_apictl_sends_at_its_first_login(world: KeyManagerWorld) -> None:
    document = {
        "clientName": "rest_api_import_export_admin",
        "callbackUrl": "www.google.lk",
        "grantType": "password refresh_token",
        "saasApp": True,
        "owner": "admin",
        "tokenScope": "Production",
    }
    reply = world.send("POST", PATH, document, basic("admin", PASSWORD))
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = reply.json
    assert json.loads(body.pop("jsonString")) == {
        "grant_types": "password refresh_token",
        "redirect_uris": "www.google.lk",
        "client_name": "rest_api_import_export_admin",
    }
    assert len(body.pop("clientId")) == 28
    assert len(body.pop("clientSecret")) == 43
    assert len(body.pop("applicationUUID")) == 36
    assert body == {
        "clientName": "rest_api_import_export_admin",
        "callBackURL": "www.google.lk",
        "isSaasApplication": True,
        "appOwner": "admin",
        "jsonAppAttribute": "{}",
        "tokenType": "JWT",
    }


def test_200_the_credentials_work_at_the_token_endpoint(world: KeyManagerWorld) -> None:
    registered = world.register().json
    form = {"grant_type": "password", "username": "admin", "password": PASSWORD}
    body = {"client_id": registered["clientId"], "client_secret": registered["clientSecret"]}
    assert world.token(None, **form, **body).status == 200


def test_200_registering_twice_answers_the_same_client_and_secret(world: KeyManagerWorld) -> None:
    first = world.register()
    writes = world.clients.writes
    again = world.register(grantType="client_credentials", callbackUrl="https://elsewhere.example")
    assert (again.status, again.json) == (200, first.json)
    assert world.clients.writes == writes


def test_200_the_secret_survives_a_new_environment(world: KeyManagerWorld) -> None:
    first = world.register().json
    other = KeyManagerWorld()
    other.clients.add(world.parts.registration.get(SUPER_TENANT, first["clientId"]))
    assert other.register().json == first


def test_200_another_users_client_of_the_same_name_is_another_client(world: KeyManagerWorld) -> None:
    admins = world.register("admin", clientName="rest_api_publisher").json
    marys = world.register("mary", clientName="rest_api_publisher").json
    assert marys["clientId"] != admins["clientId"]
    assert marys["clientSecret"] != admins["clientSecret"]
    assert marys["appOwner"] == "mary"


def test_200_the_secret_is_not_kept(world: KeyManagerWorld) -> None:
    registered = world.register().json
    client = world.clients.find(registered["clientId"])
    assert client is not None
    kept = [getattr(client, name) for name in type(client).__slots__]
    assert registered["clientSecret"] not in str(kept)


@pytest.mark.parametrize("path", ["/client-registration/register", PATH])
def test_200_with_and_without_the_version(world: KeyManagerWorld, path: str) -> None:
    assert world.register(path=path).status == 200


@pytest.mark.parametrize("saas", [True, "true", False, "false", None])
def test_200_saas_as_boolean_or_text(world: KeyManagerWorld, saas: object) -> None:
    assert world.register(saasApp=saas).json["isSaasApplication"] is (saas in {True, "true"})


@pytest.mark.parametrize("owner", ["admin", "ADMIN", "admin@carbon.super"])
def test_200_the_owner_is_the_caller_however_it_is_written(world: KeyManagerWorld, owner: str) -> None:
    assert world.register(owner=owner).json["appOwner"] == "admin"


def test_200_a_super_tenants_administrator_registers_for_others(world: KeyManagerWorld) -> None:
    assert world.register("admin", owner="mary").json["appOwner"] == "mary"
    other = world.register("admin", owner=f"mary@{OTHER_TENANT}").json
    assert other["appOwner"] == f"mary@{OTHER_TENANT}"
    assert world.clients.get(OTHER_TENANT, other["clientId"]) is not None


def test_200_a_user_of_another_tenant_registers_there(world: KeyManagerWorld) -> None:
    registered = world.register(f"mary@{OTHER_TENANT}").json
    assert world.clients.get(OTHER_TENANT, registered["clientId"]) is not None


def test_200_with_a_token_that_has_the_scope(world: KeyManagerWorld) -> None:
    token = world.password(world.client(), "mary", scope="apim:dcr:app_manage").json["access_token"]
    document = {"clientName": "mine", "owner": "mary", "grantType": "client_credentials"}
    assert world.send("POST", PATH, document, bearer(token)).status == 200


@pytest.mark.parametrize("owner", ["", "   "])
def test_400_a_blank_owner(world: KeyManagerWorld, owner: str) -> None:
    refused(world, world.register(owner=owner), 400, "owner: must not be blank")


@pytest.mark.parametrize("caller", ["mary", f"admin@{OTHER_TENANT}"])
@pytest.mark.parametrize("owner", ["admin", "unheard-of"])
def test_400_only_a_super_administrator_may_name_another_owner(world: KeyManagerWorld, caller: str, owner: str) -> None:
    refused(world, world.register(caller, owner=owner), 400, "owner: must be the calling user")


@pytest.mark.parametrize("owner", ["unheard-of", "mary@unheard.of", "x" * 3000])
def test_403_an_unknown_owner(world: KeyManagerWorld, owner: str) -> None:
    refused(world, world.register(owner=owner), 403, "not a known user")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"clientName": None}, "clientName: is required"),
        ({"clientName": ""}, "clientName"),
        ({"clientName": "  "}, "clientName"),
        ({"clientName": "x" * 401}, "clientName"),
        ({"clientName": "a\nb"}, "clientName"),
        ({"clientName": 7}, "clientName"),
        ({"owner": None}, "owner: is required"),
        ({"grantType": None}, "grantType: is required"),
        ({"grantType": ""}, "grantType"),
        ({"grantType": "password magic"}, "grantType: unknown grant type 'magic'"),
        ({"grantType": "password iwa:ntlm"}, "grantType: 'iwa:ntlm' is Windows' own log-in (NTLM)"),
        ({"callbackUrl": "x" * 2049}, "callbackUrl"),
        ({"saasApp": "perhaps"}, "saasApp"),
        ({"tokenType": "OPAQUE"}, "tokenType"),
        ({"surprise": 1}, "Unrecognized property 'surprise'"),
    ],
)
def test_400_a_wrong_field_is_named_and_nothing_is_written(
    world: KeyManagerWorld, body: dict[str, Any], named: str
) -> None:
    document = {"clientName": "cli", "owner": "admin", "grantType": "password", **body}
    document = {name: value for name, value in document.items() if value is not None}
    refused(world, world.send("POST", PATH, document, basic("admin", PASSWORD)), 400, named)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_400_a_body_that_is_no_document(world: KeyManagerWorld, body: bytes) -> None:
    refused(world, world.send("POST", PATH, body, basic("admin", PASSWORD)), 400)


@pytest.mark.parametrize(("user", "password"), [("admin", "wrong"), ("unheard-of", PASSWORD), ("nobody", PASSWORD)])
def test_401_a_wrong_password_an_unknown_user_and_a_user_without_roles(
    world: KeyManagerWorld, user: str, password: str
) -> None:
    document = {"clientName": "cli", "owner": user, "grantType": "password"}
    refused(world, world.send("POST", PATH, document, basic(user, password)), 401)


def test_401_without_credentials(world: KeyManagerWorld) -> None:
    refused(world, world.send("POST", PATH, {"clientName": "cli"}), 401)
