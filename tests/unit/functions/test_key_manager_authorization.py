"""The authorization endpoint and its pages, through their surface."""

from __future__ import annotations

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from tests.callers import OTHER_TENANT, PASSWORD
from tests.worlds.browser import CALLBACK, CODE_GRANTS, Browser, Form, query, redeem, told
from tests.worlds.key_manager import FORM, MANAGEMENT_URL, SESSION_SECONDS, KeyManagerWorld, claims_of


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def browser(world: KeyManagerWorld) -> Browser:
    return Browser(world)


@pytest.fixture
def app(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(name="mary_app_PRODUCTION", grant_types=CODE_GRANTS, callback_url=CALLBACK)


class TestTheMainPath:
    def test_a_user_logs_in_agrees_and_the_client_gets_tokens(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        login = browser.ask(app, nonce="n-1")
        assert (login.status, "Sign in" in login.text) == (200, True)
        consent = browser.log_in(login)
        assert "mary_app_PRODUCTION" in consent.text
        answer = told(browser.submit(consent, decision="allow"))
        assert set(answer) == {"code", "session_state", "state", "iss"}
        assert (answer["state"], answer["iss"]) == ("xyz", f"{MANAGEMENT_URL}/oauth2/token")
        reply = redeem(world, app, answer["code"])
        assert reply.status == 200
        assert reply.json["scope"] == "openid apim:subscribe"
        assert set(reply.json) == {
            "access_token", "refresh_token", "id_token", "scope", "token_type", "expires_in"
        }  # fmt: skip
        claims = claims_of(reply.json["access_token"])
        assert (claims["sub"], claims["aut"]) == ("mary@carbon.super", "APPLICATION_USER")

    def test_the_id_token_says_who_when_and_how(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        answer = browser.authorized(app, nonce="n-1")
        claims = claims_of(redeem(world, app, answer["code"]).json["id_token"])
        now = int(world.clock.now())
        assert claims.pop("at_hash")
        assert claims.pop("sid")
        assert claims == {
            "iss": f"{MANAGEMENT_URL}/oauth2/token",
            "sub": "mary@carbon.super",
            "aud": app.client_id,
            "azp": app.client_id,
            "iat": now,
            "exp": now + 3600,
            "auth_time": now,
            "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "amr": ["pwd"],
            "nonce": "n-1",
        }

    def test_who_is_logged_in_and_has_agreed_sees_no_page(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app)
        assert "code" in told(browser.ask(app))

    def test_more_scopes_are_asked_for_again_and_fewer_are_not(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app, scope="openid")
        assert "Allow access" in browser.ask(app, scope="openid email").text
        browser.submit(browser.ask(app, scope="openid email"), decision="allow")
        assert "code" in told(browser.ask(app, scope="email"))

    def test_a_refreshed_id_token_has_no_nonce_and_the_old_time(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        issued = redeem(world, app, browser.authorized(app, nonce="n-1")["code"]).json
        first = claims_of(issued["id_token"])
        world.clock.advance(60)
        renewed = world.token(app, grant_type="refresh_token", refresh_token=issued["refresh_token"]).json
        second = claims_of(renewed["id_token"])
        assert "nonce" not in second
        assert (second["auth_time"], second["sid"]) == (first["auth_time"], first["sid"])

    def test_a_request_may_come_as_a_form(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        reply = world.send("POST", "/oauth2/authorize", query(app).encode(), {"content-type": FORM})
        browser.cookie = reply.headers["Set-Cookie"].partition(";")[0]
        assert "Allow access" in browser.log_in(reply).text

    def test_without_refresh_tokens_among_its_grants_a_client_gets_none(
        self, world: KeyManagerWorld, browser: Browser
    ) -> None:
        app = world.client(grant_types=("authorization_code",), callback_url=CALLBACK)
        issued = redeem(world, app, browser.authorized(app, scope="apim:subscribe")["code"]).json
        assert set(issued) == {"access_token", "scope", "token_type", "expires_in"}

    def test_a_public_client_has_only_its_verifier(self, world: KeyManagerWorld, browser: Browser) -> None:
        app = world.client(grant_types=CODE_GRANTS, callback_url=CALLBACK, rules=ClientRules(public=True))
        code = browser.authorized(app)["code"]
        nobody = ClientCredentials(client_id=app.client_id, client_secret="")
        form = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }
        reply = world.token(None, **form)
        assert (reply.status, nobody.client_secret) == (200, "")
        refresh = {"grant_type": "refresh_token", "refresh_token": reply.json["refresh_token"]}
        assert world.token(None, **refresh, client_id=app.client_id).status == 200


class TestTheUserSaysNo:
    def test_the_client_is_told(self, browser: Browser, app: ClientCredentials) -> None:
        answer = told(browser.submit(browser.log_in(browser.ask(app)), decision="deny"))
        assert (answer["error"], answer["state"]) == ("access_denied", "xyz")

    @pytest.mark.parametrize("user", ["mary", "unheard-of", "gone", f"mary@{OTHER_TENANT}", ""])
    def test_a_wrong_login_shows_the_same_page_whoever_it_is(
        self, browser: Browser, app: ClientCredentials, user: str
    ) -> None:
        reply = browser.log_in(browser.ask(app), user, "wrong" if user == "mary" else PASSWORD)
        assert reply.status == 400
        assert "The user name or the password is wrong." in reply.text
        assert Form(reply.text).fields["username"] == user
        assert Form(reply.text).fields["password"] == ""


class TestPrompts:
    def test_none_without_a_login_and_without_consent(self, browser: Browser, app: ClientCredentials) -> None:
        assert told(browser.ask(app, prompt="none"))["error"] == "login_required"
        browser.log_in(browser.ask(app))
        assert told(browser.ask(app, prompt="none"))["error"] == "consent_required"
        browser.submit(browser.ask(app), decision="allow")
        assert "code" in told(browser.ask(app, prompt="none"))

    @pytest.mark.parametrize("prompt", ["login", "select_account"])
    def test_a_login_is_asked_for_once_more(self, browser: Browser, app: ClientCredentials, prompt: str) -> None:
        browser.authorized(app)
        shown = browser.ask(app, prompt=prompt)
        assert "Sign in" in shown.text
        assert "code" in told(browser.log_in(shown))

    def test_consent_is_asked_for_once_more(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app)
        shown = browser.ask(app, prompt="consent")
        assert "Allow access" in shown.text
        assert "code" in told(browser.submit(shown, decision="allow"))

    @pytest.mark.parametrize("prompt", ["none login", "dance"])
    def test_what_makes_no_sense_is_refused(self, browser: Browser, app: ClientCredentials, prompt: str) -> None:
        assert told(browser.ask(app, prompt=prompt))["error"] == "invalid_request"

    def test_max_age_is_the_logins_age(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app)
        world.clock.advance(100)
        assert "code" in told(browser.ask(app, max_age="100"))
        assert "Sign in" in browser.ask(app, max_age="99").text
        assert told(browser.ask(app, max_age="99", prompt="none"))["error"] == "login_required"

    def test_the_login_hint_fills_in_the_user_name(self, browser: Browser, app: ClientCredentials) -> None:
        assert Form(browser.ask(app, login_hint="ma<ry").text).fields["username"] == "ma<ry"

    def test_an_id_token_says_who_is_meant(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        hint = redeem(world, app, browser.authorized(app)["code"]).json["id_token"]
        assert "code" in told(browser.ask(app, id_token_hint=hint, prompt="none"))
        other = Browser(world)
        other.authorized(app, "admin")
        assert told(other.ask(app, id_token_hint=hint, prompt="none"))["error"] == "login_required"
        assert told(other.ask(app, id_token_hint="a.b.c"))["error"] == "invalid_request"


class TestSessions:
    def test_a_session_ends_after_its_time(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        browser.authorized(app)
        world.clock.advance(SESSION_SECONDS - 1)
        assert "code" in told(browser.ask(app))
        world.clock.advance(1)
        assert "Sign in" in browser.ask(app).text

    def test_a_session_of_another_tenant_is_no_session_here(self, world: KeyManagerWorld, browser: Browser) -> None:
        theirs = world.client(tenant=OTHER_TENANT, grant_types=CODE_GRANTS, callback_url=CALLBACK)
        browser.authorized(world.client(grant_types=CODE_GRANTS, callback_url=CALLBACK))
        assert "Sign in" in browser.ask(theirs, f"/t/{OTHER_TENANT}/oauth2/authorize").text

    def test_at_a_tenants_own_endpoint_the_tenant_may_be_left_out(self, world: KeyManagerWorld) -> None:
        app = world.client(tenant=OTHER_TENANT, grant_types=CODE_GRANTS, callback_url=CALLBACK)
        path = f"/t/{OTHER_TENANT}/oauth2/authorize"
        browser = Browser(world)
        consent = browser.submit(browser.ask(app, path), path, username="mary", password=PASSWORD)
        answer = told(browser.submit(consent, path, decision="allow"))
        assert answer["iss"] == f"{MANAGEMENT_URL}/t/{OTHER_TENANT}/oauth2/token"
        claims = claims_of(redeem(world, app, answer["code"]).json["id_token"])
        assert (claims["iss"], claims["sub"]) == (answer["iss"], f"mary@{OTHER_TENANT}")

    def test_a_disabled_user_has_no_session(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        browser.authorized(app)
        mary = world.users.get(SUPER_TENANT, "mary")
        assert mary is not None
        world.users.remove(mary)
        assert "Sign in" in browser.ask(app).text
