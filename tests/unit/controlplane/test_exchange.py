"""Whose tokens are exchanged for ours, with keys that are real and a provider in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.controlplane.key_management.exchange import REFETCH_SECONDS, ExchangeableTokens, FetchedKeys
from gatehouse.domain.artifact import ALL_TENANTS, Artifact, issuer_key
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.token import TokenExpired, TokenInactive, TokenInvalid
from tests.callers import OTHER_TENANT
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.issuers import InMemoryIssuers
from tests.worlds.issuers import ISSUER, JWKS_URL, KEY_MANAGER_ID, OTHER_ISSUER, claims, issuer, jwk, rsa_key, signed

if TYPE_CHECKING:
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.ports.tokens.trusted_tokens import TrustedTokens

MANAGEMENT = "https://management.example:9443"
ALIAS = "menu"


class World:
    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.artifacts = InMemoryArtifacts(self.clock)
        self.provider = InMemoryIssuers()
        self.provider.sets[JWKS_URL] = [jwk(rsa_key())]
        self.tokens: TrustedTokens = ExchangeableTokens(
            artifacts=self.artifacts,
            verifier=JwtVerifier(),
            keys=FetchedKeys(self.provider),
            clock=self.clock,
            management_url=MANAGEMENT,
        )

    def trust(self, tenant: str = SUPER_TENANT, **changes: Any) -> Issuer:
        trusted = issuer(**{"exchanged": True, "direct": False, "audience": ALIAS, **changes})
        self.artifacts.publish([Artifact(issuer_key(tenant, trusted.issuer), trusted.to_body())])
        return trusted

    def token(self, key: Any = None, **changes: Any) -> str:
        return signed(claims(self.clock.now(), **changes), key)


@pytest.fixture
def world() -> World:
    return World()


def test_a_token_of_an_exchanged_key_manager_names_its_user_and_whose_word_it_is(world: World) -> None:
    world.trust(claims=(("upn", "username"),))
    subject = world.tokens.subject(SUPER_TENANT, world.token(upn="mary@example.com"))
    assert (subject.claims.subject, subject.key_manager, subject.name) == ("mary", KEY_MANAGER_ID, "Theirs")
    assert subject.claims.raw["username"] == "mary@example.com"


def test_an_id_token_that_names_no_client_will_do(world: World) -> None:
    world.trust()
    assert world.tokens.subject(SUPER_TENANT, world.token(azp=None, scope=None)).claims.client_id == ""


@pytest.mark.parametrize(
    "change",
    [{"exchanged": False}, {"enabled": False}, {"issuer": OTHER_ISSUER}, {"audience": "elsewhere"}],
)
def test_what_is_not_for_exchange_is_refused(world: World, change: dict[str, Any]) -> None:
    world.trust(**change)
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, world.token())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"exp": 1}, TokenExpired),
        ({"nbf": 4_000_000_000}, TokenInactive),
        ({"sub": None}, TokenInvalid),
        ({"aud": "somebody-else"}, TokenInvalid),
    ],
)
def test_a_token_that_says_the_wrong_thing_is_refused(
    world: World, change: dict[str, Any], error: type[TokenInvalid]
) -> None:
    world.trust()
    with pytest.raises(error):
        world.tokens.subject(SUPER_TENANT, world.token(**change))


def test_a_stranger_s_signature_is_refused(world: World) -> None:
    world.trust()
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, world.token(rsa_key("stranger")))
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, "no.jwt.at-all")


def test_without_an_alias_the_token_must_be_for_our_token_endpoint(world: World) -> None:
    world.trust(audience="")
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, world.token())
    ours = f"{MANAGEMENT}/oauth2/token"
    assert world.tokens.subject(SUPER_TENANT, world.token(aud=[ours, "account"])).claims.subject == "mary"


def test_another_tenant_s_key_manager_is_nobody_s_here_and_everybody_s_is_ours_too(world: World) -> None:
    world.trust(OTHER_TENANT)
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, world.token())
    world.trust(ALL_TENANTS)
    assert world.tokens.subject(SUPER_TENANT, world.token()).claims.subject == "mary"


def test_an_alias_of_the_issuer_is_the_issuer_and_claims_must_fit_the_patterns(world: World) -> None:
    world.trust(issuer=OTHER_ISSUER, aliases=(ISSUER,), claim_patterns=((("tid", "t-[0-9]+"),),))
    assert world.tokens.subject(SUPER_TENANT, world.token(tid="t-7")).claims.issuer == OTHER_ISSUER
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, world.token(tid="other"))


def test_a_rotated_key_is_fetched_and_a_silent_provider_is_left_alone_for_a_while(world: World) -> None:
    world.trust()
    world.tokens.subject(SUPER_TENANT, world.token())
    world.provider.sets[JWKS_URL] = [jwk(rsa_key("rotated"), "rotated")]
    rotated = signed(claims(world.clock.now()), rsa_key("rotated"), kid="rotated")
    with pytest.raises(TokenInvalid):
        world.tokens.subject(SUPER_TENANT, rotated)
    world.clock.advance(REFETCH_SECONDS + 1)
    assert world.tokens.subject(SUPER_TENANT, rotated).claims.subject == "mary"
    assert world.provider.asked == [JWKS_URL] * 2

    silent = world.trust(issuer=OTHER_ISSUER, jwks_url="https://silent.example/jwks")
    for _ in range(2):
        with pytest.raises(Unavailable):
            world.tokens.subject(SUPER_TENANT, world.token(iss=OTHER_ISSUER))
    assert world.provider.asked.count(silent.jwks_url) == 1
