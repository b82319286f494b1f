"""Tokens of somebody else's key manager, from its registration to its removal, with a real one on loopback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.credentials.issuer_keys import REFETCH_SECONDS
from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, error, unique
from tests.worlds.issuers import IssuerServer, claims, jwk, rsa_key, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_MANAGERS = f"{ADMINISTRATION}/key-managers"


class Theirs:
    """An external key manager with a client that stands for an application; `call` answers the status and the code."""

    def __init__(self, house: House, server: IssuerServer) -> None:
        self.house, self.server = house, server
        self.issuer, self.client, self.scope = f"https://{unique('idp')}.example", unique("client"), unique("order")
        scope = {"scope": {"name": self.scope, "displayName": "Order", "bindings": []}, "shared": False}
        operations = (
            {"verb": "GET", "target": "/echo"},
            {"verb": "POST", "target": "/echo", "scopes": [self.scope]},
        )
        self.api_id = house.publish(*operations, scopes=[scope])
        self.base = house.base_path(self.api_id)
        self.name = unique("Theirs")
        self.id = str(house.made("POST", KEY_MANAGERS, json=self.document())["id"])
        self.application_id = house.application()
        house.subscribe(self.application_id, self.api_id)
        self.key = self.map()

    def document(self, **changes: Any) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": "custom",
            "issuer": self.issuer,
            "alias": "menu",
            "certificates": {"type": "JWKS", "value": f"{self.server.url}/jwks"},
            "introspectionEndpoint": f"{self.server.url}/introspect",
            "additionalProperties": {"Username": "gateway", "Password": "open sesame"},
            "enableMapOAuthConsumerApps": True,
            **changes,
        }

    def map(self) -> dict[str, Any]:
        body = {"consumerKey": self.client, "keyManager": self.name, "keyType": "PRODUCTION"}
        path = f"{DEVPORTAL}/applications/{self.application_id}/map-keys"
        return dict(self.house.made("POST", path, json=body))

    def token(self, key: Any = None, *, kid: str = "their-key", **changes: Any) -> str:
        known = {"iss": self.issuer, "aud": "menu", "azp": self.client, "scope": self.scope}
        return signed(claims(time.time(), **{**known, **changes}), key, kid=kid)

    def call(self, token: str, method: str = "GET") -> tuple[int, str]:
        answer = self.house.gateway(f"{self.base}/echo", token, method=method)
        return answer.status_code, str(answer.json().get("code", "")) if not answer.is_success else ""

    def update(self, **changes: Any) -> None:
        self.house.made("PUT", f"{KEY_MANAGERS}/{self.id}", json=self.document(**changes))
        time.sleep(MAX_STALENESS_SECONDS + 1)

    def remove(self) -> None:
        self.house.made("DELETE", f"{DEVPORTAL}/applications/{self.application_id}")
        self.house.made("DELETE", f"{KEY_MANAGERS}/{self.id}")


@pytest.fixture(scope="module")
def server() -> Iterator[IssuerServer]:
    server = IssuerServer()
    yield server
    server.close()


@pytest.fixture
def theirs(house: House, server: IssuerServer) -> Iterator[Theirs]:
    server.jwks, server.answer = {"keys": [jwk(rsa_key())]}, None
    theirs = Theirs(house, server)
    yield theirs
    theirs.remove()


def test_a_token_of_theirs_opens_what_its_application_is_subscribed_to(theirs: Theirs) -> None:
    token = theirs.token()
    assert theirs.call(token) == (200, "")
    assert theirs.call(token, "POST") == (200, "")
    assert theirs.call(theirs.token(scope="read"), "POST") == (403, "900910")
    assert theirs.call(theirs.token(azp="another-client")) == (403, "900908")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://nobody.example"}, "900901"),
        ({"aud": "elsewhere"}, "900901"),
        ({"azp": None}, "900901"),
        ({"exp": None}, "900901"),
        ({"nbf": 4_000_000_000}, "900904"),
    ],
)
def test_401_for_a_token_that_says_the_wrong_thing(theirs: Theirs, change: dict[str, Any], code: str) -> None:
    assert theirs.call(theirs.token(**change)) == (401, code)


def test_401_for_a_stranger_s_signature_and_an_expired_token(theirs: Theirs) -> None:
    assert theirs.call(theirs.token(rsa_key("stranger"))) == (401, "900901")
    assert theirs.call(theirs.token(exp=int(time.time()) - 60)) == (401, "900903")


def test_an_opaque_token_is_asked_for(theirs: Theirs) -> None:
    known, unknown = unique("opaque"), unique("opaque")
    theirs.server.active[known] = {
        "active": True,
        "client_id": theirs.client,
        "scope": theirs.scope,
        "aud": "menu",
        "exp": int(time.time()) + 60,
    }
    assert theirs.call(known, "POST") == (200, "")
    assert theirs.call(unknown) == (401, "900901")


def test_a_rotated_key_is_found(theirs: Theirs) -> None:
    assert theirs.call(theirs.token()) == (200, "")
    theirs.server.jwks = {"keys": [jwk(rsa_key()), jwk(rsa_key("rotated"), "rotated")]}
    time.sleep(REFETCH_SECONDS + 1)
    assert theirs.call(theirs.token(rsa_key("rotated"), kid="rotated")) == (200, "")


def test_an_api_takes_only_the_key_managers_that_it_names(theirs: Theirs) -> None:
    house = theirs.house
    api = house.made("GET", f"{PUBLISHER}/apis/{theirs.api_id}")
    house.made("PUT", f"{PUBLISHER}/apis/{theirs.api_id}", json={**api, "keyManagers": ["Resident Key Manager"]})
    house.deploy(theirs.api_id)
    time.sleep(MAX_STALENESS_SECONDS + 1)
    assert theirs.call(theirs.token()) == (401, "900901")
    assert theirs.call(house.token(house.keys(theirs.application_id))) == (200, "")


def test_a_disabled_key_manager_opens_nothing_any_more(theirs: Theirs) -> None:
    token = theirs.token()
    assert theirs.call(token) == (200, "")
    theirs.update(enabled=False)
    assert theirs.call(token) == (401, "900901")


def test_a_removed_mapping_opens_nothing_any_more(theirs: Theirs) -> None:
    token = theirs.token()
    assert theirs.call(token) == (200, "")
    path = f"{DEVPORTAL}/applications/{theirs.application_id}/oauth-keys/{theirs.key['keyMappingId']}"
    theirs.house.made("DELETE", path)
    time.sleep(MAX_STALENESS_SECONDS + 1)
    assert theirs.call(token) == (403, "900908")
    theirs.map()
    assert theirs.call(token) == (200, "")


def test_its_secrets_are_not_shown_and_it_is_not_deleted_while_in_use(theirs: Theirs) -> None:
    path = f"{KEY_MANAGERS}/{theirs.id}"
    assert "open sesame" not in theirs.house.management("GET", path).text
    answer = theirs.house.management("DELETE", path)
    assert answer.status_code == 412, answer.text
    assert "keys" in error(answer)["description"]
