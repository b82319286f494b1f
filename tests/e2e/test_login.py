"""Logging in through the front doors: lockout and unlock, a real directory as a user store, and a real OpenID Provider."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from gatehouse.domain.people.user_store import StoreType
from tests import slapd
from tests.house import DEVPORTAL, House, error, together, unique
from tests.oidc_provider import OidcProvider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.stack import LocalStack
    from tests.slapd import Slapd

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USERS, STORES, PROVIDERS = "/scim2/Users", "/api/server/v1/userstores", "/api/server/v1/identity-providers"
APPLICATIONS = f"{DEVPORTAL}/applications"
PASSWORD = "correct horse: bättery \U0001f511"
THRESHOLD = 5
CROWD = THRESHOLD + 2
"""Each needs an environment of its own, and one machine starts all of them."""
APP = "https://app.example/callback"


def register(house: House, grants: str = "password refresh_token") -> tuple[str, str]:
    """A client of the first admin's."""
    wanted = {"clientName": unique("app"), "owner": "admin", "grantType": grants, "callbackUrl": APP, "saasApp": True}
    client = house.made("POST", "/client-registration/v0.17/register", json=wanted)
    return client["clientId"], client["clientSecret"]


@pytest.fixture(scope="module")
def client(house: House) -> tuple[str, str]:
    return register(house)


class Person:
    """A subscriber of this test's own, and the three ways in which they log in."""

    def __init__(self, house: House, client: tuple[str, str]) -> None:
        self.house, self.client, self.name = house, client, unique("user")
        body = {"userName": self.name, "password": PASSWORD, "roles": [{"value": "Internal/subscriber"}]}
        self.id = house.made("POST", USERS, json=body)["id"]

    def basic(self, password: str = PASSWORD) -> int:
        return self.house.management("GET", APPLICATIONS, by=(self.name.encode(), password.encode())).status_code

    def grant(self, password: str = PASSWORD) -> httpx.Response:
        form = {"grant_type": "password", "username": self.name, "password": password, "scope": "apim:subscribe"}
        return self.house.management("POST", "/oauth2/token", by=self.client, data=form)

    def call(self, base_path: str, password: str = PASSWORD) -> int:
        pair = base64.b64encode(f"{self.name}:{password}".encode()).decode()
        return self.house.gateway(f"{base_path}/menu", headers={"Authorization": f"Basic {pair}"}).status_code

    def unlock(self) -> httpx.Response:
        operation = {"op": "replace", "path": f"{ENTERPRISE}:accountLocked", "value": False}
        body = {"schemas": [PATCH], "Operations": [operation]}
        return self.house.management("PATCH", f"{USERS}/{self.id}", json=body)


@pytest.fixture
def person(house: House, client: tuple[str, str]) -> Person:
    return Person(house, client)


@pytest.fixture(scope="module")
def base_path(house: House) -> str:
    """An API that takes passwords."""
    return house.base_path(house.publish(securityScheme=["basic_auth", "oauth_basic_auth_api_key_mandatory"]))


def test_an_account_is_locked_everywhere_after_failures_anywhere_and_an_administrator_unlocks_it(
    person: Person, base_path: str
) -> None:
    assert person.call(base_path, "guess 0") == 401
    assert [person.basic("guess 1"), person.basic("guess 2")] == [401, 401]
    assert [person.grant("guess 3").status_code, person.grant("guess 4").status_code] == [400, 400]
    refused = person.grant()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert refused.json()["error_description"] == f"Authentication failed for {person.name}"
    assert person.basic() == 401
    assert person.call(base_path) == 401
    shown = person.house.management("GET", f"{USERS}/{person.id}").json()
    assert shown[ENTERPRISE]["accountLocked"] is True
    assert person.unlock().status_code == 200
    assert (person.basic(), person.grant().status_code, person.call(base_path)) == (200, 200, 200)


def test_a_success_starts_the_count_anew(person: Person) -> None:
    for _ in range(2):
        assert {person.basic(f"guess {number}") for number in range(THRESHOLD - 1)} == {401}
        assert person.grant().status_code == 200


def test_many_guesses_at_once_lock_an_account_as_surely(person: Person) -> None:
    assert set(together(lambda: person.grant(secrets.token_hex(8)).status_code, CROWD)) <= {400, 429}
    assert person.grant().status_code == 400
    assert person.unlock().status_code == 200
    assert person.grant().status_code == 200


def test_many_machines_of_one_user_log_in_at_once(person: Person, base_path: str) -> None:
    assert set(together(lambda: person.call(base_path), CROWD)) == {200}
    assert set(together(person.basic, CROWD)) == {200}


@pytest.mark.skipif(bool(slapd.missing()), reason=slapd.missing() or "there is a directory")
class TestDirectory:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[Slapd]:
        with slapd.running(tmp_path / "slapd") as directory:
            yield directory

    def described(self, server: Slapd, name: str, **changes: str) -> dict[str, Any]:
        properties = {
            "ConnectionURL": server.url,
            "ConnectionName": slapd.READER,
            "ConnectionPassword": slapd.READER_PASSWORD,
            "UserSearchBase": slapd.PEOPLE,
            "GroupSearchBase": slapd.GROUPS,
            "RoleMapping": "staff=Internal/subscriber",
            **changes,
        }
        listed = [{"name": key, "value": value} for key, value in properties.items()]
        return {"typeId": StoreType.READ_ONLY.id, "name": name, "properties": listed}

    def test_its_users_log_in_until_it_is_down_and_nobody_else_notices(
        self, house: House, client: tuple[str, str], person: Person, base_path: str, server: Slapd
    ) -> None:
        domain = unique("corp").upper()
        wrong = self.described(server, domain, ConnectionPassword="guessed")
        assert house.made("POST", f"{STORES}/test-connection", json=wrong)["connection"] is False
        right = self.described(server, domain)
        assert house.made("POST", f"{STORES}/test-connection", json=right) == {"connection": True}
        assert slapd.READER_PASSWORD not in str(house.made("POST", STORES, json=right))

        mary = Person.__new__(Person)
        mary.house, mary.client, mary.name = house, client, f"{domain}/mary"
        granted = mary.grant(slapd.PASSWORD)
        assert granted.status_code == 200, granted.text
        token = granted.json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        assert house.management("GET", APPLICATIONS, by=None, headers=headers).status_code == 200
        assert (mary.basic(slapd.PASSWORD), mary.call(base_path, slapd.PASSWORD)) == (200, 200)
        assert (mary.basic("guessed"), mary.basic(""), mary.grant("guessed").status_code) == (401, 401, 400)

        listed = house.made("GET", USERS, params={"domain": domain})
        assert f"{domain}/mary" in [user["userName"] for user in listed["Resources"]]
        assert house.management("GET", USERS, params={"domain": "NOWHERE"}).status_code == 404

        server.stop()
        john = mary
        john.name = f"{domain}/john"
        down = house.management("GET", APPLICATIONS, by=(john.name, "password of john"))
        assert (down.status_code, domain in error(down)["description"]) == (503, True)
        assert john.grant("password of john").status_code == 503
        assert (person.basic(), person.grant().status_code) == (200, 200)


class Browser:
    """Follows redirects and links at the management front door, with cookies."""

    def __init__(self, stack: LocalStack, house: House) -> None:
        self.home = house.ports.management_url
        trusted = ssl.create_default_context(cafile=stack.certificates.ca)
        self.client = httpx.Client(verify=trusted, timeout=40, trust_env=False)

    def get(self, address: str) -> httpx.Response:
        return self.client.get(address if address.startswith("http") else f"{self.home}{address}")


@pytest.fixture
def browser(stack: LocalStack, house: House) -> Iterator[Browser]:
    one = Browser(stack, house)
    yield one
    one.client.close()


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    started = OidcProvider()
    yield started
    started.stop()


def test_a_user_of_another_provider_signs_in_and_gets_a_token(
    house: House, browser: Browser, provider: OidcProvider
) -> None:
    theirs = provider.register(
        redirect_uris=[f"{house.ports.management_url}/commonauth"], grant_types=["authorization_code"]
    )
    metadata = provider.metadata
    settings = {
        "ClientId": theirs["client_id"],
        "ClientSecret": theirs["client_secret"],
        "OAuth2AuthzEPUrl": metadata["authorization_endpoint"],
        "OAuth2TokenEPUrl": metadata["token_endpoint"],
        "UserInfoUrl": metadata["userinfo_endpoint"],
    }
    name = unique("Elsewhere")
    body = {
        "name": name,
        "idpIssuerName": provider.issuer,
        "certificate": {"jwksUri": metadata["jwks_uri"]},
        "roles": {"mappings": [{"idpRole": "cooks", "localRole": "Internal/subscriber"}]},
        "provisioning": {"jit": {"isEnabled": True}},
        "federatedAuthenticators": {
            "authenticators": [
                {
                    "authenticatorId": "T3BlbklEQ29ubmVjdEF1dGhlbnRpY2F0b3I",
                    "properties": [{"key": key, "value": value} for key, value in settings.items()],
                }
            ]
        },
    }
    identity = house.made("POST", PROVIDERS, json=body)["id"]
    ours = register(house, "authorization_code refresh_token")
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": ours[0],
        "redirect_uri": APP,
        "scope": "openid apim:subscribe",
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = browser.get(f"/oauth2/authorize?{urlencode(asked)}")
    (link,) = re.findall(rf'<a href="([^"]+)">Sign in with {name}</a>', page.text)
    away = browser.get(html.unescape(link))
    assert away.status_code == 302
    back = provider.visit(away.headers["location"], until=f"{house.ports.management_url}/commonauth")
    arrived = browser.get(back)
    assert arrived.status_code == 303, arrived.text
    consent = browser.get(arrived.headers["location"])
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', consent.text))
    form = {name: html.unescape(value) for name, value in fields.items()} | {"decision": "allow"}
    agreed = browser.client.post(str(consent.url), data=form)
    told = dict(parse_qsl(urlsplit(agreed.headers["location"]).query))
    grant = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": APP, "code_verifier": verifier}
    token = house.made("POST", "/oauth2/token", by=ours, data=grant)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert house.management("GET", APPLICATIONS, by=None, headers=headers).status_code == 200
    house.made("DELETE", f"{PROVIDERS}/{identity}")
    assert name not in browser.get(f"/oauth2/authorize?{urlencode({**asked, 'prompt': 'login'})}").text
