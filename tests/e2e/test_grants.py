"""Grants and tokens that most clients have no use for, and the end of a session, through the front doors."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from local.stack import ADMIN
from tests.house import ADMINISTRATION, MAX_STALENESS_SECONDS, PUBLISHER, House, configured, unique
from tests.people import Person
from tests.worlds import saml

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

CALLBACK = "https://app.example/callback"
SAML2_BEARER = "urn:ietf:params:oauth:grant-type:saml2-bearer"
CODE_GRANTS = "authorization_code refresh_token"


@pytest.fixture
def person(house: House) -> Iterator[Person]:
    living = Person(house)
    yield living
    living.close()


def register(house: House, grants: str, **metadata: Any) -> dict[str, Any]:
    """A client by RFC 7591; `by` is what it proves itself with."""
    body = {"client_name": unique("app"), "grant_types": grants.split(), "redirect_uris": [CALLBACK], **metadata}
    made: dict[str, Any] = house.made("POST", "/api/identity/oauth2/dcr/v1.1/register", json=body)
    return {**made, "by": (made["client_id"], made["client_secret"])}


def authorize(house: House, person: Person, client: dict[str, Any], **parameters: str) -> dict[str, str]:
    asked = {"client_id": client["client_id"], "redirect_uri": CALLBACK, "scope": "openid", "state": "s", **parameters}
    parts = urlsplit(person.authorize(f"{house.ports.management_url}/oauth2/authorize?{urlencode(asked)}"))
    return dict(parse_qsl(parts.fragment or parts.query))


def tokens(house: House, client: dict[str, Any], **form: str) -> httpx.Response:
    return house.management("POST", "/oauth2/token", by=client["by"], data=form)


def at_gateway(house: House, base: str, token: str) -> tuple[int, str]:
    answer = house.gateway(f"{base}/menu", token)
    return answer.status_code, str(answer.json().get("code", "")) if not answer.is_success else ""


def within_the_bound(house: House, base: str, token: str, expected: tuple[int, str]) -> None:
    deadline = time.monotonic() + MAX_STALENESS_SECONDS + 1
    while at_gateway(house, base, token) != expected:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_saml_assertion_is_exchanged_for_a_token_once(house: House) -> None:
    endpoint = f"{house.ports.management_url}/oauth2/token"
    issuer, name = f"https://{unique('idp')}.example", unique("Theirs")
    document = {
        "name": name,
        "type": "custom",
        "issuer": issuer,
        "certificates": {"type": "PEM", "value": saml.certificate().public_bytes(Encoding.PEM).decode()},
        "tokenType": "EXCHANGED",
    }
    known = house.made("POST", f"{ADMINISTRATION}/key-managers", json=document)
    client = register(house, SAML2_BEARER)
    text = saml.signed(saml.assertion(time.time(), endpoint, issuer=issuer, id=f"_{unique('a')}"))
    shown = base64.urlsafe_b64encode(text).decode().rstrip("=")
    issued = tokens(house, client, grant_type=SAML2_BEARER, assertion=shown)
    assert issued.status_code == 200, issued.text
    said = jwt.decode(issued.json()["access_token"], options={"verify_signature": False})
    assert said["sub"] == f"{name}/mary@carbon.super"
    again = tokens(house, client, grant_type=SAML2_BEARER, assertion=shown)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    house.made("DELETE", f"{ADMINISTRATION}/key-managers/{known['id']}")


def test_tokens_go_through_the_browser_only_where_the_stage_says_so(house: House, person: Person) -> None:
    client = register(house, "implicit")
    wanted = {"response_type": "id_token token", "nonce": "n"}
    assert authorize(house, person, client, **wanted)["error"] == "unsupported_response_type"
    with configured(house, "key_manager", implicit_allowed="true"):
        answer = authorize(house, person, client, **wanted)
    said = jwt.decode(answer["id_token"], options={"verify_signature": False})
    assert (said["nonce"], said["sub"]) == ("n", f"{ADMIN[0]}@carbon.super")
    userinfo = house.management("GET", "/oauth2/userinfo", by=None, headers=bearer(answer["access_token"]))
    assert userinfo.json()["sub"] == said["sub"]


def test_an_opaque_token_says_nothing_and_is_good_until_it_is_revoked(house: House) -> None:
    base = house.base_path(house.publish())
    client = register(house, "password", ext_token_type="Default")
    login = {"username": ADMIN[0], "password": ADMIN[1], "scope": "apim:api_view"}
    token = tokens(house, client, grant_type="password", **login).json()["access_token"]
    assert "." not in token
    assert house.management("GET", f"{PUBLISHER}/apis", by=None, headers=bearer(token)).status_code == 200
    said = house.made("POST", "/oauth2/introspect", by=client["by"], data={"token": token})
    assert (said["active"], said["client_id"]) == (True, client["client_id"])
    assert at_gateway(house, base, token) == (403, "900908"), "known, and of no application"
    house.management("POST", "/oauth2/revoke", by=client["by"], data={"token": token})
    assert house.made("POST", "/oauth2/introspect", by=client["by"], data={"token": token}) == {"active": False}
    within_the_bound(house, base, token, (401, "900901"))


def test_a_token_signed_with_es256_is_as_good(house: House) -> None:
    base = house.base_path(house.publish())
    client = register(house, "client_credentials", id_token_signed_response_alg="ES256")
    token = tokens(house, client, grant_type="client_credentials").json()["access_token"]
    header = jwt.get_unverified_header(token)
    keys = {key["kid"]: key for key in house.management("GET", "/oauth2/jwks", by=None).json()["keys"]}
    assert (header["alg"], keys[header["kid"]]["kty"]) == ("ES256", "EC")
    jwt.decode(token, jwt.PyJWK(keys[header["kid"]]), algorithms=["ES256"], audience=client["client_id"])
    assert at_gateway(house, base, token) == (403, "900908"), "known, and of no application"


def test_signing_out_ends_what_came_from_the_session_and_not_what_was_allowed_for_later(
    house: House, person: Person
) -> None:
    base = house.base_path(house.publish())
    client = register(house, CODE_GRANTS)
    session, later = (redeemed(house, person, client, scope) for scope in ("openid", "openid offline_access"))
    assert at_gateway(house, base, session["access_token"]) == (403, "900908")
    left = person.open(f"{house.ports.management_url}/oidc/logout?{urlencode({'id_token_hint': session['id_token']})}")
    assert "You are signed out" in left.text
    within_the_bound(house, base, session["access_token"], (401, "900901"))
    assert at_gateway(house, base, later["access_token"]) == (403, "900908")
    refused = tokens(house, client, grant_type="refresh_token", refresh_token=session["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert tokens(house, client, grant_type="refresh_token", refresh_token=later["refresh_token"]).status_code == 200


def redeemed(house: House, person: Person, client: dict[str, Any], scope: str) -> dict[str, Any]:
    told = authorize(house, person, client, response_type="code", scope=scope)
    answer = tokens(house, client, grant_type="authorization_code", code=told["code"], redirect_uri=CALLBACK)
    assert answer.status_code == 200, answer.text
    issued: dict[str, Any] = answer.json()
    return issued


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
