"""Assertions about callers: signed once, used again while they last, by a key that signs no token."""

from __future__ import annotations

import jwt
import pytest

from gatehouse.adapters.keys import assertions
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.keys.signing import SecretKeyring
from gatehouse.mediation.message import SigningFailed
from tests.fakes.clock import StoppedClock
from tests.fakes.secrets import InMemorySecrets
from tests.worlds.key_manager import KeyManagerWorld, signing_secret


def signer(secret: str | None, monkeypatch: pytest.MonkeyPatch) -> tuple[assertions.Assertions, StoppedClock]:
    clock = StoppedClock()
    secrets = InMemorySecrets(assertion=secret)
    monkeypatch.setattr(assertions, "secrets_client", lambda: secrets)
    return assertions.Assertions("assertion", clock), clock


def test_an_assertion_is_signed_once_and_anew_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    made, clock = signer(signing_secret(), monkeypatch)
    first = made.sign("t", {"sub": "mary"}, 900)
    assert made.sign("t", {"sub": "mary"}, 900) == first
    assert made.sign("t", {"sub": "tom"}, 900) != first
    clock.advance(451)
    later = made.sign("t", {"sub": "mary"}, 900)
    claims = jwt.decode(later, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 900
    assert later != first


def test_there_is_no_signature_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = signer("random text of CloudFormation", monkeypatch)
    with pytest.raises(SigningFailed):
        made.sign("t", {"sub": "mary"}, 900)


def test_the_published_keys_verify_an_assertion_and_no_tenant_takes_it_for_a_token() -> None:
    world = KeyManagerWorld()
    keyring = SecretKeyring(SecretDocument(world.secrets, "assertion"), world.clock)
    assertion = keyring.sign({"sub": "mary"}, assertions.KIND)
    kid = jwt.get_unverified_header(assertion)["kid"]
    published = jwt.PyJWKSet.from_dict(world.send("GET", "/oauth2/jwks").json)
    assert jwt.decode(assertion, published[kid], algorithms=["RS256"])["sub"] == "mary"
    assert jwt.get_unverified_header(assertion)["typ"] == "JWT"
