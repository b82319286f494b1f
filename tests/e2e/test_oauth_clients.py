"""Client libraries that others have written, against the running key manager: Authlib's and oauthlib's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from requests_oauthlib import OAuth2Session

from local.stack import ADMIN
from tests.house import unique
from tests.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.stack import LocalStack
    from tests.house import House

CALLBACK = "https://app.example/callback"
GRANTS = "authorization_code client_credentials password refresh_token"


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
