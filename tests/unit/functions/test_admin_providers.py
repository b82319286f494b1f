"""Providers in the admin interface: their kinds, finding one out, all tenants' ones, and what is kept of the new fields."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import ALL_TENANTS
from gatehouse.domain.tokens.issuer import Issuer
from tests.callers import OTHER_TENANT
from tests.unit.functions.test_admin_key_managers import ALL, ELSEWHERE, ISSUER, body, error, made
from tests.worlds.admin import AdminWorld
from tests.worlds.forms import multipart

EVERYBODYS = "/global-key-managers"
WELL_KNOWN = f"{ISSUER}/.well-known/openid-configuration"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "introspection_endpoint": f"{ISSUER}/introspect",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "userinfo_endpoint": f"{ISSUER}/me",
    "registration_endpoint": f"{ISSUER}/reg",
    "grant_types_supported": ["authorization_code", "client_credentials"],
}


@pytest.fixture
def world() -> AdminWorld:
    world = AdminWorld()
    world.metadata.published[WELL_KNOWN] = METADATA
    return world


def discover(world: AdminWorld, url: str = WELL_KNOWN, kind: str = "OIDC", **parts: Any) -> Any:
    sent, headers = multipart({"url": url, "type": kind})
    return world.call("POST", f"{ALL}/discover", sent, headers=headers, **parts)


def test_200_a_provider_is_found_out_and_registers_as_it_was_found(world: AdminWorld) -> None:
    answer = discover(world)
    assert (answer.status, answer.json["valid"]) == (200, True), answer.text
    found = answer.json["value"]
    assert found["issuer"] == ISSUER
    assert found["certificates"] == {"type": "JWKS", "value": f"{ISSUER}/jwks"}
    assert (found["tokenEndpoint"], found["revokeEndpoint"]) == (f"{ISSUER}/token", f"{ISSUER}/revoke")
    assert (found["clientRegistrationEndpoint"], found["wellKnownEndpoint"]) == (f"{ISSUER}/reg", WELL_KNOWN)
    assert {"name": "userinfo_endpoint", "value": f"{ISSUER}/me"} in found["endpoints"]
    assert found["availableGrantTypes"] == ["authorization_code", "client_credentials"]
    created = world.call("POST", ALL, {**found, "name": "Found"})
    assert (created.status, created.json["introspectionEndpoint"]) == (201, f"{ISSUER}/introspect"), created.text


@pytest.mark.parametrize(
    ("kind", "endpoint", "consumer_key", "scopes"),
    [
        ("Okta", "https://idp.example/oauth2/v1/clients", "cid", "scp"),
        ("auth0", "https://idp.example/api/v2/clients", "azp", "scope"),
        ("Azure AD", "https://graph.microsoft.com/v1.0/applications", "azp", "scp"),
        ("KeyCloak", f"{ISSUER}/reg", "azp", "scope"),
        ("Ping-Federate", "https://idp.example/pf-ws/rest/oauth/clients", "client_id", "scope"),
        ("Forgerock", f"{ISSUER}/reg", "aud", "scope"),
        ("WSO2-IS", "https://idp.example/keymanager-operations/dcr/register", "azp", "scope"),
        ("WSO2-IS-7", "https://idp.example/api/identity/oauth2/dcr/v1.1/register", "azp", "scope"),
        ("Cognito", None, "client_id", "scope"),
        ("something else", f"{ISSUER}/reg", "", ""),
    ],
)
def test_each_kind_has_its_place_for_clients_and_its_claims(
    world: AdminWorld, kind: str, endpoint: str | None, consumer_key: str, scopes: str
) -> None:
    found = discover(world, kind=kind).json["value"]
    assert found.get("clientRegistrationEndpoint") == endpoint
    assert (found["consumerKeyClaim"], found["scopesClaim"]) == (consumer_key, scopes)
    assert found["enableOAuthAppCreation"] is (endpoint is not None)


def test_asgardeo_s_place_for_clients_is_told_from_its_organization(world: AdminWorld) -> None:
    organization = "https://api.asgardeo.example/t/menu"
    world.metadata.published[WELL_KNOWN] = {"issuer": f"{organization}/oauth2/token"}
    found = discover(world, kind="Asgardeo").json["value"]
    assert found["clientRegistrationEndpoint"] == f"{organization}/api/identity/oauth2/dcr/v1.1/register"


@pytest.mark.parametrize("url", ["", "http://idp.example", "file:///etc/passwd", "https://silent.example", "x" * 3000])
def test_400_names_the_url_that_tells_nothing(world: AdminWorld, url: str) -> None:
    assert "url" in error(discover(world, url), 400)


def test_400_for_metadata_that_name_no_issuer(world: AdminWorld) -> None:
    world.metadata.published[WELL_KNOWN] = {"jwks_uri": f"{ISSUER}/jwks"}
    assert "issuer" in error(discover(world), 400)


def test_settings_list_the_kinds_with_their_fields(world: AdminWorld) -> None:
    kinds = {one["type"]: one for one in world.call("GET", "/settings", by=None).json["keyManagerConfiguration"]}
    assert set(kinds) == {
        "Asgardeo",
        "Auth0",
        "AzureAD",
        "Cognito",
        "Forgerock",
        "KeyCloak",
        "OIDC",
        "Okta",
        "Ping-Federate",
        "WSO2-IS",
        "WSO2-IS-7",
    }
    api_token = next(one for one in kinds["Okta"]["configurations"] if one["name"] == "apiKey")
    assert (api_token["required"], api_token["mask"], api_token["type"]) == (True, True, "input")
    assert (kinds["Okta"]["defaultConsumerKeyClaim"], kinds["Okta"]["defaultScopesClaim"]) == ("cid", "scp")
    assert {"token_endpoint", "client_registration_endpoint"} <= {
        one["name"] for one in kinds["KeyCloak"]["endpointConfigurations"]
    }


def test_the_claims_of_a_kind_hold_unless_others_are_given(world: AdminWorld) -> None:
    made(world, type="Okta")
    assert (world.issuer(ISSUER)["consumer_key_claim"], world.issuer(ISSUER)["scopes_claim"]) == ("cid", "scp")
    made(world, name="Second", issuer="https://second.example", type="Okta", consumerKeyClaim="azp")
    assert world.issuer("https://second.example")["consumer_key_claim"] == "azp"


def test_the_gateway_learns_of_exchange_forms_and_aliases(world: AdminWorld) -> None:
    made(
        world,
        tokenType="EXCHANGED",
        alias="menu",
        tokenValidation=[
            {"type": "JWT", "enable": True, "value": {"body": {"tid": "t-.*", "sub": ".+"}}},
            {"type": "JWT", "enable": True, "value": '{"body": {"level": "[1-3]"}}'},
            {"type": "REFERENCE", "value": "at_.*"},
            {"type": "CUSTOM", "value": "x-.*"},
            {"type": "REFERENCE", "enable": False, "value": "("},
        ],
        additionalProperties={"issuer_aliases": "https://a.example, https://b.example"},
    )
    known = Issuer.from_body(world.issuer(ISSUER))
    assert (known.direct, known.exchanged, known.audience) == (False, True, "menu")
    assert known.claim_patterns == ((("tid", "t-.*"), ("sub", ".+")), (("level", "[1-3]"),))
    assert (known.token_patterns, known.any_patterns) == (("at_.*",), ("x-.*",))
    assert known.names == (ISSUER, "https://a.example", "https://b.example")


def test_409_for_an_alias_that_another_has_and_a_given_up_one_is_free(world: AdminWorld) -> None:
    first = made(world, additionalProperties={"issuer_aliases": "https://a.example"})
    assert "issuer" in error(world.call("POST", ALL, body(name="Second", issuer="https://a.example")), 409)
    aliases = {"issuer_aliases": f"https://c.example {ISSUER}"}
    taken = body(name="Second", issuer="https://b.example", additionalProperties=aliases)
    assert world.call("POST", ALL, taken).status == 409
    assert world.call("PUT", f"{ALL}/{first['id']}", body()).status == 200
    made(world, name="Second", issuer="https://a.example")


def test_an_endpoint_in_two_forms_is_what_was_changed(world: AdminWorld) -> None:
    shown = made(world, tokenEndpoint="https://idp.example/token")
    assert shown["endpoints"] == [{"name": "token_endpoint", "value": "https://idp.example/token"}]
    path = f"{ALL}/{shown['id']}"
    old_way = world.call("PUT", path, {**shown, "tokenEndpoint": "https://idp.example/token2"}).json
    assert old_way["tokenEndpoint"] == "https://idp.example/token2"
    endpoints = [{"name": "token_endpoint", "value": "https://idp.example/token3"}]
    assert (
        world.call("PUT", path, {**old_way, "endpoints": endpoints}).json["tokenEndpoint"]
        == "https://idp.example/token3"
    )


def test_permissions_are_kept(world: AdminWorld) -> None:
    wanted = {"permissionType": "ALLOW", "roles": ["Internal/subscriber", "Internal/subscriber", "cook"]}
    shown = made(world, permissions=wanted)
    assert shown["permissions"] == {"permissionType": "ALLOW", "roles": ["Internal/subscriber", "cook"]}
    assert made(world, name="Open", issuer="https://b.example")["permissions"]["permissionType"] == "PUBLIC"


def everybodys(world: AdminWorld, **changes: Any) -> Any:
    answer = world.call("POST", EVERYBODYS, body(name="Everybody's".replace("'", ""), **changes))
    assert answer.status == 201, answer.text
    return answer.json


def test_a_key_manager_of_all_tenants_is_seen_by_all_and_changed_by_the_super_tenant(world: AdminWorld) -> None:
    shown = everybodys(world, additionalProperties={"client_id": "gateway", "client_secret": "open sesame"})
    assert shown["global"] is True
    assert world.issuer(ISSUER, ALL_TENANTS)["name"] == "Everybodys"
    listed = world.call("GET", ALL, by=ELSEWHERE).json["list"]
    assert [(one["name"], one["isGlobal"]) for one in listed][1:] == [("Everybodys", True)]
    seen = world.call("GET", f"{ALL}/{shown['id']}", by=ELSEWHERE).json
    assert (seen["issuer"], seen["additionalProperties"]) == (ISSUER, {})
    for method in ("PUT", "DELETE"):
        sent = {**body(name="Everybodys"), "global": True} if method == "PUT" else None
        refused = world.call(method, f"{ALL}/{shown['id']}", sent, by=ELSEWHERE)
        assert "super tenant" in error(refused, 403)
    changed = world.call("PUT", f"{EVERYBODYS}/{shown['id']}", {**shown, "enabled": False})
    assert (changed.status, changed.json["enabled"]) == (200, False), changed.text
    assert world.issuer(ISSUER, ALL_TENANTS)["enabled"] is False
    assert world.call("DELETE", f"{EVERYBODYS}/{shown['id']}").status == 200
    assert world.call("GET", ALL, by=ELSEWHERE).json["count"] == 1


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/some"), ("PUT", "/some"), ("DELETE", "/some")]
)
def test_403_for_another_tenant_s_admin_at_everybody_s_key_managers(world: AdminWorld, method: str, path: str) -> None:
    sent = body() if method in {"POST", "PUT"} else None
    answer = world.call(method, f"{EVERYBODYS}{path}", sent, by=ELSEWHERE)
    assert "super tenant" in error(answer, 403)
    assert world.key_managers.writes == 0


def test_403_for_the_flag_of_another_tenant_and_201_for_the_super_tenant_s(world: AdminWorld) -> None:
    wanted = body(**{"global": True})
    assert world.call("POST", ALL, wanted, by=ELSEWHERE).status == 403
    assert world.call("POST", ALL, wanted).json["global"] is True
    assert world.call("GET", f"{EVERYBODYS}/nothing").status == 404


def test_the_name_of_everybody_s_is_taken_but_its_issuer_may_be_a_tenant_s_own_too(world: AdminWorld) -> None:
    everybodys(world)
    assert world.call("POST", ALL, body(name="everybodys"), by=ELSEWHERE).status == 409
    own = world.call("POST", ALL, body(), by=ELSEWHERE)
    assert own.status == 201
    assert world.issuer(ISSUER, OTHER_TENANT)["key_manager"] == own.json["id"]
    flipped = world.call("PUT", f"{ALL}/{own.json['id']}", {**body(), "global": True}, by=ELSEWHERE)
    assert "global" in error(flipped, 400)
