"""From the login page to an identity provider and back: who goes, who comes back, and where they end."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from functions.key_manager.routes.federation import AWAY_COOKIE
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.identity_provider import IdentityProvider, Protocol, Voucher, provider_id
from tests.callers import OTHER_TENANT
from tests.events import CONTEXT, http_event
from tests.worlds.browser import CODE_GRANTS, query
from tests.worlds.key_manager import FORM, KeyManagerWorld

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials


class World:
    """One browser, with every cookie that it is given."""

    def __init__(self) -> None:
        self.key_manager = KeyManagerWorld()
        self.key_manager.vouching.voucher = Voucher(
            issuer="", subject="subject-1", claims={"preferred_username": "mary", "groups": ["cooks"]}
        )
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []

    def provider(self, protocol: Protocol = Protocol.OIDC, tenant: str = SUPER_TENANT, name: str = "C<o>rp") -> str:
        document = {
            "isEnabled": True,
            "provisioning": {"jit": {"isEnabled": True}},
            "roles": {"mappings": [{"idpRole": "cooks", "localRole": "Internal/subscriber"}]},
        }
        made = IdentityProvider(
            tenant=tenant,
            id=provider_id(tenant, name),
            name=name,
            protocol=protocol,
            issuer="https://id.corp.example",
            document=document,
        )
        return self.key_manager.providers.add(made).id

    def app(self, tenant: str = SUPER_TENANT, name: str = "app") -> ClientCredentials:
        registered = self.key_manager.parts.registration.register(
            tenant=tenant,
            owner="admin",
            name=name,
            grant_types=CODE_GRANTS,
            callback_url="https://app.example/callback",
        )
        return self.key_manager.parts.registration.credentials(registered)

    def send(self, method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        parts = urlsplit(address)
        body = urlencode(form).encode() if form else None
        event = http_event(method, parts.path, headers={"content-type": FORM} if form else {}, body=body)
        event["rawQueryString"] = parts.query
        event["cookies"] = [f"{name}={value}" for name, value in self.cookies.items()]
        answer = self.key_manager._pages(event, CONTEXT)
        self.set = answer.get("cookies") or []
        for cookie in self.set:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def links(self, address: str) -> list[str]:
        """Where the page's links to providers lead."""
        page = self.send("GET", address)
        assert page["statusCode"] == 200, page
        return [
            html.unescape(link)
            for link in re.findall(r'<li><a href="([^"]+)">Sign in with C&lt;o&gt;rp</a>', page["body"])
        ]

    def away(self, address: str) -> str:
        """Go to the provider; the state to come back with."""
        answer = self.send("GET", address)
        assert answer["statusCode"] == 302, answer["body"]
        assert answer["headers"]["Location"].startswith("https://id.corp.example/in?")
        return parse_qs(urlsplit(answer["headers"]["Location"]).query)["state"][0]


@pytest.fixture
def world() -> World:
    return World()


def test_a_user_goes_to_the_provider_and_comes_back_signed_in(world: World) -> None:
    world.provider()
    asked = f"/oauth2/authorize?{query(world.app(), prompt='login consent')}"
    (link,) = world.links(asked)
    state = world.away(link)
    back = world.send("GET", f"/commonauth?state={state}&code=x")
    assert back["statusCode"] == 303
    assert back["headers"]["Cache-Control"] == "no-store"
    assert world.cookies[AWAY_COOKIE] == ""
    consent = world.send("GET", back["headers"]["Location"])
    assert "mary_" in consent["body"], "the wish for a login was granted: what is left is consent"
    assert 'value="consent"' in consent["body"]


def test_the_ticket_is_kept_from_scripts_and_from_other_sites_unless_they_must_post(world: World) -> None:
    for protocol, policy in ((Protocol.OIDC, "Lax"), (Protocol.SAML, "None")):
        provider = world.provider(protocol, name=protocol)
        world.away(f"/oauth2/federated/{provider}?to=/oauth2/authorize?x=y")
        (cookie,) = world.set
        assert cookie.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", f"SameSite={policy}", "Max-Age=600"} <= set(cookie.split("; "))


def test_a_provider_may_answer_with_a_form(world: World) -> None:
    provider = world.provider(Protocol.SAML)
    state = world.away(f"/oauth2/federated/{provider}?to=/oauth2/authorize?x=y")
    back = world.send("POST", "/commonauth", {"RelayState": state, "SAMLResponse": "x"})
    assert (back["statusCode"], back["headers"]["Location"]) == (303, "/oauth2/authorize?x=y")


def test_a_session_that_somebody_prepared_is_not_the_one_that_is_used(world: World) -> None:
    """Session fixation: what the browser had before is worth nothing after."""
    provider = world.provider()
    world.send("GET", f"/oauth2/authorize?{query(world.app())}")
    prepared = world.cookies["__Host-gatehouse"]
    state = world.away(f"/oauth2/federated/{provider}?to=/oauth2/authorize?x=y")
    world.send("GET", f"/commonauth?state={state}")
    assert world.cookies["__Host-gatehouse"] != prepared


@pytest.mark.parametrize(
    "to",
    [
        "",
        "https://evil.example",
        "//evil.example/oauth2/authorize?",
        "/oauth2/authorize@evil.example",
        "/\\evil.example/oauth2/authorize?x",
        "/t/a/b/oauth2/authorize?x",
        "/t/..\\evil/oauth2/authorize?x",
        "/api/am/publisher",
        "javascript:/oauth2/authorize?x",
        "/oauth2/authorize?x\r\nSet-Cookie: a=b",
        "/oauth2/authorize?" + "x" * 3000,
    ],
)
def test_400_for_a_link_that_would_lead_somewhere_else(world: World, to: str) -> None:
    answer = world.send("GET", f"/oauth2/federated/{world.provider()}?to={quote(to, safe='')}")
    assert answer["statusCode"] == 400
    assert not world.set


@pytest.mark.parametrize("told_back", ["", "state=x", "state=%C3%A9", "error=access_denied"])
def test_401_for_who_comes_back_without_having_gone(world: World, told_back: str) -> None:
    answer = world.send("GET", f"/commonauth?{told_back}")
    assert answer["statusCode"] == 401
    assert "did not succeed" in answer["body"]
    assert "__Host-gatehouse" not in world.cookies


def test_401_in_another_browser(world: World) -> None:
    provider = world.provider()
    state = world.away(f"/oauth2/federated/{provider}?to=/oauth2/authorize?x=y")
    world.cookies.clear()
    assert world.send("GET", f"/commonauth?state={state}")["statusCode"] == 401


def test_404_for_a_provider_of_another_tenant(world: World) -> None:
    provider = world.provider()
    assert (
        world.send("GET", f"/t/{OTHER_TENANT}/oauth2/federated/{provider}?to=/oauth2/authorize?x")["statusCode"] == 404
    )


def test_a_page_names_the_providers_of_the_client_s_tenant(world: World) -> None:
    world.provider()
    theirs = world.provider(tenant=OTHER_TENANT)
    (link,) = world.links(f"/oauth2/authorize?{query(world.app(OTHER_TENANT))}")
    assert link.startswith(f"/t/{OTHER_TENANT}/oauth2/federated/{theirs}?")


def test_a_page_without_providers_has_no_links(world: World) -> None:
    assert world.links(f"/oauth2/authorize?{query(world.app())}") == []
