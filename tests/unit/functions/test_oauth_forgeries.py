"""Attacks on OAuth by what is forged or planted: tokens, issuers, forms and sessions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
import pytest

from tests.callers import OTHER_TENANT, PASSWORD
from tests.worlds import issuers
from tests.worlds.browser import CALLBACK, CODE_GRANTS, Browser, Form, query, told
from tests.worlds.key_manager import FORM, MANAGEMENT_URL, KeyManagerWorld, claims_of, opens

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def app(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(name="app", grant_types=CODE_GRANTS, callback_url=CALLBACK)


@pytest.fixture
def browser(world: KeyManagerWorld) -> Browser:
    return Browser(world)


def segment(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


class TestForgedTokens:
    @pytest.fixture
    def genuine(self, world: KeyManagerWorld) -> str:
        return str(world.password(world.client(), scope="apim:admin").json["access_token"])

    def test_alg_none(self, world: KeyManagerWorld, genuine: str) -> None:
        for algorithm in ("none", "None", "NONE", ""):
            header = segment({"alg": algorithm, "kid": jwt.get_unverified_header(genuine)["kid"]})
            assert not opens(world, f"{header}.{segment(claims_of(genuine))}.")

    def test_the_public_key_as_an_hmac_secret(self, world: KeyManagerWorld, genuine: str) -> None:
        (published, _) = world.send("GET", "/oauth2/jwks").json["keys"]
        signed = f"{segment({'alg': 'HS256', 'kid': published['kid']})}.{segment(claims_of(genuine))}"
        for secret in (published["n"].encode(), json.dumps(published).encode()):
            mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
            assert not opens(world, f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")

    @pytest.mark.parametrize(
        "kid", ["../../etc/passwd", "' OR 1=1 --", "", None, "https://evil.example/jwks", {"a": 1}]
    )
    def test_a_kid_that_points_elsewhere(self, world: KeyManagerWorld, genuine: str, kid: Any) -> None:
        header = {"alg": "RS256", "kid": kid}
        body = f"{segment(header)}.{segment(claims_of(genuine))}"
        assert not opens(world, f"{body}.{genuine.rpartition('.')[2]}")

    @pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
    def test_a_key_that_the_token_brings_along(self, world: KeyManagerWorld, genuine: str, name: str) -> None:
        forger = issuers.rsa_key("forger")
        kid = jwt.get_unverified_header(genuine)["kid"]
        brought: Any = issuers.jwk(forger, kid=kid) if name == "jwk" else "https://evil.example/keys"
        token = jwt.encode(claims_of(genuine), forger, algorithm="RS256", headers={"kid": kid, name: brought})
        assert not opens(world, token)
        assert not world.issuers.asked

    def test_an_external_providers_token_is_none_of_ours(self, world: KeyManagerWorld, genuine: str) -> None:
        claims = claims_of(genuine)
        token = jwt.encode(claims, issuers.rsa_key(), algorithm="RS256", headers={"kid": "their-key"})
        assert not opens(world, token)

    def test_the_key_of_assertions_signs_no_token(self, world: KeyManagerWorld, genuine: str) -> None:
        claims = claims_of(genuine) | {"iss": f"{MANAGEMENT_URL}/t/{OTHER_TENANT}/oauth2/token"}
        assert claims["iss"] != claims_of(genuine)["iss"]
        header, _, signature = genuine.split(".")
        assert not opens(world, f"{header}.{segment(claims)}.{signature}")


class TestMixUp:
    def test_every_answer_names_its_issuer(self, browser: Browser, app: ClientCredentials) -> None:
        issuer = f"{MANAGEMENT_URL}/oauth2/token"
        assert told(browser.ask(app, prompt="none"))["iss"] == issuer
        assert browser.authorized(app)["iss"] == issuer

    def test_and_discovery_promises_it(self, world: KeyManagerWorld) -> None:
        document = world.send("GET", "/.well-known/openid-configuration").json
        assert document["authorization_response_iss_parameter_supported"] is True


class TestForgedForms:
    def test_login_needs_the_form_that_this_browser_was_shown(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        attacker = Browser(world)
        form = Form(attacker.ask(app).text)
        body = urlencode({**form.fields, "username": "admin", "password": PASSWORD}).encode()
        browser.ask(app)
        reply = world.send(
            "POST", f"/oauth2/authorize{form.action}", body, {"content-type": FORM, "cookie": browser.cookie}
        )
        assert reply.status == 403
        assert not world.sessions.kept

    def test_consent_needs_it_too(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        attacker = Browser(world)
        form = Form(attacker.log_in(attacker.ask(app), "admin").text)
        browser.log_in(browser.ask(app))
        body = urlencode({**form.fields, "decision": "allow"}).encode()
        reply = world.send(
            "POST", f"/oauth2/authorize{form.action}", body, {"content-type": FORM, "cookie": browser.cookie}
        )
        assert (reply.status, "Location" in reply.headers) == (403, False)

    def test_a_login_form_is_no_consent_form(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        browser.authorized(app, scope="openid")
        token = Form(browser.ask(app, prompt="login").text).fields["form_token"]
        body = urlencode({"step": "consent", "form_token": token, "decision": "allow"}).encode()
        path = f"/oauth2/authorize?{query(app, prompt='login')}"
        assert world.send("POST", path, body, {"content-type": FORM, "cookie": browser.cookie}).status == 403

    def test_a_form_has_its_time(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        shown = browser.ask(app)
        world.clock.advance(600)
        assert browser.log_in(shown).status == 403

    def test_without_a_cookie_there_is_no_form(self, world: KeyManagerWorld, app: ClientCredentials) -> None:
        form = Form(Browser(world).ask(app).text)
        body = urlencode({**form.fields, "username": "mary", "password": PASSWORD}).encode()
        assert world.send("POST", f"/oauth2/authorize{form.action}", body, {"content-type": FORM}).status == 403


class TestSessionFixation:
    def test_a_login_makes_a_new_session(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        shown = browser.ask(app)
        planted = browser.cookie
        browser.log_in(shown)
        assert browser.cookie != planted
        assert "Sign in" in Browser(world, planted).ask(app).text

    def test_a_second_login_ends_the_first_session(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        browser.authorized(app)
        first = browser.cookie
        browser.log_in(browser.ask(app, prompt="login"))
        assert "Sign in" in Browser(world, first).ask(app).text

    @pytest.mark.parametrize("cookie", ["a~b~c", "~~", "x" * 5000, "é~~", "a~Y2FyYm9uLnN1cGVy~forged"])
    def test_a_made_up_cookie_is_nobodys(self, world: KeyManagerWorld, app: ClientCredentials, cookie: str) -> None:
        assert "Sign in" in Browser(world, f"__Host-gatehouse={cookie}").ask(app).text

    def test_a_session_is_kept_as_a_digest(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        browser.authorized(app)
        assert browser.cookie.partition("=")[2] not in repr(world.sessions.kept)
