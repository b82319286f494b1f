"""Tokens of external issuers at the gateway: whose are taken, for what, and until when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import Artifact, RevocationKind, Withdrawal, issuer_key, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.tokens.token import LEEWAY_SECONDS
from tests.calls import APPLICATION_ID, CONSUMER_KEY, MAX_STALENESS, menu_api
from tests.worlds.external_tokens import OK, Theirs
from tests.worlds.issuers import (
    CLIENT,
    KEY_MANAGER_ID,
    ec_key,
    issuer,
    jwk,
)

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


@pytest.fixture
def theirs(running: Running) -> Theirs:
    return Theirs(running)


def test_200_with_a_token_of_a_mapped_client_and_its_scopes(theirs: Theirs) -> None:
    assert theirs.call(theirs.token()) == OK
    assert theirs.call(theirs.token(), "POST", "/menu/1.0.0/orders") == OK
    assert theirs.call(theirs.token(scope="read"), "POST", "/menu/1.0.0/orders") == (403, "900910")
    assert theirs.running.lines[0]["application_id"] == APPLICATION_ID


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://unknown.example"},
        {"iss": "https://idp.example/realms/menu/"},
        {"iss": "https://IDP.example/realms/menu"},
        {"iss": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"iat": "long ago"},
        {"azp": None},
        {"azp": ""},
        {"azp": 7},
        {"azp": "x" * 5000},
    ],
)
def test_401_for_claims_that_are_not_right(theirs: Theirs, change: dict[str, Any]) -> None:
    assert theirs.call(theirs.token(**change)) == (401, "900901")


@pytest.mark.parametrize("change", [{"nbf": 2_000_000_000}, {"iat": 2_000_000_000}])
def test_401_says_so_when_the_time_of_a_token_has_not_come(theirs: Theirs, change: dict[str, Any]) -> None:
    assert theirs.call(theirs.token(**change)) == (401, "900904")


def test_401_expired_says_so_also_of_a_remembered_token(theirs: Theirs) -> None:
    assert theirs.call(theirs.token(exp=int(theirs.world.clock.now()) - 10)) == (401, "900903")
    token = theirs.token()
    assert theirs.call(token) == OK
    theirs.world.clock.advance(300 + LEEWAY_SECONDS)
    assert theirs.call(token) == (401, "900903")


def test_an_audience_is_checked_when_one_is_configured(theirs: Theirs) -> None:
    assert theirs.call(theirs.token(aud=None)) == OK
    theirs.configure(issuer(audience="menu"))
    theirs.world.clock.advance(MAX_STALENESS + 0.1)
    assert theirs.call(theirs.token()) == OK
    assert theirs.call(theirs.token(aud="menu")) == OK
    for wrong in ("account", ["account"], None, "menu2", ["men", "u"], {"menu": 1}):
        assert theirs.call(theirs.token(aud=wrong)) == (401, "900901")


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        ({}, {"azp": None, "client_id": CLIENT}),
        ({"consumer_key_claim": "appid"}, {"azp": "another", "appid": CLIENT}),
        ({}, {"scope": None, "scp": ["order"]}),
        ({"scopes_claim": "roles"}, {"scope": "", "roles": ["order", 7]}),
        ({"scopes_claim": "roles"}, {"scope": None, "roles": "read order"}),
    ],
)
def test_claims_stand_where_they_are_configured_or_usual(
    theirs: Theirs, configured: dict[str, Any], said: dict[str, Any]
) -> None:
    theirs.configure(issuer(**configured))
    assert theirs.call(theirs.token(**said), "POST", "/menu/1.0.0/orders") == OK


def test_a_configured_claim_that_is_missing_is_not_looked_for_elsewhere(theirs: Theirs) -> None:
    theirs.configure(issuer(consumer_key_claim="appid", scopes_claim="roles"))
    assert theirs.call(theirs.token()) == (401, "900901")
    assert theirs.call(theirs.token(appid=CLIENT), "POST", "/menu/1.0.0/orders") == (403, "900910")


def test_403_for_a_client_that_nobody_mapped(theirs: Theirs) -> None:
    assert theirs.call(theirs.token(azp="another-client")) == (403, "900908")


def test_a_client_is_its_own_key_manager_s_only(theirs: Theirs) -> None:
    # The resident consumer key, in a token of theirs, stands for nothing; and theirs, mapped at another, neither.
    assert theirs.call(theirs.token(azp=CONSUMER_KEY)) == (403, "900908")
    theirs.map("elsewhere", "another-key-manager")
    assert theirs.call(theirs.token(azp="elsewhere")) == (403, "900908")
    own = theirs.world.token(azp=CLIENT)
    assert theirs.call(own) == (403, "900908")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("all",), OK),
        (("Theirs",), OK),
        (("Resident Key Manager", "Theirs"), OK),
        (("Resident Key Manager",), (401, "900901")),
        (("theirs",), (401, "900901")),
        ((KEY_MANAGER_ID,), (401, "900901")),
    ],
)
def test_an_api_takes_the_key_managers_that_it_names(
    theirs: Theirs, names: tuple[str, ...], expected: tuple[int, str]
) -> None:
    theirs.world.deploy(menu_api(access=Access(key_managers=names)))
    assert theirs.call(theirs.token()) == expected
    resident = OK if {"all", "Resident Key Manager"} & set(names) else (401, "900901")
    assert theirs.call(theirs.world.token()) == resident


def test_an_issuer_of_another_tenant_is_unknown(theirs: Theirs) -> None:
    theirs.world.artifacts.publish([Withdrawal(issuer_key(SUPER_TENANT, issuer().issuer))])
    body = issuer().to_body()
    theirs.world.artifacts.publish([Artifact(issuer_key("other.example", issuer().issuer), body)])
    assert theirs.call(theirs.token()) == (401, "900901")


def test_nobody_is_our_own_issuer_but_us(theirs: Theirs) -> None:
    """An issuer that calls itself like ours changes nothing, should one ever be configured."""
    own = theirs.world.claims()["iss"]
    theirs.configure(replace(issuer(), issuer=own))
    assert theirs.call(theirs.token(iss=own)) == (401, "900901")
    assert theirs.call(theirs.world.token()) == OK


@pytest.mark.parametrize("change", ["disabled", "removed", "other audience", "other keys"])
def test_a_change_of_the_issuer_holds_for_remembered_tokens_within_max_staleness(theirs: Theirs, change: str) -> None:
    token = theirs.token()
    assert theirs.call(token) == OK
    match change:
        case "disabled":
            theirs.configure(issuer(enabled=False))
        case "removed":
            theirs.world.artifacts.publish([Withdrawal(issuer_key(SUPER_TENANT, issuer().issuer))])
        case "other audience":
            theirs.configure(issuer(audience="elsewhere"))
        case _:
            theirs.configure(issuer(jwks_url="", keys=(jwk(ec_key(), None),)))
    theirs.world.clock.advance(MAX_STALENESS + 0.1)
    assert theirs.call(token) == (401, "900901")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [(RevocationKind.TOKEN, "t-1"), (RevocationKind.CLIENT, CLIENT), (RevocationKind.USER, "mary")],
)
def test_a_revocation_names_the_key_manager_and_voids_nobody_else_s(
    theirs: Theirs, kind: RevocationKind, subject: str
) -> None:
    token = theirs.token(jti="t-1")
    before = {"before": int(theirs.world.clock.now())}
    theirs.world.artifacts.publish([Artifact(revocation_key(SUPER_TENANT, kind, subject), before)])
    assert theirs.call(token) == OK
    named = revocation_key(SUPER_TENANT, kind, f"{KEY_MANAGER_ID}/{subject}")
    theirs.world.artifacts.publish([Artifact(named, before)])
    theirs.world.clock.advance(MAX_STALENESS + 0.1)
    assert theirs.call(token) == (401, "900901")


def test_names_as_long_as_anybody_likes_stay_keys(theirs: Theirs) -> None:
    assert theirs.call(theirs.token(jti="j" * 5000, sub="s" * 5000)) == OK
    assert theirs.call(theirs.token(jti=None, sub=None)) == OK


def test_the_resident_s_tokens_cost_no_look_at_issuers(running: Running) -> None:
    token = running.world.token()
    running.call(token=token)
    assert running.world.issuers.asked == []


def test_a_token_that_does_not_say_when_it_was_issued_was_issued_before_every_revocation(theirs: Theirs) -> None:
    token = theirs.token(iat=None)
    assert theirs.call(token) == OK
    named = revocation_key(SUPER_TENANT, RevocationKind.CLIENT, f"{KEY_MANAGER_ID}/{CLIENT}")
    theirs.world.artifacts.publish([Artifact(named, {"before": 1_600_000_000})])
    theirs.world.clock.advance(MAX_STALENESS + 0.1)
    assert theirs.call(token) == (401, "900901")
