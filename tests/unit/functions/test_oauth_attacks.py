"""Attacks on the key manager, each a promise that it does not work. RFC 6819 and RFC 9700 have the list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientCredentials, ClientRules
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import basic
from tests.worlds.browser import CALLBACK, CODE_GRANTS, VERIFIER, Browser, Form, query, redeem, told
from tests.worlds.key_manager import FORM, MANAGEMENT_URL, KeyManagerWorld, claims_of, opens, refused

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from tests.callers import Reply


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


@pytest.fixture
def app(world: KeyManagerWorld) -> ClientCredentials:
    return world.client(name="app", grant_types=CODE_GRANTS, callback_url=CALLBACK)


@pytest.fixture
def browser(world: KeyManagerWorld) -> Browser:
    return Browser(world)


class TestCodes:
    def test_a_code_that_comes_again_voids_what_came_of_it(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app)["code"]
        issued = redeem(world, app, code).json
        assert opens(world, issued["access_token"])
        refused(redeem(world, app, code), 400, "invalid_grant")
        assert not opens(world, issued["access_token"])
        again = world.token(app, grant_type="refresh_token", refresh_token=issued["refresh_token"])
        refused(again, 400, "invalid_grant")

    def test_and_what_came_of_it_later(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        code = browser.authorized(app)["code"]
        first = redeem(world, app, code).json
        second = world.token(app, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
        refused(redeem(world, app, code), 400, "invalid_grant")
        assert not opens(world, second["access_token"])

    def test_a_stolen_code_is_of_no_use_to_another_client_and_stays_good(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        thief = world.client(name="thief", grant_types=CODE_GRANTS, callback_url=CALLBACK)
        code = browser.authorized(app)["code"]
        refused(redeem(world, thief, code), 400, "invalid_grant")
        assert redeem(world, app, code).status == 200

    def test_a_code_injected_into_another_browsers_flow_fails_at_the_verifier(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app)["code"]
        refused(
            redeem(world, app, code, code_verifier="attackers-own-verifier-of-forty-three-characters"),
            400,
            "invalid_grant",
        )


class TestPkceDowngrade:
    def test_a_challenge_cannot_be_left_out_again(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app)["code"]
        refused(redeem(world, app, code, code_verifier=""), 400, "invalid_request")

    def test_a_verifier_for_a_code_without_a_challenge_is_refused(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app, code_challenge=None, code_challenge_method=None)["code"]
        refused(redeem(world, app, code), 400, "invalid_request")

    def test_the_challenge_is_not_its_own_verifier(self, browser: Browser, app: ClientCredentials) -> None:
        answer = told(browser.ask(app, code_challenge=VERIFIER, code_challenge_method="plain"))
        assert answer["error"] == "invalid_request"

    def test_a_public_client_cannot_do_without(self, world: KeyManagerWorld, browser: Browser) -> None:
        public = world.client(grant_types=CODE_GRANTS, callback_url=CALLBACK, rules=ClientRules(public=True))
        answer = told(browser.ask(public, code_challenge=None, code_challenge_method=None))
        assert answer["error"] == "invalid_request"

    def test_a_public_client_does_not_speak_for_itself(self, world: KeyManagerWorld) -> None:
        public = world.client(grant_types=("client_credentials",), rules=ClientRules(public=True))
        form = {"grant_type": "client_credentials", "client_id": public.client_id}
        refused(world.token(None, **form), 400, "unauthorized_client")


class TestRedirects:
    @pytest.mark.parametrize(
        "uri",
        [
            "https://app.example/callback/",
            "https://app.example/callback/../evil",
            "https://app.example/callback?x=1",
            "https://app.example/callback%2e",
            "https://app.example:443/callback",
            "https://APP.example/callback",
            "http://app.example/callback",
            "https://app.example.evil.example/callback",
            "https://app.example@evil.example/callback",
            "https://evil.example/https://app.example/callback",
            "//app.example/callback",
            "/callback",
            "https://app.example/callback\r\nSet-Cookie: a=b",
            "https://app.example/callback#code",
            "javascript:alert(document.domain)//https://app.example/callback",
            "data:text/html,hi",
        ],
    )
    def test_nothing_but_the_registered_address_is_ever_sent_to(
        self, browser: Browser, app: ClientCredentials, uri: str
    ) -> None:
        for parameters in ({}, {"response_type": "nonsense"}, {"prompt": "none"}, {"scope": '"'}):
            reply = browser.ask(app, redirect_uri=uri, **parameters)
            assert (reply.status, "Location" in reply.headers) == (400, False)

    def test_a_pattern_with_a_loose_end_still_needs_an_address(self, world: KeyManagerWorld, browser: Browser) -> None:
        loose = world.client(grant_types=CODE_GRANTS, callback_url="regexp=.*")
        for uri in ("javascript:alert(1)", "https://user@evil.example/", "https://a.example/\nx", "relative"):
            assert browser.ask(loose, redirect_uri=uri).status == 400

    def test_the_login_form_does_not_lead_elsewhere(self, browser: Browser, app: ClientCredentials) -> None:
        shown = browser.ask(app, state="https://evil.example/")
        assert Form(shown.text).action.startswith("?response_type=code")
        assert "evil.example" not in shown.headers["Content-Security-Policy"]

    def test_a_redirect_uri_cannot_add_to_the_policy(self, world: KeyManagerWorld, browser: Browser) -> None:
        loose = world.client(grant_types=CODE_GRANTS, callback_url=r"regexp=https://a\.example.*")
        for uri in (
            "https://a.example;script-src*/x",
            "https://a.example,https:/",
            "https://a.example'/",
            "https://a.example:x/",
        ):
            assert browser.ask(loose, redirect_uri=uri).status == 400
        assert browser.ask(loose, redirect_uri="https://a.example:8443/;script-src").status == 200


class TestScopes:
    def test_consent_for_little_is_no_consent_for_much(self, browser: Browser, app: ClientCredentials) -> None:
        browser.authorized(app, scope="openid")
        assert told(browser.ask(app, scope="openid apim:subscribe", prompt="none"))["error"] == "consent_required"

    def test_a_code_grants_what_was_agreed_whatever_the_token_request_says(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app, user="admin", scope="openid")["code"]
        assert redeem(world, app, code, scope="openid apim:admin").json["scope"] == "openid"

    def test_refreshing_cannot_add_any(self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials) -> None:
        issued = redeem(world, app, browser.authorized(app, user="admin", scope="openid")["code"]).json
        wider = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"], "scope": "apim:admin"}
        refused(world.token(app, **wider), 400, "invalid_scope")

    def test_roles_bound_a_users_scopes_on_every_way(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        code = browser.authorized(app, scope="openid apim:admin")["code"]
        assert redeem(world, app, code).json["scope"] == "openid"

    def test_the_consent_form_cannot_be_used_for_other_scopes(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        consent = browser.log_in(browser.ask(app, scope="openid"), "admin")
        form = Form(consent.text)
        body = urlencode({**form.fields, "decision": "allow"}).encode()
        path = f"/oauth2/authorize?{query(app, scope='openid apim:admin')}"
        reply = world.send("POST", path, body, {"content-type": FORM, "cookie": browser.cookie})
        assert (reply.status, "Location" in reply.headers) == (403, False)


class TestRefreshTokens:
    def test_a_stolen_one_ends_the_family_whoever_comes_second(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        issued = redeem(world, app, browser.authorized(app)["code"]).json
        thief = world.token(app, grant_type="refresh_token", refresh_token=issued["refresh_token"]).json
        refused(
            world.token(app, grant_type="refresh_token", refresh_token=issued["refresh_token"]), 400, "invalid_grant"
        )
        refused(
            world.token(app, grant_type="refresh_token", refresh_token=thief["refresh_token"]), 400, "invalid_grant"
        )
        assert not opens(world, thief["access_token"])

    def test_a_made_up_secret_for_a_known_family_gets_nothing(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        issued = redeem(world, app, browser.authorized(app)["code"]).json
        family = issued["refresh_token"].partition(".")[0]
        refused(
            world.token(app, grant_type="refresh_token", refresh_token=f"{family}.{'x' * 43}"), 400, "invalid_grant"
        )


class Counting:
    """Counts how often a password is compared."""

    def __init__(self, world: KeyManagerWorld) -> None:
        self.asked: Counter[bool] = Counter()
        authentication = world.callers.authentication
        outer = self

        class Counted:
            account = authentication.account

            def authenticate(self, tenant: str, name: str, password: str, *, address: str = "") -> User | None:
                found = authentication.authenticate(tenant, name, password, address=address)
                outer.asked[found is not None] += 1
                return found

        object.__setattr__(world.parts.login, "authentication", Counted())


class TestWhoExists:
    def test_known_and_unknown_users_cost_the_same_work_and_answer_alike(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        counting = Counting(world)
        known = browser.log_in(browser.ask(app), "mary", "wrong")
        unknown = browser.log_in(browser.ask(app), "unheard-of", "wrong")
        assert counting.asked == {False: 2}
        assert self.bare(known, "mary") == self.bare(unknown, "unheard-of")

    def bare(self, reply: Reply, name: str) -> str:
        form = Form(reply.text)
        nonce = reply.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        text = reply.text.replace(form.fields["form_token"], "").replace(nonce, "")
        return text.replace(name, "")


class TestTenants:
    def test_another_tenants_client_is_unknown_at_a_tenants_endpoints(
        self, world: KeyManagerWorld, browser: Browser, app: ClientCredentials
    ) -> None:
        assert browser.ask(app, f"/t/{OTHER_TENANT}/oauth2/authorize").status == 400
        refused(world.token(app, f"/t/{OTHER_TENANT}/oauth2/token", grant_type="refresh_token"), 401, "invalid_client")

    def test_a_user_of_another_tenant_cannot_log_in_through_a_client(
        self, browser: Browser, app: ClientCredentials
    ) -> None:
        assert browser.log_in(browser.ask(app), f"mary@{OTHER_TENANT}").status == 400

    def test_a_refresh_token_of_another_tenant_is_unknown(self, world: KeyManagerWorld) -> None:
        ours, theirs = world.client(), world.client(tenant=OTHER_TENANT)
        token = world.password(ours).json["refresh_token"]
        refused(world.token(theirs, grant_type="refresh_token", refresh_token=token), 400, "invalid_grant")
        assert world.token(ours, grant_type="refresh_token", refresh_token=token).status == 200

    def test_an_administrator_learns_nothing_of_another_tenants_tokens(self, world: KeyManagerWorld) -> None:
        token = world.password(world.client()).json["access_token"]
        body = urlencode({"token": token}).encode()
        headers = {"content-type": FORM, **basic(f"admin@{OTHER_TENANT}", PASSWORD)}
        assert world.send("POST", "/oauth2/introspect", body, headers).json == {"active": False}
        assert claims_of(token)["iss"] == f"{MANAGEMENT_URL}/oauth2/token"
        assert SUPER_TENANT not in headers["authorization"]
