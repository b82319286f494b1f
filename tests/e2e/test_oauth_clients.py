"""Client libraries that others have written, against the running key manager: Authlib's and oauthlib's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.discovery import OpenIDProviderMetadata
from idpyoidc.client.rp_handler import RPHandler
from joserfc import jwt
from joserfc.jwk import KeySet
from requests_oauthlib import OAuth2Session

from local.stack import ADMIN
from tests.house import ADMINISTRATION, unique
from tests.people import Person
from tests.worlds.issuers import IssuerServer, claims, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.stack import LocalStack
    from tests.house import House

CALLBACK = "https://app.example/callback"
URN = "urn:ietf:params:oauth:grant-type"
GRANTS = f"authorization_code client_credentials password refresh_token {URN}:device_code {URN}:jwt-bearer {URN}:token-exchange"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"


@pytest.fixture
def person(house: House) -> Iterator[Person]:
    living = Person(house)
    yield living
    living.close()


@pytest.fixture
def app(house: House) -> dict[str, Any]:
    wanted = {"clientName": unique("app"), "owner": ADMIN[0], "grantType": GRANTS, "callbackUrl": CALLBACK}
    registered: dict[str, Any] = house.made("POST", "/client-registration/v0.17/register", json=wanted)
    return registered


def at(house: House, endpoint: str) -> str:
    return f"{house.ports.management_url}/oauth2/{endpoint}"


class TestAuthlib:
    @pytest.fixture
    def client(self, house: House, app: dict[str, Any]) -> Iterator[OAuth2Client]:
        with OAuth2Client(
            app["clientId"],
            app["clientSecret"],
            redirect_uri=CALLBACK,
            scope="openid apim:subscribe",
            code_challenge_method="S256",
            token_endpoint=at(house, "token"),
            revocation_endpoint_auth_method="client_secret_basic",
            verify=house.trusted,
            timeout=40,
        ) as living:
            yield living

    def test_authorization_code_with_pkce_then_refresh_then_revoke(
        self, house: House, person: Person, client: OAuth2Client
    ) -> None:
        verifier = "v" * 64
        url, state = client.create_authorization_url(at(house, "authorize"), code_verifier=verifier)
        location = person.authorize(url)
        token = client.fetch_token(authorization_response=location, state=state, code_verifier=verifier)
        assert set(token) >= {"access_token", "refresh_token", "id_token"}
        renewed = client.refresh_token(at(house, "token"))
        assert renewed["refresh_token"] != token["refresh_token"]
        assert client.revoke_token(at(house, "revoke"), token=renewed["refresh_token"]).status_code == 200

    def test_password_and_client_credentials(self, client: OAuth2Client) -> None:
        assert client.fetch_token(username=ADMIN[0], password=ADMIN[1])["access_token"]
        assert client.fetch_token(grant_type="client_credentials")["access_token"]

    def test_a_device_is_connected_by_its_user(self, house: House, person: Person, client: OAuth2Client) -> None:
        by = (client.client_id, client.client_secret)
        made = house.made("POST", "/oauth2/device_authorize", by=by, data={"scope": "openid"})
        pending = house.management("POST", "/oauth2/token", by=by, data=self.device(made))
        assert pending.json()["error"] == "authorization_pending"
        assert "is connected" in person.connect(made["verification_uri_complete"])
        token = client.fetch_token(grant_type=f"{URN}:device_code", device_code=made["device_code"])
        assert token["id_token"]

    def device(self, made: dict[str, Any]) -> dict[str, str]:
        return {"grant_type": f"{URN}:device_code", "device_code": made["device_code"]}

    def test_tokens_of_a_key_manager_for_ours(self, house: House, client: OAuth2Client) -> None:
        server = IssuerServer()
        issuer, name = f"https://{unique('idp')}.example", unique("Theirs")
        document = {
            "name": name,
            "type": "custom",
            "issuer": issuer,
            "certificates": {"type": "JWKS", "value": f"{server.url}/jwks"},
            "tokenType": "EXCHANGED",
        }
        registered = house.made("POST", f"{ADMINISTRATION}/key-managers", json=document)
        try:
            theirs = [signed(claims(time.time(), iss=issuer, aud=at(house, "token"))) for _ in range(2)]
            exchanged = client.fetch_token(
                grant_type=f"{URN}:token-exchange", subject_token=theirs[0], subject_token_type=JWT_TYPE
            )
            assert exchanged["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
            assert client.fetch_token(grant_type=f"{URN}:jwt-bearer", assertion=theirs[1])["access_token"]
        finally:
            house.made("DELETE", f"{ADMINISTRATION}/key-managers/{registered['id']}")
            server.close()


class TestOauthlib:
    def test_authorization_code_with_pkce_and_refresh(
        self, house: House, stack: LocalStack, person: Person, app: dict[str, Any]
    ) -> None:
        session = OAuth2Session(app["clientId"], redirect_uri=CALLBACK, scope=["openid"], pkce="S256")
        session.verify = str(stack.certificates.ca)
        session.trust_env = False
        url, _ = session.authorization_url(at(house, "authorize"))
        location = person.authorize(url)
        token = session.fetch_token(
            at(house, "token"), authorization_response=location, client_secret=app["clientSecret"]
        )
        assert token["id_token"]
        renewed = session.refresh_token(at(house, "token"), auth=(app["clientId"], app["clientSecret"]))
        assert renewed["access_token"] != token["access_token"]


class TestRelyingParty:
    """idpyoidc: a relying party by its configuration alone."""

    # It never verifies the certificate of a key set on localhost, whatever it is told.
    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_it_finds_us_out_logs_in_and_believes_what_it_is_told(
        self,
        house: House,
        stack: LocalStack,
        person: Person,
        app: dict[str, Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)  # it keeps keys where it is started
        issuer = at(house, "token")
        configuration = {
            "issuer": issuer,
            "client_id": app["clientId"],
            "client_secret": app["clientSecret"],
            "client_type": "oidc",
            "redirect_uris": [CALLBACK],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email"],
            "add_ons": {
                "pkce": {
                    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                }
            },
        }
        party = RPHandler(
            base_url="https://app.example",
            client_configs={"gatehouse": configuration},
            httpc_params={"verify": str(stack.certificates.ca)},
        )
        location = person.authorize(party.begin("gatehouse"))
        told = party.finalize(issuer, dict(parse_qsl(urlsplit(location).query)))
        assert told["userinfo"]["sub"] == f"{ADMIN[0]}@carbon.super"
        assert told["id_token"]["iss"] == issuer


class TestDocuments:
    @pytest.mark.parametrize("path", ["/.well-known", "/oauth2/token/.well-known"])
    def test_discovery_and_keys_hold_for_a_third_party(self, house: House, app: dict[str, Any], path: str) -> None:
        document = house.made("GET", f"{path}/openid-configuration", by=None)
        OpenIDProviderMetadata(document).validate()
        keys = house.management("GET", "/oauth2/jwks", by=None)
        assert keys.headers["Cache-Control"] == "public, max-age=600"
        form = {"grant_type": "client_credentials"}
        token = house.made("POST", "/oauth2/token", by=(app["clientId"], app["clientSecret"]), data=form)
        known = jwt.decode(token["access_token"], KeySet.import_key_set(keys.json()), algorithms=["RS256"])
        assert known.claims["iss"] == document["issuer"]

    def test_a_client_registers_itself_by_its_metadata_and_goes_again(self, house: House) -> None:
        wanted = {"client_name": unique("self-made"), "redirect_uris": [CALLBACK]}
        made = house.made("POST", "/api/identity/oauth2/dcr/v1.1/register", json=wanted)
        where = made["registration_client_uri"].removeprefix(house.ports.management_url)
        headers = {"Authorization": f"Bearer {made['registration_access_token']}"}
        assert house.made("GET", where, by=None, headers=headers)["client_id"] == made["client_id"]
        assert house.management("DELETE", where, by=None, headers=headers).status_code == 204
        assert house.management("GET", where, by=None, headers=headers).status_code == 401
