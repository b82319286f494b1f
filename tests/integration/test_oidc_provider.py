"""The OpenID Provider that other tests rely on does what they take it to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from tests.oidc_provider import AUDIENCE, OPAQUE_AUDIENCE, OidcProvider

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    yield provider
    provider.stop()


def test_a_registered_client_gets_a_jwt_for_the_audience_by_its_credentials(provider: OidcProvider) -> None:
    client = provider.register()
    token = provider.access_token(client, scope="order")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (provider.issuer, AUDIENCE, client["client_id"])
    assert (claims["azp"], claims["scope"]) == (client["client_id"], "order")


def test_an_opaque_token_is_introspected(provider: OidcProvider) -> None:
    client = provider.register()
    token = provider.access_token(client, resource=OPAQUE_AUDIENCE)
    assert "." not in token
    by = (client["client_id"], client["client_secret"])
    answer = provider.http.post(provider.metadata["introspection_endpoint"], data={"token": token}, auth=by).json()
    assert (answer["active"], answer["client_id"], answer["aud"]) == (True, client["client_id"], OPAQUE_AUDIENCE)


def test_somebody_logs_in_and_the_id_token_says_who(provider: OidcProvider) -> None:
    client = provider.register()
    given = provider.log_in(client, "mary", scope="openid profile email order")
    claims = jwt.decode(given["id_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["email"], claims["groups"]) == ("mary", "mary@example.com", ["cooks", "waiters"])
    assert jwt.decode(given["access_token"], options={"verify_signature": False})["sub"] == "mary"


def test_nobody_registers_without_the_initial_access_token(provider: OidcProvider) -> None:
    answer = provider.http.post(
        provider.metadata["registration_endpoint"], json={"redirect_uris": ["https://a.example"]}
    )
    assert answer.status_code == 401


def test_a_deleted_client_gets_nothing_any_more(provider: OidcProvider) -> None:
    client = provider.register()
    headers = {"Authorization": f"Bearer {client['registration_access_token']}"}
    assert provider.http.delete(client["registration_client_uri"], headers=headers).status_code == 204
    assert provider.token(client).status_code == 401
