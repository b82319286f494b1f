"""Key managers in the admin interface, through its surface."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from functions.admin.interface import interface
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.issuer import Introspection, Issuer
from tests.callers import client
from tests.worlds.admin import MANAGEMENT, AdminWorld
from tests.worlds.issuers import ec_key, jwk, rsa_key
from tests.worlds.key_managers import ALL, ELSEWHERE, ISSUER, body, error, made

SECRET = "*****"


def pem(key: Any) -> str:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return str(public.decode())


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def test_200_the_resident_key_manager_is_listed_first(world: AdminWorld) -> None:
    made(world, name="Another")
    listed = world.call("GET", ALL).json
    assert listed["count"] == 2
    assert [one["name"] for one in listed["list"]] == ["Resident Key Manager", "Another"]
    resident = listed["list"][0]
    assert (resident["type"], resident["enabled"], resident["isGlobal"]) == ("default", True, False)
    whole = world.call("GET", f"{ALL}/{resident['id']}").json
    assert whole["issuer"] == f"{MANAGEMENT}/oauth2/token"
    assert whole["certificates"] == {"type": "JWKS", "value": f"{MANAGEMENT}/oauth2/jwks"}


def test_201_a_new_key_manager_reads_as_it_was_written_and_the_gateway_knows_it(world: AdminWorld) -> None:
    answer = world.call(
        "POST",
        ALL,
        body(
            displayName="Their own",
            alias="menu",
            consumerKeyClaim="appid",
            scopesClaim="scp",
            introspectionEndpoint="https://idp.example/introspect",
            tokenEndpoint="https://idp.example/token",
            claimMapping=[{"remoteClaim": "upn", "localClaim": "username"}],
            tokenValidation=[{"id": 1, "enable": True, "type": "REFERENCE", "value": ""}],
            additionalProperties={"Username": "gateway", "Password": "open sesame", "self_validate_jwt": True},
            enableMapOAuthConsumerApps=True,
        ),
    )
    assert answer.status == 201, answer.text
    key_manager = answer.json
    assert answer.headers["Location"] == f"/api/am/admin/v4{ALL}/{key_manager['id']}"
    assert world.call("GET", f"{ALL}/{key_manager['id']}").json == key_manager
    assert (key_manager["issuer"], key_manager["alias"], key_manager["enabled"]) == (ISSUER, "menu", True)
    assert key_manager["tokenValidation"][0]["type"] == "REFERENCE"
    assert Issuer.from_body(world.issuer(ISSUER)) == Issuer(
        key_manager=key_manager["id"],
        name="Theirs",
        issuer=ISSUER,
        jwks_url="https://idp.example/jwks",
        audience="menu",
        consumer_key_claim="appid",
        scopes_claim="scp",
        claims=(("upn", "username"),),
        introspection=Introspection(url="https://idp.example/introspect", username="gateway", password="open sesame"),
    )


def test_secrets_are_never_shown_and_survive_being_sent_back(world: AdminWorld) -> None:
    properties = {"client_id": "gateway", "client_secret": "open sesame", "apiToken": "also", "attempts": 3}
    shown = made(world, additionalProperties=properties, introspectionEndpoint="https://idp.example/introspect")
    expected = {"client_id": "gateway", "client_secret": SECRET, "apiToken": SECRET, "attempts": 3}
    assert shown["additionalProperties"] == expected
    shown["description"] = "changed"
    changed = world.call("PUT", f"{ALL}/{shown['id']}", shown)
    assert (changed.status, changed.json["additionalProperties"]) == (200, expected), changed.text
    assert world.issuer(ISSUER)["introspection"]["password"] == "open sesame"
    assert "open sesame" not in world.call("GET", f"{ALL}/{shown['id']}").text + world.call("GET", ALL).text
    (kept,) = world.key_managers.all(SUPER_TENANT)
    assert "open sesame" not in repr(kept)


def test_asterisks_without_a_secret_behind_them_are_refused(world: AdminWorld) -> None:
    answer = world.call("POST", ALL, body(additionalProperties={"Password": SECRET}))
    assert "additionalProperties.Password" in error(answer, 400)


def test_keys_in_pem_reach_the_gateway_as_jwks(world: AdminWorld) -> None:
    made(world, certificates={"type": "PEM", "value": pem(rsa_key()) + pem(ec_key())})
    known = Issuer.from_body(world.issuer(ISSUER))
    assert known.jwks_url == ""
    assert list(known.keys) == [jwk(rsa_key(), None), jwk(ec_key(), None)]


def test_endpoints_may_come_by_name(world: AdminWorld) -> None:
    endpoints = [{"name": "introspection_endpoint", "value": "https://idp.example/introspect"}]
    shown = made(world, certificates=None, endpoints=endpoints)
    assert shown["introspectionEndpoint"] == "https://idp.example/introspect"
    known = Issuer.from_body(world.issuer(ISSUER))
    assert known.introspection == Introspection(url="https://idp.example/introspect")
    assert not known.self_validated


def test_200_an_update_moves_the_issuer(world: AdminWorld) -> None:
    key_manager = made(world)
    changed = world.call("PUT", f"{ALL}/{key_manager['id']}", body(issuer="https://moved.example", enabled=False))
    assert (changed.status, changed.json["issuer"]) == (200, "https://moved.example")
    assert world.issuer(ISSUER) is None
    assert world.issuer("https://moved.example")["enabled"] is False
    made(world, name="Heir")


def test_200_a_deleted_key_manager_is_gone(world: AdminWorld) -> None:
    key_manager = made(world)
    assert world.call("DELETE", f"{ALL}/{key_manager['id']}").status == 200
    assert world.issuer(ISSUER) is None
    assert world.call("GET", f"{ALL}/{key_manager['id']}").status == 404
    assert made(world)["id"] != key_manager["id"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_404_for_another_tenant_s_as_for_none(world: AdminWorld, method: str) -> None:
    key_manager = made(world)
    sent = body() if method == "PUT" else None
    other = world.call(method, f"{ALL}/{key_manager['id']}", sent, by=ELSEWHERE)
    absent = world.call(method, f"{ALL}/nothing", sent)
    assert (other.status, other.json["code"]) == (404, 901411)
    assert other.text == absent.text
    assert world.call("GET", ALL, by=ELSEWHERE).json["count"] == 1


@pytest.mark.parametrize("name", ["theirs", "THEIRS", "Resident Key Manager", "resident key manager", "all", "ALL"])
def test_409_for_a_name_that_is_taken_or_means_something(world: AdminWorld, name: str) -> None:
    made(world)
    answer = world.call("POST", ALL, body(name=name, issuer="https://another.example"))
    assert (answer.status, answer.json["code"]) == (409, 901402)


def test_409_for_an_issuer_that_another_has_in_this_tenant_only(world: AdminWorld) -> None:
    made(world)
    other = made(world, name="Another", issuer="https://another.example")
    assert "issuer" in error(world.call("POST", ALL, body(name="Third")), 409)
    assert "issuer" in error(world.call("PUT", f"{ALL}/{other['id']}", body(name="Another")), 409)
    assert world.issuer("https://another.example")["name"] == "Another"
    assert world.call("POST", ALL, body(), by=ELSEWHERE).status == 201


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "a#b"}),
        ("name", {"name": " padded"}),
        ("type", {"type": None}),
        ("type", {"type": "default"}),
        ("issuer", {"issuer": None}),
        ("issuer", {"issuer": ""}),
        ("issuer", {"issuer": "with space"}),
        ("issuer", {"issuer": f"{MANAGEMENT}/oauth2/token"}),
        ("issuer", {"issuer": f"{MANAGEMENT}/t/another.example/oauth2/token"}),
        ("certificates", {"certificates": None}),
        ("certificates.type", {"certificates": {"type": "X509", "value": ""}}),
        ("certificates.value", {"certificates": {"type": "JWKS", "value": "http://idp.example/jwks"}}),
        ("certificates.value", {"certificates": {"type": "JWKS", "value": "idp.example/jwks"}}),
        ("certificates.value", {"certificates": {"type": "JWKS", "value": "https://user:pw@idp.example/jwks"}}),
        ("certificates.value", {"certificates": {"type": "JWKS", "value": "file:///etc/passwd"}}),
        ("certificates.value", {"certificates": {"type": "PEM", "value": "nothing"}}),
        ("certificates.value", {"certificates": {"type": "PEM", "value": pem(rsa_key("weak", 1024))}}),
        ("introspectionEndpoint", {"introspectionEndpoint": "http://idp.example"}),
        ("introspectionEndpoint", {"enableSelfValidationJWT": False}),
        ("tokenEndpoint", {"tokenEndpoint": "http://idp.example"}),
        ("wellKnownEndpoint", {"wellKnownEndpoint": "https://"}),
        ("endpoints.0.name", {"endpoints": [{"name": "back_door", "value": "https://idp.example"}]}),
        ("introspectionEndpoint", {"endpoints": [{"name": "introspection_endpoint", "value": "http://idp.example"}]}),
        ("claimMapping.0.localClaim", {"claimMapping": [{"remoteClaim": "upn"}]}),
        ("tokenType", {"tokenType": "SOLD"}),
        (
            "certificates",
            {"tokenType": "BOTH", "certificates": None, "introspectionEndpoint": "https://idp.example/introspect"},
        ),
        ("tokenValidation.0.value", {"tokenValidation": [{"type": "JWT", "value": "{"}]}),
        ("tokenValidation.0.value", {"tokenValidation": [{"type": "JWT", "value": ["iss"]}]}),
        ("tokenValidation.0.value.iss", {"tokenValidation": [{"type": "JWT", "value": {"body": {"iss": "("}}}]}),
        ("tokenValidation.1.value", {"tokenValidation": [{"type": "JWT"}, {"type": "REFERENCE", "value": "(?=a)"}]}),
        ("tokenValidation.0.value", {"tokenValidation": [{"type": "CUSTOM", "value": {"a": "b"}}]}),
        ("permissions.permissionType", {"permissions": {"permissionType": "SOME", "roles": ["a"]}}),
        ("permissions.roles", {"permissions": {"permissionType": "DENY", "roles": []}}),
        ("additionalProperties.issuer_aliases", {"additionalProperties": {"issuer_aliases": "https://ü.example"}}),
        (
            "additionalProperties.issuer_aliases",
            {"additionalProperties": {"issuer_aliases": f"{MANAGEMENT}/oauth2/token"}},
        ),
        ("additionalProperties.issuer_aliases", {"additionalProperties": {"issuer_aliases": " ".join("abcdefghijkl")}}),
        ("tokenEndpoint", {"enableTokenGeneration": True}),
        ("clientRegistrationEndpoint", {"enableOAuthAppCreation": True}),
        ("clientRegistrationEndpoint", {"clientRegistrationEndpoint": "http://idp.example/reg"}),
        ("enableOAuthAppCreation", {"type": "Cognito", "enableOAuthAppCreation": True}),
        (
            "additionalProperties.apiKey",
            {"type": "Okta", "enableOAuthAppCreation": True, "clientRegistrationEndpoint": "https://idp.example/c"},
        ),
        ("allowedOrganizations", {"allowedOrganizations": ["one"]}),
        ("additionalProperties.nested", {"additionalProperties": {"nested": {"a": 1}}}),
        ("additionalProperties.long", {"additionalProperties": {"long": "x" * 5000}}),
        ("additionalProperties.Username", {"additionalProperties": {"Username": "a:b"}}),
    ],
)
def test_400_names_the_field_and_writes_nothing(world: AdminWorld, field: str, change: dict[str, Any]) -> None:
    assert field in error(world.call("POST", ALL, body(**change)), 400)
    assert world.key_managers.writes == 0


def test_400_a_name_cannot_be_changed(world: AdminWorld) -> None:
    key_manager = made(world)
    assert "name" in error(world.call("PUT", f"{ALL}/{key_manager['id']}", body(name="Renamed")), 400)


def test_plain_http_is_for_the_local_stack(world: AdminWorld) -> None:
    local = client(
        interface(
            world.key_management(plain_http_allowed=True),
            world.configurations,
            world.system_scopes(),
            world.application_administration(),
            world.vocabulary(),
            world.premises(),
            world.offices(),
        )
    )
    certificates = {"type": "JWKS", "value": "http://localhost:9000/jwks"}
    assert local("POST", ALL, body(certificates=certificates)).status == 201


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_401_for_who_is_no_admin(world: AdminWorld, method: str) -> None:
    assert world.call(method, ALL, body() if method == "POST" else None, by="mary").status == 401
    assert world.call(method, ALL, body() if method == "POST" else None, by=None).status == 401
