"""Userinfo, introspection, logout and the discovery document, through their surfaces."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from tests.callers import OTHER_TENANT, PASSWORD, Reply
from tests.events import basic, bearer
from tests.worlds.browser import CALLBACK, CODE_GRANTS, Browser, redeem, told
from tests.worlds.key_manager import EVERY_GRANT, FORM, MANAGEMENT_URL, KeyManagerWorld, claims_of, refused

GOODBYE = "https://app.example/goodbye"


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


def with_profile(world: KeyManagerWorld, **profile: Any) -> None:
    mary = world.users.get(SUPER_TENANT, "mary")
    assert mary is not None
    world.users.save(replace(mary, profile=profile))


def renewed(world: KeyManagerWorld, client: ClientCredentials, issued: Any) -> Reply:
    return world.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])


def works(world: KeyManagerWorld, token: str) -> bool:
    return world.send("GET", "/oauth2/userinfo", None, bearer(token)).status == 200


class TestUserInfo:
    def asked(self, world: KeyManagerWorld, token: str, method: str = "GET") -> Reply:
        return world.send(method, "/oauth2/userinfo", None, bearer(token))

    def token(self, world: KeyManagerWorld, scope: str) -> str:
        return str(world.password(world.client(), "mary", scope=scope).json["access_token"])

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_it_tells_what_the_scopes_allow(self, world: KeyManagerWorld, method: str) -> None:
        with_profile(
            world,
            name={"givenName": "Mary", "familyName": "Poppins"},
            emails=[{"value": "old@example.com"}, {"value": "mary@example.com", "primary": True}],
            locale="en",
        )
        reply = self.asked(world, self.token(world, "openid profile email"), method)
        assert reply.json == {
            "sub": "mary@carbon.super",
            "preferred_username": "mary",
            "given_name": "Mary",
            "family_name": "Poppins",
            "locale": "en",
            "email": "mary@example.com",
        }
        assert reply.headers["Cache-Control"] == "no-store"

    def test_it_tells_no_more(self, world: KeyManagerWorld) -> None:
        with_profile(world, emails=["mary@example.com"], displayName="Mary P")
        assert self.asked(world, self.token(world, "openid")).json == {"sub": "mary@carbon.super"}

    def test_the_token_may_come_in_the_body(self, world: KeyManagerWorld) -> None:
        body = urlencode({"access_token": self.token(world, "openid")}).encode()
        reply = world.send("POST", "/oauth2/userinfo", body, {"content-type": FORM})
        assert reply.json == {"sub": "mary@carbon.super"}

    def test_401_without_a_token_that_is_good(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "mary", scope="openid").json["access_token"]
        application = world.token(client, grant_type="client_credentials", scope="openid").json["access_token"]
        assert world.send("GET", "/oauth2/userinfo").status == 401
        for bad in ("a.b.c", "x", application):
            reply = self.asked(world, bad)
            refused(reply, 401, "invalid_token")
            assert reply.headers["WWW-Authenticate"].startswith('Bearer realm="Gatehouse", error="invalid_token"')
        world.post("/oauth2/revoke", {"token": token}, client)
        refused(self.asked(world, token), 401, "invalid_token")

    def test_403_without_the_scope(self, world: KeyManagerWorld) -> None:
        reply = self.asked(world, self.token(world, "apim:subscribe"))
        refused(reply, 403, "insufficient_scope")
        assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]


class TestIntrospection:
    def asked(self, world: KeyManagerWorld, token: str, headers: dict[str, str], path: str = "") -> Reply:
        body = urlencode({"token": token}).encode()
        return world.send("POST", f"{path}/oauth2/introspect", body, {"content-type": FORM, **headers})

    def by(self, client: ClientCredentials) -> dict[str, str]:
        return basic(client.client_id, client.client_secret)

    def test_a_client_learns_what_an_access_token_says(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "mary", scope="apim:subscribe").json["access_token"]
        claims = claims_of(token)
        assert self.asked(world, token, self.by(client)).json == {
            "active": True,
            "token_type": "Bearer",
            "client_id": client.client_id,
            "username": "mary@carbon.super",
            "scope": "apim:subscribe",
            **{name: claims[name] for name in ("iss", "sub", "aud", "iat", "nbf", "exp", "jti", "aut")},
        }

    def test_and_what_a_refresh_token_stands_for(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "mary", scope="apim:subscribe").json["refresh_token"]
        told_of = self.asked(world, token, self.by(client)).json
        assert (told_of["active"], told_of["token_type"], told_of["username"]) == (True, "Refresh", "mary@carbon.super")

    def test_an_administrator_may_ask_and_a_token_with_the_scope(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "mary").json["access_token"]
        assert self.asked(world, token, basic("admin", PASSWORD)).json["active"] is True
        admin = world.password(client, "admin", scope="apim:admin").json["access_token"]
        assert self.asked(world, token, bearer(admin)).json["active"] is True

    def test_401_others_may_not(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "mary").json["access_token"]
        for headers in (
            {},
            basic("mary", PASSWORD),
            basic("admin", "wrong"),
            bearer(token),
            basic(client.client_id, "x"),
        ):
            refused(self.asked(world, token, headers), 401, "invalid_client")

    def test_what_is_over_is_not_active(self, world: KeyManagerWorld) -> None:
        client = world.client()
        issued = world.password(client, "mary").json
        by = self.by(client)
        key = revocation_key(SUPER_TENANT, RevocationKind.USER, "mary")
        world.artifacts.publish([Artifact(key, {"before": int(world.clock.now())})])
        assert self.asked(world, issued["access_token"], by).json == {"active": False}
        world.clock.advance(90_000)
        assert self.asked(world, issued["refresh_token"], by).json == {"active": False}
        assert self.asked(world, "unheard-of", by).json == {"active": False}

    def test_another_tenants_token_is_not_known(self, world: KeyManagerWorld) -> None:
        theirs = world.client(tenant=OTHER_TENANT)
        issued = world.password(theirs, f"mary@{OTHER_TENANT}").json
        for token in (issued["access_token"], issued["refresh_token"]):
            assert self.asked(world, token, self.by(world.client(name=token[:9]))).json == {"active": False}
            assert self.asked(world, token, self.by(theirs), f"/t/{OTHER_TENANT}").json["active"] is True

    def test_400_without_a_token(self, world: KeyManagerWorld) -> None:
        refused(self.asked(world, "", self.by(world.client())), 400, "invalid_request")


class TestLogout:
    @pytest.fixture
    def app(self, world: KeyManagerWorld) -> ClientCredentials:
        rules = ClientRules(post_logout_redirect_uris=(GOODBYE,))
        return world.client(grant_types=CODE_GRANTS, callback_url=CALLBACK, rules=rules)

    @pytest.fixture
    def browser(self, world: KeyManagerWorld) -> Browser:
        return Browser(world)

    def left(self, browser: Browser, **parameters: str) -> Reply:
        return browser.open(f"/oidc/logout?{urlencode(parameters)}")

    def test_with_an_id_token_the_session_ends_and_the_client_has_the_browser_back(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        hint = redeem(world, app, browser.authorized(app)["code"]).json["id_token"]
        reply = self.left(browser, id_token_hint=hint, post_logout_redirect_uri=GOODBYE, state="a b")
        assert told(reply, GOODBYE) == {"state": "a b"}
        assert "Sign in" in browser.ask(app).text
        assert not world.sessions.kept

    def test_what_came_from_the_session_ends_with_it_and_nothing_else_does(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        other = Browser(world)
        elsewhere = redeem(world, app, other.authorized(app)["code"]).json
        first = redeem(world, app, told(browser.log_in(browser.ask(app)))["code"]).json
        browser.log_in(browser.ask(app, prompt="login"))
        second = redeem(world, app, told(browser.ask(app))["code"]).json
        second = renewed(world, app, second).json
        pending = told(browser.ask(app))["code"]
        self.left(browser, id_token_hint=first["id_token"])
        for ended in (first, second):
            refused(renewed(world, app, ended), 400, "invalid_grant")
            assert not works(world, ended["access_token"])
        refused(redeem(world, app, pending), 400, "invalid_grant")
        assert works(world, elsewhere["access_token"])
        assert renewed(world, app, elsewhere).status == 200

    def test_what_the_user_has_allowed_while_they_are_away_goes_on(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        issued = redeem(world, app, browser.authorized(app, scope="openid offline_access")["code"]).json
        assert issued["scope"] == "openid offline_access"
        self.left(browser, id_token_hint=issued["id_token"])
        assert not world.sessions.kept
        assert works(world, issued["access_token"])
        assert renewed(world, app, issued).status == 200

    def test_who_signs_in_ends_what_somebody_else_had_there(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        marys = redeem(world, app, browser.authorized(app)["code"]).json
        browser.log_in(browser.ask(app, prompt="login"), "admin")
        refused(renewed(world, app, marys), 400, "invalid_grant")
        assert not works(world, marys["access_token"])

    def test_the_id_token_may_have_expired(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        hint = redeem(world, app, browser.authorized(app)["code"]).json["id_token"]
        world.clock.advance(3599)
        browser.log_in(browser.ask(app, prompt="login"))
        world.clock.advance(60)
        assert told(self.left(browser, id_token_hint=hint, post_logout_redirect_uri=GOODBYE), GOODBYE) == {}

    def test_without_one_the_user_is_asked(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app)
        shown = self.left(browser, client_id=app.client_id, post_logout_redirect_uri=GOODBYE)
        assert "Do you want to sign out" in shown.text
        assert "code" in told(browser.ask(app))
        assert told(browser.submit(shown, "/oidc/logout"), GOODBYE) == {}
        assert "Sign in" in browser.ask(app).text

    def test_another_site_cannot_say_yes_for_them(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app)
        shown = self.left(browser)
        assert browser.submit(shown, "/oidc/logout", form_token="1.forged").status == 403
        assert "code" in told(browser.ask(app))

    def test_somebody_elses_id_token_signs_nobody_out_unasked(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        other = Browser(world)
        hint = redeem(world, app, other.authorized(app, "admin")["code"]).json["id_token"]
        browser.authorized(app)
        assert "Do you want to sign out" in self.left(browser, id_token_hint=hint).text

    @pytest.mark.parametrize("uri", ["https://evil.example/", "javascript:alert(1)", GOODBYE + "/more"])
    def test_400_an_address_that_is_not_registered(self, browser: Browser, app: ClientCredentials, uri: str) -> None:
        reply = self.left(browser, client_id=app.client_id, post_logout_redirect_uri=uri)
        assert (reply.status, "Location" in reply.headers) == (400, False)

    def test_400_an_address_without_a_client(self, browser: Browser) -> None:
        assert self.left(browser, post_logout_redirect_uri=GOODBYE).status == 400

    def test_nobody_logged_in_needs_no_question(self, browser: Browser, app: ClientCredentials) -> None:
        assert "You are signed out" in self.left(browser).text
        assert told(self.left(browser, client_id=app.client_id, post_logout_redirect_uri=GOODBYE), GOODBYE) == {}


class TestCheckSession:
    def test_the_frame_may_be_framed_and_runs_only_its_own_script(self, world: KeyManagerWorld) -> None:
        reply = world.send("GET", "/oidc/checksession")
        policy = reply.headers["Content-Security-Policy"]
        assert "frame-ancestors" not in policy
        assert "X-Frame-Options" not in reply.headers
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        assert f'<script nonce="{nonce}">' in reply.text

    def test_the_session_state_is_what_the_frame_works_out(self, world: KeyManagerWorld) -> None:
        app = world.client(grant_types=CODE_GRANTS, callback_url=CALLBACK)
        hashed, _, salt = Browser(world).authorized(app)["session_state"].partition(".")
        (session,) = world.sessions.kept.values()
        state = hashlib.sha256(session.id.encode()).hexdigest()
        text = f"{app.client_id} https://app.example {state} {salt}"
        assert hashlib.sha256(text.encode()).hexdigest() == hashed


class TestDiscovery:
    @pytest.mark.parametrize(
        "path",
        [
            "/.well-known/openid-configuration",
            "/oauth2/token/.well-known/openid-configuration",
            f"/t/{OTHER_TENANT}/.well-known/openid-configuration",
            f"/t/{OTHER_TENANT}/oauth2/token/.well-known/openid-configuration",
        ],
    )
    def test_a_third_partys_validator_finds_nothing_wrong(self, world: KeyManagerWorld, path: str) -> None:
        reply = world.send("GET", path)
        document = OpenIDProviderMetadata(reply.json)
        document.validate()
        assert reply.headers["Cache-Control"] == "public, max-age=600"
        tenanted = path.startswith("/t/")
        prefix = f"{MANAGEMENT_URL}/t/{OTHER_TENANT}" if tenanted else MANAGEMENT_URL
        assert {name for name, url in reply.json.items() if str(url).startswith("https:") and prefix in url} >= {
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "introspection_endpoint",
            "end_session_endpoint",
            "check_session_iframe",
            "jwks_uri",
        }

    def test_whatever_it_names_is_served(self, world: KeyManagerWorld) -> None:
        document = world.send("GET", "/.well-known/openid-configuration").json
        for name, url in document.items():
            if name.endswith(("_endpoint", "_uri", "_iframe")):
                path = url.removeprefix(MANAGEMENT_URL)
                statuses = {world.send(method, path).status for method in ("GET", "POST")}
                assert statuses != {404}, name
        assert set(document["grant_types_supported"]) >= set(EVERY_GRANT)
