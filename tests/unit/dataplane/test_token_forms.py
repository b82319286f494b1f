"""What else an admin says of a key manager's tokens, at the gateway: forms, aliases, exchange, and tenants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import ALL_TENANTS, Artifact, Withdrawal, issuer_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.calls import MAX_STALENESS
from tests.worlds.external_tokens import OK, Theirs
from tests.worlds.issuers import CLIENT, INTROSPECTION_URL, ISSUER, OTHER_ISSUER, introspecting, issuer

if TYPE_CHECKING:
    from gatehouse.domain.tokens.issuer import Issuer
    from tests.worlds.gateway import Running

REFUSED = (401, "900901")


@pytest.fixture
def theirs(running: Running) -> Theirs:
    return Theirs(running)


def say(theirs: Theirs, token: str) -> None:
    said = {"active": True, "client_id": CLIENT, "scope": "order", "sub": "mary"}
    theirs.world.issuers.active.setdefault(INTROSPECTION_URL, {})[token] = said


def publish(theirs: Theirs, known: Issuer, tenant: str) -> None:
    theirs.world.artifacts.publish(
        [Artifact(issuer_key(tenant, known.issuer), json.loads(json.dumps(known.to_body())))]
    )


def test_401_for_a_token_that_is_there_to_be_exchanged(theirs: Theirs) -> None:
    theirs.configure(introspecting(direct=False, exchanged=True))
    say(theirs, "opaque")
    assert theirs.call(theirs.token()) == REFUSED
    assert theirs.call("opaque") == REFUSED
    assert theirs.world.issuers.asked == []


def test_200_for_both_ways(theirs: Theirs) -> None:
    theirs.configure(issuer(exchanged=True))
    assert theirs.call(theirs.token()) == OK


def test_a_token_may_name_its_issuer_by_an_alias(theirs: Theirs) -> None:
    theirs.configure(issuer(aliases=(OTHER_ISSUER,)))
    assert theirs.call(theirs.token(iss=OTHER_ISSUER)) == OK
    assert theirs.call(theirs.token()) == OK
    theirs.configure(issuer())
    theirs.world.clock.advance(MAX_STALENESS + 1)
    assert theirs.call(theirs.token(iss=OTHER_ISSUER)) == REFUSED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tid": "t-7", "roles": ["a", "cook"]}, OK),
        ({"tid": "t-7", "roles": ["waiter"]}, REFUSED),
        ({"tid": "other", "roles": ["cook"]}, REFUSED),
        ({}, REFUSED),
        ({"level": 3}, OK),
    ],
)
def test_a_jwt_must_fit_one_set_of_claim_patterns_where_there_are_any(
    theirs: Theirs, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    theirs.configure(issuer(claim_patterns=((("tid", "t-[0-9]+"), ("roles", "cook")), (("level", "[1-3]"),))))
    assert theirs.call(theirs.token(**changes)) == expected


def test_a_jwt_that_is_introspected_must_fit_too(theirs: Theirs) -> None:
    theirs.configure(introspecting(self_validated=False, claim_patterns=((("sub", "john"),),)))
    token = theirs.token()
    say(theirs, token)
    assert theirs.call(token) == REFUSED


def test_an_issuer_is_asked_for_opaque_tokens_of_its_form_only(theirs: Theirs) -> None:
    theirs.configure(introspecting(token_patterns=("at_[a-z]+",), any_patterns=("x-.*",)))
    for token in ("at_good", "at_bad1", "x-other"):
        say(theirs, token)
    assert theirs.call("at_good") == OK
    assert theirs.call("x-other") == OK
    assert theirs.call("at_bad1") == REFUSED
    assert theirs.world.issuers.asked == [INTROSPECTION_URL] * 2


def test_a_key_manager_of_all_tenants_opens_this_one_s_apis_until_it_is_withdrawn(theirs: Theirs) -> None:
    theirs.world.artifacts.publish([Withdrawal(issuer_key(SUPER_TENANT, ISSUER))])
    publish(theirs, issuer(), ALL_TENANTS)
    token = theirs.token()
    assert theirs.call(token) == OK
    publish(theirs, issuer(enabled=False), ALL_TENANTS)
    theirs.world.clock.advance(MAX_STALENESS + 1)
    assert theirs.call(token) == REFUSED


def test_a_tenant_s_own_key_manager_stands_before_everybody_s_of_the_same_name(theirs: Theirs) -> None:
    publish(theirs, issuer(issuer=OTHER_ISSUER), ALL_TENANTS)
    assert theirs.call(theirs.token()) == OK
    assert theirs.call(theirs.token(iss=OTHER_ISSUER)) == REFUSED
