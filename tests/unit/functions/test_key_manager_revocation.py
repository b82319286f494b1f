"""Revocation and the public documents of the key manager, through its surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, claims_of, refused

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials
    from tests.callers import Reply


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


class TestRevocation:
    def revoke(self, world: KeyManagerWorld, client: ClientCredentials | None, token: str, **form: str) -> Reply:
        return world.post("/oauth2/revoke", {"token": token, **form}, client)

    def test_200_a_revoked_access_token_opens_nothing(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client).json["access_token"]
        epoch = world.artifacts.epoch(SUPER_TENANT).get("revocations", 0)
        reply = self.revoke(world, client, token, token_type_hint="access_token")
        assert (reply.status, reply.text) == (200, "")
        assert world.artifacts.epoch(SUPER_TENANT)["revocations"] == epoch + 1
        with pytest.raises(Unauthenticated):
            world.callers.identify({"authorization": f"Bearer {token}"})

    def test_the_revocation_outlives_the_token_and_no_more(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client).json["access_token"]
        self.revoke(world, client, token)
        key = revocation_key(SUPER_TENANT, RevocationKind.TOKEN, claims_of(token)["jti"])
        world.clock.advance(3605)
        assert world.artifacts.get([key]) != [None]
        world.clock.advance(1)
        assert world.artifacts.get([key]) == [None]

    def test_200_a_revoked_refresh_token_is_dead_and_so_is_its_access_token(self, world: KeyManagerWorld) -> None:
        client = world.client()
        issued = world.password(client).json
        assert self.revoke(world, client, issued["refresh_token"]).status == 200
        again = world.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])
        refused(again, 400, "invalid_grant")
        with pytest.raises(Unauthenticated):
            world.callers.identify({"authorization": f"Bearer {issued['access_token']}"})

    @pytest.mark.parametrize("token", ["unheard-of", "a.b.c", "x" * 5000])
    def test_200_what_is_no_token_is_no_error(self, world: KeyManagerWorld, token: str) -> None:
        assert self.revoke(world, world.client(), token).status == 200

    def test_200_an_expired_token_leaves_nothing_behind(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client).json["access_token"]
        world.clock.advance(4000)
        assert self.revoke(world, client, token).status == 200
        assert "revocations" not in world.artifacts.epoch(SUPER_TENANT)

    def test_400_another_clients_token_stays_alive(self, world: KeyManagerWorld) -> None:
        issued = world.password(world.client()).json
        other = world.client(name="another")
        refused(self.revoke(world, other, issued["access_token"]), 400, "unauthorized_client")
        refused(self.revoke(world, other, issued["refresh_token"]), 400, "unauthorized_client")
        assert world.callers.identify({"authorization": f"Bearer {issued['access_token']}"}).user == "admin"

    def test_400_without_a_token(self, world: KeyManagerWorld) -> None:
        refused(world.post("/oauth2/revoke", {}, world.client()), 400, "invalid_request")

    def test_401_without_a_client(self, world: KeyManagerWorld) -> None:
        refused(self.revoke(world, None, "x"), 401, "invalid_client")


class TestPublicDocuments:
    def test_the_keys_verify_what_was_signed(self, world: KeyManagerWorld) -> None:
        token = world.password(world.client()).json["access_token"]
        reply = world.send("GET", "/oauth2/jwks")
        assert reply.headers["Cache-Control"] == "public, max-age=600"
        keys = jwt.PyJWKSet.from_dict(reply.json)
        kid = jwt.get_unverified_header(token)["kid"]
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        assert jwt.decode(token, keys[kid], algorithms=["RS256"], options=options)["sub"] == "admin@carbon.super"

    def test_no_private_part_is_published(self, world: KeyManagerWorld) -> None:
        tokens, assertions = world.send("GET", "/oauth2/jwks").json["keys"]
        assert set(tokens) == set(assertions) == {"kty", "n", "e", "kid", "alg", "use"}

    def test_404_the_keys_of_an_unknown_tenant(self, world: KeyManagerWorld) -> None:
        assert world.send("GET", f"/t/{OTHER_TENANT}/oauth2/jwks").status == 200
        assert world.send("GET", "/t/unheard.of/oauth2/jwks").status == 404

    @pytest.mark.parametrize(
        ("path", "issuer"),
        [
            ("/.well-known/openid-configuration", "/oauth2/token"),
            ("/oauth2/token/.well-known/openid-configuration", "/oauth2/token"),
            (f"/t/{OTHER_TENANT}/oauth2/token/.well-known/openid-configuration", f"/t/{OTHER_TENANT}/oauth2/token"),
        ],
    )
    def test_the_configuration_says_where_the_endpoints_are(
        self, world: KeyManagerWorld, path: str, issuer: str
    ) -> None:
        document = world.send("GET", path).json
        assert document["issuer"] == document["token_endpoint"] == MANAGEMENT_URL + issuer
        jwks = document["jwks_uri"].removeprefix(MANAGEMENT_URL)
        assert world.send("GET", jwks).status == 200
        assert document["grant_types_supported"] == [
            "authorization_code",
            "client_credentials",
            "password",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:saml2-bearer",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ]
