"""What the gateway turns away, and what never reaches a backend."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gatehouse.domain.tokens.token import LEEWAY_SECONDS
from tests.forgery import hs256_with_the_public_key
from tests.house import DEVPORTAL, PUBLISHER, House, unique

if TYPE_CHECKING:
    from collections.abc import Callable


class Served:
    """An API with a customer; `call` answers the status and the code."""

    def __init__(self, house: House, **properties: Any) -> None:
        self.house = house
        self.scope = unique("order")
        operations = (
            {"verb": "GET", "target": "/echo"},
            {"verb": "GET", "target": "/menu", "authType": "None"},
            {"verb": "POST", "target": "/echo", "scopes": [self.scope]},
        )
        scope = {"scope": {"name": self.scope, "displayName": "Order", "bindings": []}, "shared": False}
        self.api_id = house.publish(*operations, scopes=[scope], **properties)
        self.base = house.base_path(self.api_id)
        self.application_id = house.application()
        house.subscribe(self.application_id, self.api_id)
        self.keys = house.keys(self.application_id)
        self.token = house.token(self.keys)

    def call(self, token: str | None = None, path: str = "/echo", method: str = "GET") -> tuple[int, str]:
        answer = self.house.gateway(self.base + path, token, method=method)
        return answer.status_code, str(answer.json().get("code", "")) if not answer.is_success else ""

    def forged(self, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        """A token like the customer's, down to the key's name, signed by somebody else."""
        known = jwt.decode(self.token, options={"verify_signature": False})
        kid = jwt.get_unverified_header(self.token)["kid"]
        return jwt.encode({**known, **claims}, key, algorithm=algorithm, headers={"kid": kid})

    def published_key(self) -> Any:
        jwks = jwt.PyJWKSet.from_dict(self.house.made("GET", "/oauth2/jwks", by=None))
        return jwks[jwt.get_unverified_header(self.token)["kid"]].key


@pytest.fixture(scope="module")
def served(house: House) -> Served:
    return Served(house)


def signed_by_a_stranger(served: Served) -> str:
    return served.forged(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def signed_with_the_public_key(served: Served) -> str:
    header = jwt.get_unverified_header(served.token)
    claims = jwt.decode(served.token, options={"verify_signature": False})
    return hs256_with_the_public_key(claims, header["kid"], served.published_key())


FOREIGN: dict[str, Callable[[Served], str]] = {
    "a stranger's signature": signed_by_a_stranger,
    "HS256": signed_with_the_public_key,
    "alg=none": lambda served: served.forged(None, "none"),
    "a changed signature": lambda served: served.token[:-8] + "AAAAAAAA",
    "not a token": lambda _: "opaque",
}


@pytest.mark.parametrize("token", FOREIGN.values(), ids=FOREIGN)
def test_401_for_a_token_that_is_not_ours(served: Served, token: Callable[[Served], str]) -> None:
    assert served.call(token(served)) == (401, "900901")


def test_401_without_a_token_says_which_header_is_missing(served: Served) -> None:
    answer = served.house.gateway(f"{served.base}/echo")
    assert (answer.status_code, answer.json()["code"]) == (401, "900902")
    assert "Authorization : Bearer" in answer.json()["description"]
    assert "www-authenticate" in answer.headers


def test_401_when_the_token_has_expired(served: Served) -> None:
    path = f"{DEVPORTAL}/applications/{served.application_id}/keys/PRODUCTION/generate-token"
    wanted = {"consumerSecret": served.keys.secret, "validityPeriod": 1}
    token = served.house.made("POST", path, json=wanted)["accessToken"]
    assert served.call(token) == (200, "")
    time.sleep(1 + LEEWAY_SECONDS)
    assert served.call(token) == (401, "900903")


def test_403_for_another_audience(house: House) -> None:
    served = Served(house, audiences=["https://somewhere.example"])
    assert served.call(served.token) == (403, "900914")


def test_403_without_a_subscription(served: Served) -> None:
    stranger = served.house.token(served.house.keys(served.house.application()))
    assert served.call(stranger) == (403, "900908")


def test_403_without_the_operation_s_scope(served: Served) -> None:
    assert served.call(served.token, method="POST") == (403, "900910")
    # The scope is bound to no role, so everybody may have it who asks for it.
    assert served.call(served.house.token(served.keys, served.scope), method="POST") == (200, "")


def test_403_for_a_sandbox_key_where_there_is_no_sandbox(house: House) -> None:
    production = {"endpoint_type": "http", "production_endpoints": {"url": house.ports.backend_url}}
    api_id = house.publish(endpointConfig=production)
    token = house.customer(api_id, kind="SANDBOX")
    answer = house.gateway(f"{house.base_path(api_id)}/menu", token)
    assert (answer.status_code, answer.json()["code"]) == (403, "900901")


def test_404_and_405_for_what_the_api_does_not_have(served: Served) -> None:
    assert served.call(served.token, "/nothing") == (404, "404")
    assert served.call(served.token, "/menu", "DELETE") == (405, "405")
    assert served.house.gateway("/nobody/1.0.0/menu").status_code == 404


def test_an_operation_without_security_needs_no_token(served: Served) -> None:
    assert served.call(None, "/menu") == (200, "")


def test_the_backend_sees_neither_the_token_nor_headers_that_pretend_to_be_ours(served: Served) -> None:
    identity = {"X-JWT-Assertion": "forged", "Internal-Key": "forged", "ApiKey": "forged", "X-Custom": "kept"}
    answer = served.house.gateway(f"{served.base}/echo", served.token, headers=identity, params={"size": "2"})
    seen = answer.json()
    assert seen["path"] == "/echo?size=2"
    assert seen["headers"]["x-custom"] == "kept"
    assert "authorization" not in seen["headers"]
    assert not {name.lower() for name in identity} & set(seen["headers"]) - {"x-custom"}
    assert served.token not in answer.text


def test_an_api_without_endpoints_is_not_deployed(house: House) -> None:
    api_id = house.design(endpointConfig=None)
    revision = house.made("POST", f"{PUBLISHER}/apis/{api_id}/revisions", json={})
    answer = house.management(
        "POST",
        f"{PUBLISHER}/apis/{api_id}/deploy-revision",
        params={"revisionId": revision["id"]},
        json=[{"name": "Default", "vhost": "localhost"}],
    )
    assert answer.status_code == 400, answer.text
    assert "endpoint" in answer.json()["description"].lower()
