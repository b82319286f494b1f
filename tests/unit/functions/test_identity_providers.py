"""Identity providers over REST: described, changed and forgotten by administrators, and never with their secret shown."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from functions.identity.server.interface import server_interface
from functions.identity.server.wire_identity_providers import authenticator_id
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.controlplane.identity.federation import context_of
from gatehouse.controlplane.identity.identity_providers import HIDDEN, IdentityProviderAdministration
from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.identity_provider import Protocol, provider_id
from tests import pki
from tests.callers import client
from tests.fakes.identity_providers import InMemoryIdentityProviders
from tests.fakes.secrets import InMemorySecrets
from tests.fakes.user_stores import InMemoryUserStores

if TYPE_CHECKING:
    from gatehouse.domain.people.identity_provider import IdentityProvider
    from tests.callers import Reply

PROVIDERS = "/identity-providers"
SECRET = "our secret at the provider"
ID = provider_id(SUPER_TENANT, "Corp")
OIDC, SAML = authenticator_id(Protocol.OIDC), authenticator_id(Protocol.SAML)
SETTINGS = {
    "ClientId": "gatehouse",
    "ClientSecret": SECRET,
    "OAuth2AuthzEPUrl": "https://id.corp.example/authorize",
    "OAuth2TokenEPUrl": "https://id.corp.example/token",
}


class World:
    def __init__(self) -> None:
        self.providers = InMemoryIdentityProviders()
        self.seal = SecretSeal(SecretDocument(InMemorySecrets(stores='{"key": "k"}'), "stores"))
        nothing: Any = None
        self.call = client(
            server_interface(
                UserStoreAdministration(stores=InMemoryUserStores(), directories=nothing, seal=self.seal),
                IdentityProviderAdministration(providers=self.providers, seal=self.seal),
            )
        )

    def create(self, by: str = "admin", **changes: Any) -> Reply:
        return self.call("POST", PROVIDERS, described(**changes), by=by)

    def kept(self) -> IdentityProvider:
        found = self.providers.get(SUPER_TENANT, ID)
        assert found is not None
        return found

    def secret(self) -> str:
        return self.seal.open(self.kept().sealed_secret, context_of(self.kept()))


def described(
    settings: dict[str, str | None] | None = None, authenticator: str = OIDC, **changes: Any
) -> dict[str, Any]:
    told = {key: value for key, value in {**SETTINGS, **(settings or {})}.items() if value is not None}
    return {
        "name": "Corp",
        "idpIssuerName": "https://id.corp.example",
        "image": "https://corp.example/logo.png",
        "certificate": {"jwksUri": "https://id.corp.example/jwks"},
        "roles": {"mappings": [{"idpRole": "cooks", "localRole": "Internal/creator"}]},
        "claims": {"roleClaim": {"uri": "groups"}},
        "provisioning": {"jit": {"isEnabled": True}},
        "federatedAuthenticators": {
            "authenticators": [
                {
                    "authenticatorId": authenticator,
                    "properties": [{"key": key, "value": value} for key, value in told.items()],
                }
            ]
        },
        **changes,
    }


def settings_of(reply: Reply) -> dict[str, str]:
    (authenticator,) = reply.json["federatedAuthenticators"]["authenticators"]
    return {each["key"]: each["value"] for each in authenticator["properties"]}


def path_of(reply: Reply) -> str:
    return str(reply.json["error"][0]["code"]).removeprefix("400_")


@pytest.fixture
def world() -> World:
    return World()


def test_201_and_the_provider_is_read_and_listed(world: World) -> None:
    reply = world.create()
    assert (reply.status, reply.headers["Location"]) == (201, f"/api/server/v1/identity-providers/{ID}")
    assert (reply.json["id"], reply.json["name"], reply.json["isEnabled"]) == (ID, "Corp", True)
    assert world.call("GET", f"{PROVIDERS}/{ID}").json == reply.json
    page = world.call("GET", PROVIDERS).json
    assert (page["totalResults"], page["identityProviders"][0]["id"]) == (1, ID)
    assert world.kept().provisions
    assert world.kept().local_roles({"groups": ["Cooks"]}) == {"Internal/creator"}


def test_the_secret_is_kept_sealed_and_shown_nowhere(world: World) -> None:
    replies = [world.create(), world.call("GET", PROVIDERS), world.call("GET", f"{PROVIDERS}/{ID}")]
    replies.append(world.call("GET", f"{PROVIDERS}/{ID}/federated-authenticators/{OIDC}"))
    assert all(SECRET not in reply.text for reply in replies)
    assert SECRET not in str(world.kept())
    assert settings_of(replies[2])["ClientSecret"] == HIDDEN
    assert world.secret() == SECRET


@pytest.mark.parametrize("sent", [HIDDEN, "", None])
def test_200_for_what_was_read_and_sent_back_and_the_secret_stays(world: World, sent: str | None) -> None:
    world.create()
    reply = world.call("PUT", f"{PROVIDERS}/{ID}", described({"ClientSecret": sent, "Scopes": "openid"}))
    assert (reply.status, settings_of(reply)["Scopes"]) == (200, "openid")
    assert world.secret() == SECRET


@pytest.mark.parametrize("changes", [{"OAuth2TokenEPUrl": "https://evil.example/token"}, {"ClientId": "other"}])
def test_the_secret_goes_to_no_other_address(world: World, changes: dict[str, str | None]) -> None:
    world.create()
    reply = world.call("PUT", f"{PROVIDERS}/{ID}", described({"ClientSecret": HIDDEN, **changes}))
    assert (reply.status, path_of(reply)) == (400, "ClientSecret")
    assert world.call("PUT", f"{PROVIDERS}/{ID}", described({"ClientSecret": None, **changes})).status == 200
    assert world.kept().sealed_secret == ""


def test_200_for_single_fields_and_parts(world: World) -> None:
    world.create()
    one = f"{PROVIDERS}/{ID}"
    off = [{"operation": "REPLACE", "path": "/isEnabled", "value": "false"}]
    assert world.call("PATCH", one, off).json["isEnabled"] is False
    assert not world.kept().enabled
    assert world.call("PUT", f"{one}/provisioning/jit", {"isEnabled": False}).status == 200
    assert not world.kept().provisions
    assert world.call("PUT", f"{one}/roles", {"mappings": [{"idpRole": "x", "localRole": "admin"}]}).status == 200
    assert world.kept().given_roles == {"admin"}
    mapping = {"idpClaim": "upn", "localClaim": {"uri": "http://wso2.org/claims/username"}}
    assert world.call("PUT", f"{one}/claims", {"userIdClaim": {"uri": "oid"}, "mappings": [mapping]}).status == 200
    assert world.kept().subject({"oid": "4711"}, "sub") == "4711"
    changed = {
        "authenticatorId": OIDC,
        "properties": [{"key": k, "value": v} for k, v in {**SETTINGS, "Scopes": "openid"}.items()],
    }
    assert world.call("PUT", f"{one}/federated-authenticators/{OIDC}", changed).status == 200
    assert world.kept().settings["Scopes"] == "openid"
    assert world.call("GET", f"{one}/federated-authenticators/{SAML}").status == 404
    assert world.secret() == SECRET


@pytest.mark.parametrize(
    "changes",
    [
        {},
        [],
        [{"operation": "REPLACE", "path": "/name", "value": "X"}],
        [{"operation": "REPLACE", "path": "/isEnabled", "value": "perhaps"}],
    ],
)
def test_400_for_what_is_no_list_of_changes(world: World, changes: Any) -> None:
    world.create()
    assert world.call("PATCH", f"{PROVIDERS}/{ID}", changes).status == 400


def test_201_for_a_provider_by_saml_whose_certificate_comes_in_base64(world: World) -> None:
    settings = dict.fromkeys(SETTINGS) | {"SPEntityId": "gatehouse", "SSOUrl": "https://id.corp.example/sso"}
    certificate = {"certificates": [base64.b64encode(pki.pem()).decode()]}
    assert world.create(settings=settings, authenticator=SAML, certificate=certificate).status == 201
    assert (world.kept().protocol, world.kept().certificates) == (Protocol.SAML, (pki.pem().decode(),))
    assert (
        path_of(world.create(name="B", settings=settings, authenticator=SAML, certificate={}))
        == "certificate.certificates"
    )


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": " x"}, "name"),
        ({"idpIssuerName": ""}, "idpIssuerName"),
        ({"image": "javascript:alert(1)"}, "image"),
        ({"certificate": {}}, "certificate.jwksUri"),
        ({"certificate": {"jwksUri": "http://id.corp.example"}}, "certificate.jwksUri"),
        ({"settings": {"ClientId": None}}, "ClientId"),
        ({"settings": {"OAuth2AuthzEPUrl": "http://id.corp.example"}}, "OAuth2AuthzEPUrl"),
        ({"settings": {"OAuth2TokenEPUrl": "https://user@id.corp.example"}}, "OAuth2TokenEPUrl"),
        ({"settings": {"Surprise": "x"}}, "Surprise"),
        ({"authenticator": "x"}, "federatedAuthenticators.authenticators.0.authenticatorId"),
        ({"surprise": 1}, "surprise"),
        ({"provisioning": {"jit": {"associateLocalUser": True}}}, "provisioning.jit.associateLocalUser"),
    ],
)
def test_400_names_the_field_at_fault(world: World, changes: dict[str, Any], path: str) -> None:
    reply = world.create(**changes)
    assert (reply.status, path_of(reply)) == (400, path)
    assert world.call("GET", PROVIDERS).json["totalResults"] == 0


def test_409_for_a_name_that_is_taken_and_400_for_another_name(world: World) -> None:
    world.create()
    assert world.create(name="CORP").status == 409
    assert path_of(world.call("PUT", f"{PROVIDERS}/{ID}", described(name="Other"))) == "name"


def test_204_and_the_provider_is_gone(world: World) -> None:
    world.create()
    assert world.call("DELETE", f"{PROVIDERS}/{ID}").status == 204
    assert world.call("GET", f"{PROVIDERS}/{ID}").status == 404


def test_200_tells_which_settings_there_are(world: World) -> None:
    kinds = {
        each["authenticatorId"]: each for each in world.call("GET", f"{PROVIDERS}/meta/federated-authenticators").json
    }
    assert set(kinds) == {OIDC, SAML}
    mandatory = {each["key"] for each in kinds[OIDC]["properties"] if each["isMandatory"]}
    assert mandatory == set(SETTINGS) - {"ClientSecret"}


@pytest.mark.parametrize("by", ["mary", "carol", None])
def test_401_for_who_is_no_administrator(world: World, by: str | None) -> None:
    world.create()
    for method, path, body in (
        ("GET", PROVIDERS, None),
        ("POST", PROVIDERS, described()),
        ("GET", f"{PROVIDERS}/{ID}", None),
        ("PUT", f"{PROVIDERS}/{ID}", described()),
        ("DELETE", f"{PROVIDERS}/{ID}", None),
    ):
        assert world.call(method, path, body, by=by).status == 401


def test_404_for_a_provider_of_another_tenant_as_for_none_at_all(world: World) -> None:
    world.create()
    theirs = "admin@example.com"
    hidden = world.call("GET", f"{PROVIDERS}/{ID}", by=theirs)
    assert (hidden.status, hidden.text) == (404, world.call("GET", f"{PROVIDERS}/{'x' * 36}", by=theirs).text)
    assert world.create(by=theirs).status == 201
