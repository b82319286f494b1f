"""A certified OpenID Provider as key manager, from finding it out to its removal: keys are made there, tokens open our APIs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, unique
from tests.oidc_provider import AUDIENCE, OPAQUE_AUDIENCE, REGISTRATION_TOKEN, OidcProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

KEY_MANAGERS = f"{ADMINISTRATION}/key-managers"
EVERYBODYS = f"{ADMINISTRATION}/global-key-managers"


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    yield provider
    provider.stop()


class Theirs:
    """The provider as a key manager that was found out, and an application with keys that were made there."""

    def __init__(self, house: House, provider: OidcProvider, path: str = KEY_MANAGERS) -> None:
        self.house, self.provider, self.path = house, provider, path
        self.api_id = house.publish({"verb": "GET", "target": "/echo"})
        self.base = house.base_path(self.api_id)
        self.document = {**self.discovered(), "name": unique("Theirs"), "alias": AUDIENCE}
        self.document["consumerKeyClaim"] = "client_id"
        self.id = str(house.made("POST", path, json=self.document)["id"])
        self.application_id = house.application()
        house.subscribe(self.application_id, self.api_id)
        self.key = self.generate()

    def discovered(self) -> dict[str, Any]:
        form = {"url": (None, self.provider.discovery_url), "type": (None, "OIDC")}
        found = self.house.made("POST", f"{KEY_MANAGERS}/discover", files=form)
        assert found["valid"] is True
        # The provider says who may register: nobody without the initial access token. Introspection wants a client's proof.
        asking = self.provider.register(client_name="gateway")
        proof = {"client_id": asking["client_id"], "client_secret": asking["client_secret"]}
        return {**found["value"], "additionalProperties": {"initial_access_token": REGISTRATION_TOKEN, **proof}}

    def generate(self, kind: str = "PRODUCTION") -> dict[str, Any]:
        body = {
            "keyType": kind,
            "keyManager": self.document["name"],
            "grantTypesToBeSupported": ["client_credentials", "authorization_code"],
            "callbackUrl": "https://app.example/callback",
        }
        return dict(self.house.made("POST", f"{self.application}/generate-keys", json=body))

    @property
    def application(self) -> str:
        return f"{DEVPORTAL}/applications/{self.application_id}"

    @property
    def client(self) -> dict[str, Any]:
        return {"client_id": self.key["consumerKey"], "client_secret": self.key["consumerSecret"]}

    def at(self, path: str = "") -> str:
        return f"{self.application}/oauth-keys/{self.key['keyMappingId']}{path}"

    def call(self, token: str) -> tuple[int, str]:
        return outcome(self.house.gateway(f"{self.base}/echo", token))

    def update(self, **changes: Any) -> None:
        self.document |= changes
        self.house.made("PUT", f"{self.path}/{self.id}", json=self.document)
        time.sleep(MAX_STALENESS_SECONDS + 1)

    def remove(self) -> None:
        self.house.made("DELETE", self.application)
        self.house.made("DELETE", f"{PUBLISHER}/apis/{self.api_id}")
        self.house.made("DELETE", f"{self.path}/{self.id}")


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json().get("code", ""))


@pytest.fixture
def theirs(house: House, provider: OidcProvider) -> Iterator[Theirs]:
    theirs = Theirs(house, provider)
    yield theirs
    theirs.remove()


def test_keys_made_at_the_provider_open_the_api_with_tokens_from_there(theirs: Theirs) -> None:
    token = theirs.provider.access_token(theirs.client)
    assert theirs.call(token) == (200, "")
    assert theirs.call(theirs.key["token"]["accessToken"]) == (200, ""), "the first token came with the keys"
    opaque = theirs.provider.access_token(theirs.client, resource=OPAQUE_AUDIENCE)
    assert theirs.call(opaque) == (401, "900901"), "it is for another audience"
    stranger = theirs.provider.register()
    assert theirs.call(theirs.provider.access_token(stranger)) == (403, "900908"), (
        "the client stands for no application"
    )


def test_a_user_s_token_opens_the_api_too(theirs: Theirs) -> None:
    given = theirs.provider.log_in(theirs.client, "mary", redirect_uri="https://app.example/callback")
    assert theirs.call(given["access_token"]) == (200, "")
    assert theirs.call(given["id_token"]) == (401, "900901"), "an id token is no access token"


def test_an_opaque_token_is_introspected_where_its_audience_is_taken(theirs: Theirs) -> None:
    theirs.update(alias=OPAQUE_AUDIENCE)
    opaque = theirs.provider.access_token(theirs.client, resource=OPAQUE_AUDIENCE)
    assert theirs.call(opaque) == (200, "")
    assert theirs.call("no-such-token") == (401, "900901")


def test_a_disabled_key_manager_opens_nothing_and_makes_no_keys(theirs: Theirs) -> None:
    token = theirs.provider.access_token(theirs.client)
    assert theirs.call(token) == (200, "")
    theirs.update(enabled=False)
    assert theirs.call(token) == (401, "900901")
    body = {
        "keyType": "SANDBOX",
        "keyManager": theirs.document["name"],
        "grantTypesToBeSupported": ["client_credentials"],
    }
    refused = theirs.house.management("POST", f"{theirs.application}/generate-keys", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 901406)
    theirs.update(enabled=True)
    assert theirs.call(token) == (200, "")


def test_tokens_that_are_there_to_be_exchanged_open_nothing_by_themselves(theirs: Theirs) -> None:
    token = theirs.provider.access_token(theirs.client)
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    house = theirs.house
    ours = house.made(
        "POST",
        f"{theirs.application}/generate-keys",
        json={"keyType": "PRODUCTION", "grantTypesToBeSupported": [exchange]},
    )
    by, kind = (ours["consumerKey"], ours["consumerSecret"]), "urn:ietf:params:oauth:token-type:access_token"
    form = {"grant_type": exchange, "subject_token": token, "subject_token_type": kind}
    refused = house.management("POST", "/oauth2/token", by=by, data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), (
        "its tokens are not for exchange yet"
    )

    theirs.update(tokenType="EXCHANGED")
    assert theirs.call(token) == (401, "900901")
    exchanged = house.made("POST", "/oauth2/token", by=by, data=form)["access_token"]
    assert theirs.call(exchanged) == (200, "")
    theirs.update(tokenType="BOTH")
    assert theirs.call(token) == (200, "")
    house.made("POST", "/oauth2/token", by=by, data=form)


def test_an_api_that_names_its_key_managers_takes_no_other_s_tokens(theirs: Theirs) -> None:
    house, token = theirs.house, theirs.provider.access_token(theirs.client)
    api = house.made("GET", f"{PUBLISHER}/apis/{theirs.api_id}")
    for named, expected in ((["Resident Key Manager"], (401, "900901")), ([theirs.document["name"]], (200, ""))):
        api = house.made("PUT", f"{PUBLISHER}/apis/{theirs.api_id}", json={**api, "keyManagers": named})
        house.deploy(theirs.api_id)
        time.sleep(MAX_STALENESS_SECONDS + 1)
        assert theirs.call(token) == expected


def test_a_client_is_changed_and_tokens_are_got_through_the_store(theirs: Theirs) -> None:
    house = theirs.house
    for number in range(2):
        body = {
            "supportedGrantTypes": ["client_credentials", "authorization_code"],
            "callbackUrl": f"https://app.example/{number}",
        }
        house.made("PUT", theirs.at(), json=body)
    given = theirs.provider.log_in(theirs.client, "mary", redirect_uri="https://app.example/1")
    assert theirs.call(given["access_token"]) == (200, "")
    secret = {"consumerSecret": theirs.key["consumerSecret"]}
    token = house.made("POST", theirs.at("/generate-token"), json=secret)["accessToken"]
    assert theirs.call(token) == (200, "")
    wrong = house.management("POST", theirs.at("/generate-token"), json={"consumerSecret": "wrong"})
    assert (wrong.status_code, "consumerSecret" in wrong.text) == (400, True)
    refused = house.management("PUT", theirs.at(), json={**body, "callbackUrl": "not an address"})
    assert (refused.status_code, refused.json()["code"]) == (400, 902003)
    assert "invalid_redirect_uri" in refused.json()["description"]


def test_what_is_deleted_here_is_gone_there(theirs: Theirs) -> None:
    production, client = theirs.key, theirs.client
    theirs.key = theirs.generate("SANDBOX")
    sandbox = theirs.client
    token = theirs.provider.access_token(client)
    theirs.key = production
    theirs.house.made("DELETE", theirs.at())
    assert theirs.provider.token(client).status_code == 401
    assert theirs.provider.token(sandbox).status_code == 200
    time.sleep(MAX_STALENESS_SECONDS + 1)
    assert theirs.call(token) == (403, "900908")
    theirs.house.made("DELETE", theirs.application)
    assert theirs.provider.token(sandbox).status_code == 401
    theirs.application_id = theirs.house.application()


def test_a_key_manager_of_all_tenants_is_made_by_the_super_tenant_and_opens_its_apis(
    house: House, provider: OidcProvider
) -> None:
    theirs = Theirs(house, provider, EVERYBODYS)
    assert theirs.call(provider.access_token(theirs.client)) == (200, "")
    listed = {one["name"]: one for one in house.made("GET", KEY_MANAGERS)["list"]}
    assert listed[theirs.document["name"]]["isGlobal"] is True
    theirs.remove()
