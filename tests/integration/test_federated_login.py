"""Logging in at a certified OpenID Provider that is none of ours, and what it is not believed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.federation.oidc import OpenIdConnect
from gatehouse.adapters.registrars.egress import Egress
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.identity_provider import NotVouchedFor, Protocol
from tests.oidc_provider import OidcProvider
from tests.worlds.federation import CALLBACK, RETURN_TO, FederationWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.people.identity_provider import IdentityProvider


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    started = OidcProvider()
    yield started
    started.stop()


@pytest.fixture
def egress() -> Iterator[Egress]:
    way_out = Egress(internal_allowed=True)
    yield way_out
    way_out.close()


class World(FederationWorld):
    def __init__(self, provider: OidcProvider, egress: Egress, method: str = "client_secret_basic") -> None:
        clock = SystemClock()
        super().__init__({Protocol.OIDC: OpenIdConnect(egress=egress, clock=clock)}, clock)
        self.server = provider
        self.client = provider.register(
            redirect_uris=[CALLBACK], grant_types=["authorization_code"], token_endpoint_auth_method=method
        )

    def registered(
        self, name: str = "Provider", *, keys_url: str = "", issuer: str = "", **settings: str
    ) -> IdentityProvider:
        metadata = self.server.metadata
        told = {
            "ClientId": self.client["client_id"],
            "OAuth2AuthzEPUrl": metadata["authorization_endpoint"],
            "OAuth2TokenEPUrl": metadata["token_endpoint"],
            "UserInfoUrl": metadata["userinfo_endpoint"],
            **settings,
        }
        return self.provider(
            name,
            issuer=issuer or self.server.issuer,
            settings=told,
            secret=self.client.get("client_secret", ""),
            certificate={"jwksUri": keys_url or metadata["jwks_uri"]},
        )

    def log_in(self, provider: IdentityProvider, account: str = "mary") -> Any:
        departure = self.federation.begin(SUPER_TENANT, provider.id, RETURN_TO)
        back = self.server.visit(departure.url, account, until=CALLBACK)
        return self.federation.finish(dict(parse_qsl(urlsplit(back).query)), departure.ticket)


@pytest.fixture
def world(provider: OidcProvider, egress: Egress) -> World:
    return World(provider, egress)


def test_a_user_logs_in_there_and_is_one_of_ours(world: World) -> None:
    arrival = world.log_in(world.registered())
    assert arrival.return_to == RETURN_TO
    assert arrival.user.name.startswith("mary_")
    assert arrival.user.roles == {"Internal/everyone", "Internal/creator", "Internal/subscriber"}
    assert arrival.user.profile["emails"] == [{"value": "mary@example.com", "primary": True}]
    assert world.log_in(world.registered("Again")).user == arrival.user


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_we_may_prove_ourselves_in_the_form_or_not_at_all(provider: OidcProvider, egress: Egress, method: str) -> None:
    world = World(provider, egress, method)
    assert world.log_in(world.registered(IsBasicAuthEnabled="false"), "paul").user.name.startswith("paul_")


def test_a_code_that_was_used_is_no_good_again(world: World) -> None:
    departure = world.federation.begin(SUPER_TENANT, world.registered().id, RETURN_TO)
    back = dict(parse_qsl(urlsplit(world.server.visit(departure.url, until=CALLBACK)).query))
    world.federation.finish(back, departure.ticket)
    with pytest.raises(NotVouchedFor):
        world.federation.finish(back, departure.ticket)


def test_a_code_of_another_browser_is_no_good_with_our_state(world: World) -> None:
    """PKCE and nonce: an attacker puts their code into somebody else's login (RFC 9700 §4.5)."""
    provider = world.registered()
    theirs, ours = (world.federation.begin(SUPER_TENANT, provider.id, RETURN_TO) for _ in range(2))
    stolen = dict(parse_qsl(urlsplit(world.server.visit(theirs.url, "paul", until=CALLBACK)).query))
    state = dict(parse_qsl(urlsplit(ours.url).query))["state"]
    with pytest.raises(NotVouchedFor):
        world.federation.finish({**stolen, "state": state}, ours.ticket)


def test_what_the_provider_refuses_is_nobody(world: World) -> None:
    departure = world.federation.begin(SUPER_TENANT, world.registered().id, RETURN_TO)
    state = dict(parse_qsl(urlsplit(departure.url).query))["state"]
    with pytest.raises(NotVouchedFor):
        world.federation.finish({"state": state, "error": "access_denied"}, departure.ticket)


def test_an_answer_that_names_another_issuer_is_not_redeemed(world: World) -> None:
    departure = world.federation.begin(SUPER_TENANT, world.registered().id, RETURN_TO)
    back = dict(parse_qsl(urlsplit(world.server.visit(departure.url, until=CALLBACK)).query))
    with pytest.raises(NotVouchedFor):
        world.federation.finish({**back, "iss": "https://evil.example"}, departure.ticket)


def test_an_id_token_of_another_issuer_or_key_is_not_believed(world: World, egress: Egress) -> None:
    other = OidcProvider()
    try:
        foreign = world.registered("Keys", keys_url=other.metadata["jwks_uri"])
        with pytest.raises(NotVouchedFor):
            world.log_in(foreign)
    finally:
        egress.close()
        other.stop()


def test_a_provider_that_does_not_answer_is_said_to_by_its_name(world: World) -> None:
    down = world.registered("Down", OAuth2TokenEPUrl="http://127.0.0.1:1/token")
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        world.log_in(down)
    assert "'Down'" in caught.value.description
    assert time.monotonic() - started < 10


def test_addresses_inside_the_network_are_asked_on_a_laptop_only(provider: OidcProvider) -> None:
    guarded = World(provider, Egress(internal_allowed=False))
    with pytest.raises(Unavailable):
        guarded.log_in(guarded.registered())
