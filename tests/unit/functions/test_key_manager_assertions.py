"""Somebody else's word at the token endpoint: JWT bearer, SAML bearer, token exchange, and the implicit grant."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from gatehouse.domain.artifact import Artifact, issuer_key, scope_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import (
    IMPLICIT,
    JWT_BEARER,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
    ClientCredentials,
    ClientRules,
)
from tests.callers import OTHER_TENANT
from tests.worlds import issuers, saml
from tests.worlds.browser import CALLBACK, Browser, told
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, claims_of, refused
from tests.worlds.saml import signed

if TYPE_CHECKING:
    from tests.callers import Reply

ENDPOINT = f"{MANAGEMENT_URL}/oauth2/token"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
GRANTS = (JWT_BEARER, SAML2_BEARER, TOKEN_EXCHANGE)


@pytest.fixture
def world() -> KeyManagerWorld:
    found = KeyManagerWorld()
    trust(found, exchanged=True)
    found.issuers.sets[issuers.JWKS_URL] = [issuers.jwk(issuers.rsa_key())]
    return found


@pytest.fixture
def client(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(grant_types=GRANTS, rules=ClientRules(audiences=("https://orders.example",)))


def trust(world: KeyManagerWorld, tenant: str = SUPER_TENANT, **changes: Any) -> None:
    issuer = issuers.issuer(**changes)
    world.artifacts.publish([Artifact(issuer_key(tenant, issuer.issuer), issuer.to_body())])


def token(world: KeyManagerWorld, **changes: Any) -> str:
    return str(issuers.signed(issuers.claims(world.clock.now(), **{"aud": ENDPOINT, **changes})))


class TestTokenExchange:
    def exchange(self, world: KeyManagerWorld, client: ClientCredentials, theirs: str, **form: str) -> Reply:
        named = {"subject_token": theirs, "subject_token_type": JWT_TYPE}
        return world.token(client, grant_type=TOKEN_EXCHANGE, **{**named, **form})

    def test_200_theirs_for_ours(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        world.artifacts.publish([Artifact(scope_key(SUPER_TENANT, "pizza:read"), {"roles": []})])
        reply = self.exchange(world, client, token(world), scope="pizza:read")
        assert reply.json == {
            "access_token": reply.json["access_token"],
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "pizza:read",
        }
        claims = claims_of(reply.json["access_token"])
        assert (claims["sub"], claims["aut"]) == ("Theirs/mary@carbon.super", "APPLICATION_USER")
        assert claims["aud"] == [client.client_id, "https://orders.example"]

    def test_a_provider_cannot_name_our_administrator(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        reply = self.exchange(world, client, token(world, sub="admin"), scope="apim:admin apim:subscribe")
        assert reply.json["scope"] == "default"
        with pytest.raises(Unauthenticated):
            world.callers.identify({"authorization": f"Bearer {reply.json['access_token']}"})

    @pytest.mark.parametrize(
        "changes",
        [{"aud": "https://somebody.else/"}, {"exp": 1}, {"iss": "https://unknown.example/"}, {"sub": None}],
    )
    def test_400_a_token_that_is_not_good_here(
        self, world: KeyManagerWorld, client: ClientCredentials, changes: dict[str, Any]
    ) -> None:
        refused(self.exchange(world, client, token(world, **changes)), 400, "invalid_grant")

    def test_400_a_provider_whose_tokens_are_not_exchanged(
        self, world: KeyManagerWorld, client: ClientCredentials
    ) -> None:
        trust(world, exchanged=False)
        refused(self.exchange(world, client, token(world)), 400, "invalid_grant")

    def test_400_a_provider_of_another_tenant(self, world: KeyManagerWorld) -> None:
        theirs = world.client(tenant=OTHER_TENANT, grant_types=GRANTS)
        refused(self.exchange(world, theirs, token(world)), 400, "invalid_grant")

    def test_400_a_token_that_somebody_made_up(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        forged = issuers.signed(
            issuers.claims(world.clock.now(), aud=ENDPOINT), issuers.rsa_key("forger"), kid="their-key"
        )
        refused(self.exchange(world, client, str(forged)), 400, "invalid_grant")

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
            ({"requested_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
            ({"actor_token": "x", "actor_token_type": JWT_TYPE}, "invalid_request"),
            ({"audience": "https://elsewhere.example"}, "invalid_target"),
            ({"resource": "https://elsewhere.example"}, "invalid_target"),
            ({"subject_token": ""}, "invalid_request"),
        ],
    )
    def test_400_what_is_not_offered(
        self, world: KeyManagerWorld, client: ClientCredentials, form: dict[str, str], error: str
    ) -> None:
        refused(self.exchange(world, client, token(world), **form), 400, error)

    def test_200_an_audience_of_the_clients(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        assert self.exchange(world, client, token(world), audience="https://orders.example").status == 200

    def test_400_a_client_without_the_grant(self, world: KeyManagerWorld) -> None:
        refused(self.exchange(world, world.client(name="other"), token(world)), 400, "unauthorized_client")


class TestJwtBearer:
    def test_200_an_assertion_is_good_for_one_use(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        assertion = token(world)
        reply = world.token(client, grant_type=JWT_BEARER, assertion=assertion, scope="openid")
        assert set(reply.json) == {"access_token", "id_token", "token_type", "expires_in", "scope"}
        assert "acr" not in claims_of(reply.json["id_token"])
        refused(world.token(client, grant_type=JWT_BEARER, assertion=assertion), 400, "invalid_grant")

    def test_400_without_one(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        refused(world.token(client, grant_type=JWT_BEARER), 400, "invalid_request")
        refused(world.token(client, grant_type=JWT_BEARER, assertion="a.b.c"), 400, "invalid_grant")


def assertion(world: KeyManagerWorld, **changes: Any) -> str:
    return saml.assertion(world.clock.now(), ENDPOINT, **changes)


class TestSaml2Bearer:
    @pytest.fixture
    def world(self) -> KeyManagerWorld:
        found = KeyManagerWorld()
        trust(found, exchanged=True, jwks_url="", keys=(issuers.jwk(issuers.rsa_key()),))
        return found

    def present(self, world: KeyManagerWorld, client: ClientCredentials, document: bytes) -> Reply:
        text = base64.urlsafe_b64encode(document).decode().rstrip("=")
        return world.token(client, grant_type=SAML2_BEARER, assertion=text)

    def test_200_an_assertion_is_good_for_one_use(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        document = signed(assertion(world))
        reply = self.present(world, client, document)
        assert reply.status == 200
        assert claims_of(reply.json["access_token"])["sub"] == "Theirs/mary@carbon.super"
        refused(self.present(world, client, document), 400, "invalid_grant")

    @pytest.mark.parametrize(
        "changes",
        [
            {"audience": "https://somebody.else/"},
            {"recipient": "https://somebody.else/"},
            {"until": "2023-01-01T00:00:00Z"},
            {"since": "2040-01-01T00:00:00Z"},
            {"issuer": "https://unknown.example/"},
            {"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
            {"name": ""},
        ],
    )
    def test_400_what_it_says_does_not_hold_here(
        self, world: KeyManagerWorld, client: ClientCredentials, changes: dict[str, str]
    ) -> None:
        refused(self.present(world, client, signed(assertion(world, **changes))), 400, "invalid_grant")

    def test_400_somebody_elses_signature_or_none(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        refused(self.present(world, client, signed(assertion(world), issuers.rsa_key("forger"))), 400, "invalid_grant")
        refused(self.present(world, client, assertion(world).encode()), 400, "invalid_grant")

    def test_400_what_was_changed_after_signing(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        changed = signed(assertion(world)).replace(b">mary<", b">admin<")
        refused(self.present(world, client, changed), 400, "invalid_grant")

    def test_400_a_signed_assertion_wrapped_in_another(self, world: KeyManagerWorld, client: ClientCredentials) -> None:
        genuine = etree.fromstring(signed(assertion(world)))
        forged = etree.fromstring(assertion(world, id="_evil", name="admin").encode())
        signature = genuine.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
        genuine.remove(signature)
        forged.append(signature)
        signature.append(etree.Element("{http://www.w3.org/2000/09/xmldsig#}Object"))
        signature[-1].append(genuine)
        reply = self.present(world, client, bytes(etree.tostring(forged)))
        assert "admin" not in reply.text
        assert reply.status == 400

    @pytest.mark.parametrize(
        "document",
        [
            b"",
            b"no xml",
            b"<a/>",
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>',
        ],
    )
    def test_400_what_is_no_assertion(self, world: KeyManagerWorld, client: ClientCredentials, document: bytes) -> None:
        refused(self.present(world, client, document or b"-"), 400, "invalid_grant")


class TestImplicit:
    def test_it_is_off_by_default(self, world: KeyManagerWorld) -> None:
        app = world.client(grant_types=(IMPLICIT,), callback_url=CALLBACK)
        answer = told(Browser(world).ask(app, response_type="token"))
        assert answer["error"] == "unsupported_response_type"

    def test_where_it_is_on_the_tokens_come_in_the_fragment(self) -> None:
        world = KeyManagerWorld(implicit_allowed=True)
        app = world.client(grant_types=(IMPLICIT,), callback_url=CALLBACK)
        browser = Browser(world)
        answer = browser.authorized(app, response_type="id_token token", nonce="n", code_challenge=None)
        assert set(answer) == {
            "access_token", "token_type", "expires_in", "scope", "id_token", "session_state", "state", "iss"
        }  # fmt: skip
        assert claims_of(answer["id_token"])["nonce"] == "n"
        assert "error" in told(browser.ask(app, response_type="id_token", nonce=None, code_challenge=None))
