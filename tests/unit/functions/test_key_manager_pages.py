"""Authorization refused and shown: errors, patterns of callbacks, the pages and the code."""

from __future__ import annotations

from urllib.parse import urlencode

import jwt
import pytest

from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from tests.worlds.browser import CALLBACK, CHALLENGE, CODE_GRANTS, VERIFIER, Browser, Form, query, redeem, told
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, refused


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def browser(world: KeyManagerWorld) -> Browser:
    return Browser(world)


@pytest.fixture
def app(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(name="mary_app_PRODUCTION", grant_types=CODE_GRANTS, callback_url=CALLBACK)


class TestErrors:
    @pytest.mark.parametrize(
        "parameters",
        [
            {"client_id": None},
            {"client_id": "a" * 28},
            {"client_id": "<script>"},
            {"redirect_uri": "https://evil.example/callback"},
            {"redirect_uri": "javascript:alert(1)"},
            {"redirect_uri": CALLBACK + "#fragment"},
        ],
    )
    def test_an_unknown_client_or_address_is_the_users_to_read(
        self, browser: Browser, app: ClientCredentials, parameters: dict[str, str | None]
    ) -> None:
        reply = browser.ask(app, **parameters)
        assert reply.status == 400
        assert "Location" not in reply.headers
        assert "<script>" not in reply.text

    @pytest.mark.parametrize(
        ("parameters", "error"),
        [
            ({"response_type": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": 'co"de'}, "unsupported_response_type"),
            ({"scope": 'quo"te'}, "invalid_scope"),
            ({"code_challenge": "short"}, "invalid_request"),
            ({"code_challenge_method": "S512"}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"response_mode": "smoke_signals"}, "invalid_request"),
            ({"max_age": "-1"}, "invalid_request"),
            ({"request": "a.b.c"}, "request_not_supported"),
            ({"request_uri": "https://app.example/r"}, "request_not_supported"),
        ],
    )
    def test_everything_else_goes_back_to_the_client(
        self, browser: Browser, app: ClientCredentials, parameters: dict[str, str | None], error: str
    ) -> None:
        answer = told(browser.ask(app, **parameters))
        assert (answer["error"], answer["state"]) == (error, "xyz")
        assert answer["iss"] == f"{MANAGEMENT_URL}/oauth2/token"

    def test_a_client_without_the_grant(self, world: KeyManagerWorld, browser: Browser) -> None:
        app = world.client(grant_types=("password",), callback_url=CALLBACK)
        assert told(browser.ask(app))["error"] == "unauthorized_client"

    @pytest.mark.parametrize("name", ["scope", "nonce"])
    def test_a_repeated_parameter_goes_back(self, browser: Browser, app: ClientCredentials, name: str) -> None:
        reply = browser.open(f"/oauth2/authorize?{query(app)}&{urlencode({name: 'a'})}&{urlencode({name: 'b'})}")
        assert told(reply)["error"] == "invalid_request"

    def test_a_repeated_redirect_uri_does_not(self, browser: Browser, app: ClientCredentials) -> None:
        reply = browser.open(f"/oauth2/authorize?{query(app)}&{urlencode({'redirect_uri': 'https://evil.example/'})}")
        assert (reply.status, "Location" in reply.headers) == (400, False)

    def test_pkce_can_be_mandatory_and_plain_can_be_allowed(self, world: KeyManagerWorld, browser: Browser) -> None:
        strict = world.client(
            name="strict", grant_types=CODE_GRANTS, callback_url=CALLBACK, rules=ClientRules(pkce_mandatory=True)
        )
        answer = told(browser.ask(strict, code_challenge=None, code_challenge_method=None))
        assert answer["error"] == "invalid_request"
        lax = world.client(
            name="lax", grant_types=CODE_GRANTS, callback_url=CALLBACK, rules=ClientRules(pkce_plain=True)
        )
        code = browser.authorized(lax, code_challenge="v" * 43, code_challenge_method="plain")["code"]
        assert redeem(world, lax, code, code_verifier="v" * 43).status == 200


class TestCallbackPatterns:
    @pytest.mark.parametrize(
        ("uri", "accepted"),
        [
            ("https://a.example/cb", True),
            ("https://b.example/x/y", True),
            ("https://a.example/cb/more", False),
            ("https://a.example.evil.example/cb", False),
            ("xhttps://a.example/cb", False),
        ],
    )
    def test_the_whole_address_must_match(
        self, world: KeyManagerWorld, browser: Browser, uri: str, *, accepted: bool
    ) -> None:
        pattern = r"regexp=(https://a\.example/cb|https://b\.example/.*)"
        app = world.client(grant_types=CODE_GRANTS, callback_url=pattern)
        reply = browser.ask(app, redirect_uri=uri)
        assert ("Sign in" in reply.text) is accepted

    def test_with_one_address_a_request_may_leave_it_out(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app, redirect_uri=None)["code"]
        assert world.token(app, grant_type="authorization_code", code=code, code_verifier=VERIFIER).status == 200

    def test_with_a_pattern_it_may_not(self, world: KeyManagerWorld, browser: Browser) -> None:
        app = world.client(grant_types=CODE_GRANTS, callback_url="regexp=(https://a.example/.*)")
        assert browser.ask(app, redirect_uri=None).status == 400


class TestTheAnswer:
    def test_it_can_be_a_form(self, browser: Browser, app: ClientCredentials) -> None:
        reply = browser.submit(browser.log_in(browser.ask(app, response_mode="form_post")), decision="allow")
        form = Form(reply.text)
        assert (reply.status, form.action) == (200, CALLBACK)
        assert set(form.fields) == {"code", "session_state", "state", "iss"}
        assert "form-action 'self' https://app.example;" in reply.headers["Content-Security-Policy"]

    def test_a_query_of_the_redirect_uri_is_kept(self, world: KeyManagerWorld, browser: Browser) -> None:
        app = world.client(grant_types=CODE_GRANTS, callback_url=f"{CALLBACK}?one=1")
        answer = browser.authorized(app, redirect_uri=f"{CALLBACK}?one=1")
        assert (answer["one"], set(answer)) == ("1", {"one", "code", "session_state", "state", "iss"})


class TestThePages:
    def test_they_cannot_be_framed_kept_or_made_to_run_scripts(self, browser: Browser, app: ClientCredentials) -> None:
        headers = browser.ask(app).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"

    def test_what_comes_from_outside_is_escaped(self, world: KeyManagerWorld, browser: Browser) -> None:
        name = "<img src=x onerror=alert(1)>"
        app = world.client(name=name, grant_types=CODE_GRANTS, callback_url=CALLBACK)
        shown = browser.ask(app, state='"><script>', login_hint='"><script>')
        assert name not in shown.text
        assert "<script>" not in shown.text

    def test_they_name_their_language_label_their_fields_and_say_what_is_wrong_first(
        self, browser: Browser, app: ClientCredentials
    ) -> None:
        reply = browser.log_in(browser.ask(app), password="wrong")
        assert '<html lang="en">' in reply.text
        for name in ("username", "password"):
            assert f'<label for="{name}">' in reply.text
            assert f'id="{name}"' in reply.text
        assert reply.text.index('role="alert"') < reply.text.index("<form")
        assert "<title>Error:" in reply.text

    def test_the_cookie_is_for_this_host_https_and_no_script(self, browser: Browser, app: ClientCredentials) -> None:
        cookie = browser.ask(app).headers["Set-Cookie"]
        assert cookie.startswith("__Host-")
        assert cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")


class TestTheCode:
    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"code": "unheard-of"}, "invalid_grant"),
            ({"redirect_uri": "https://app.example/other"}, "invalid_grant"),
            ({"redirect_uri": ""}, "invalid_grant"),
            ({"code_verifier": "w" * 43}, "invalid_grant"),
            ({"code_verifier": ""}, "invalid_request"),
            ({"code": ""}, "invalid_request"),
        ],
    )
    def test_it_must_fit(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials, changes: dict[str, str], error: str
    ) -> None:
        code = browser.authorized(app)["code"]
        refused(redeem(world, app, **{"code": code, **changes}), 400, error)

    def test_it_lives_a_minute(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        code = browser.authorized(app)["code"]
        world.clock.advance(60)
        refused(redeem(world, app, code), 400, "invalid_grant")

    def test_it_is_kept_as_a_digest(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        code = browser.authorized(app)["code"]
        assert code not in repr(world.codes.kept)

    def test_the_id_token_is_no_access_token(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        issued = redeem(world, app, browser.authorized(app)["code"]).json
        assert jwt.get_unverified_header(issued["id_token"])["typ"] == "JWT"
        with pytest.raises(Unauthenticated):
            world.callers.identify({"authorization": f"Bearer {issued['id_token']}"})
        assert CHALLENGE not in issued["id_token"]
