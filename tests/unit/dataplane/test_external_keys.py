"""Keys of external issuers at the gateway: what is fetched, how long it is believed, and who signs for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.dataplane.credentials.bearer import EXTERNAL_SECONDS
from gatehouse.dataplane.credentials.issuer_keys import LIFETIME_SECONDS, REFETCH_SECONDS, STALE_SECONDS
from tests.calls import PRIVATE_KEY
from tests.forgery import hs256_with_the_public_key
from tests.worlds.external_tokens import OK, Theirs
from tests.worlds.issuers import (
    CLIENT,
    JWKS_URL,
    OTHER_ISSUER,
    claims,
    ec_key,
    issuer,
    jwk,
    rsa_key,
    signed,
)

if TYPE_CHECKING:
    from tests.worlds.gateway import Running


@pytest.fixture
def theirs(running: Running) -> Theirs:
    return Theirs(running)


def test_200_with_keys_of_a_certificate_whatever_the_token_calls_them(theirs: Theirs) -> None:
    theirs.configure(issuer(jwks_url="", keys=(jwk(ec_key(), None),)))
    assert theirs.call(theirs.token(ec_key(), algorithm="ES256", kid="whatever")) == OK
    assert theirs.call(theirs.token()) == (401, "900901")
    assert theirs.fetched == 0


def test_a_warm_call_fetches_and_reads_nothing(theirs: Theirs) -> None:
    token = theirs.token()
    theirs.call(token)
    theirs.call(token)
    reads = theirs.world.artifacts.reads
    for _ in range(20):
        assert theirs.call(token) == OK
    assert theirs.fetched == 1
    assert theirs.world.artifacts.reads == reads


def test_the_key_of_one_issuer_signs_for_no_other(theirs: Theirs) -> None:
    other = issuer(issuer=OTHER_ISSUER, name="Other", key_manager="other-id", jwks_url="https://other.example/jwks")
    theirs.configure(other)
    theirs.world.issuers.sets[other.jwks_url] = [jwk(rsa_key("others"))]
    theirs.map(CLIENT, "other-id", "another-application")
    assert theirs.call(theirs.token(rsa_key("others"))) == (401, "900901")
    assert theirs.call(theirs.token(iss=OTHER_ISSUER)) == (401, "900901")
    assert theirs.call(theirs.token(PRIVATE_KEY, kid="key-1")) == (401, "900901")
    assert theirs.call(theirs.token()) == OK
    # The other's client of the same name stands for an application that is not subscribed.
    assert theirs.call(theirs.token(rsa_key("others"), iss=OTHER_ISSUER)) == (403, "900908")


def test_algorithms_cannot_be_confused(theirs: Theirs) -> None:
    document = claims(theirs.world.clock.now())
    assert theirs.call(hs256_with_the_public_key(document, "their-key", rsa_key().public_key())) == (401, "900901")
    theirs.world.issuers.sets[JWKS_URL] = [{"kty": "oct", "k": "c2VjcmV0", "kid": "their-key", "alg": "HS256"}]
    theirs.world.clock.advance(LIFETIME_SECONDS)
    assert theirs.call(signed(document, b"secret" * 6, algorithm="HS256")) == (401, "900901")


def test_a_new_key_is_found_at_once_and_made_up_ones_are_not_asked_for_again(theirs: Theirs) -> None:
    assert theirs.call(theirs.token()) == OK
    theirs.world.clock.advance(REFETCH_SECONDS)
    theirs.world.issuers.sets[JWKS_URL].append(jwk(rsa_key("rotated"), "rotated"))
    assert theirs.call(theirs.token(rsa_key("rotated"), kid="rotated")) == OK
    assert theirs.fetched == 2
    for number in range(50):
        assert theirs.call(theirs.token(kid=f"made-up-{number}")) == (401, "900901")
    assert theirs.fetched == 2
    theirs.world.clock.advance(REFETCH_SECONDS)
    assert theirs.call(theirs.token(kid="made-up")) == (401, "900901")
    assert theirs.fetched == 3


def test_a_withdrawn_key_is_believed_no_longer_than_its_lifetime(theirs: Theirs) -> None:
    token = theirs.token(exp=2_000_000_000)
    assert theirs.call(token) == OK
    theirs.world.issuers.sets[JWKS_URL] = [jwk(rsa_key("rotated"), "rotated")]
    theirs.world.clock.advance(max(EXTERNAL_SECONDS, LIFETIME_SECONDS) - 1)
    assert theirs.call(token) == OK
    theirs.world.clock.advance(1)
    assert theirs.call(token) == (401, "900901")


def test_500_when_keys_cannot_be_fetched_and_the_issuer_is_left_alone_a_while(theirs: Theirs) -> None:
    keys = theirs.world.issuers.sets.pop(JWKS_URL)
    for _ in range(10):
        assert theirs.call(theirs.token()) == (500, "900900")
    assert theirs.fetched == 1
    theirs.world.issuers.sets[JWKS_URL] = keys
    theirs.world.clock.advance(REFETCH_SECONDS)
    assert theirs.call(theirs.token()) == OK


def test_known_keys_outlive_an_issuer_that_is_down_but_not_for_long(theirs: Theirs) -> None:
    assert theirs.call(theirs.token()) == OK
    del theirs.world.issuers.sets[JWKS_URL]
    theirs.world.clock.advance(LIFETIME_SECONDS)
    assert theirs.call(theirs.token()) == OK
    theirs.world.clock.advance(STALE_SECONDS)
    assert theirs.call(theirs.token()) == (500, "900900")
