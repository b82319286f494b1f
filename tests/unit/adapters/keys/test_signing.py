"""The keyring: made once, read rarely, and never shown."""

from __future__ import annotations

import json

import jwt
import pytest

from gatehouse.adapters.keys.key_document import thumbprint
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.keys.signing import SecretKeyring
from gatehouse.domain.errors import Unavailable
from tests.fakes.clock import StoppedClock
from tests.fakes.secrets import InMemorySecrets
from tests.worlds.key_manager import signing_secret


class Ring:
    def __init__(self, value: str | None) -> None:
        self.clock = StoppedClock()
        self.secrets = InMemorySecrets(signing=value)
        self.keyring = SecretKeyring(SecretDocument(self.secrets, "signing"), self.clock)


@pytest.fixture
def ring() -> Ring:
    return Ring(signing_secret())


@pytest.mark.parametrize("value", [None, "{}", '{"seed": "x"}', "random text of CloudFormation", "12345", "[]"])
def test_the_first_deployment_makes_a_key_and_a_pepper(value: str | None) -> None:
    ring = Ring(value)
    ring.keyring.create_unless_there()
    (key,) = ring.keyring.public_keys()
    assert key["kid"] == thumbprint(key)
    assert len(ring.keyring.derive("x")) == 32


def test_the_next_deployment_leaves_them_alone(ring: Ring) -> None:
    ring.keyring.create_unless_there()
    assert ring.secrets.values["signing"] == signing_secret()


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn"
        "1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_what_it_signs_its_public_keys_verify(ring: Ring) -> None:
    token = ring.keyring.sign({"sub": "mary"})
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in ring.keyring.public_keys() if key["kid"] == kid)
    assert jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"]) == {"sub": "mary"}


def test_the_secret_is_read_once_in_fifteen_minutes(ring: Ring) -> None:
    for _ in range(5):
        ring.keyring.sign({})
        ring.keyring.public_keys()
        ring.keyring.derive("x")
    assert ring.secrets.reads == 1
    ring.clock.advance(899)
    ring.keyring.sign({})
    assert ring.secrets.reads == 1
    ring.clock.advance(1)
    ring.keyring.sign({})
    assert ring.secrets.reads == 2


def test_a_rotated_key_signs_after_fifteen_minutes_and_the_old_one_still_verifies(ring: Ring) -> None:
    old = ring.keyring.sign({})
    other = Ring(None)
    other.keyring.create_unless_there()
    document, new = json.loads(signing_secret()), json.loads(other.secrets.values["signing"] or "")
    document["keys"] |= new["keys"]
    document["current"] = new["current"]
    ring.secrets.values["signing"] = json.dumps(document)
    ring.clock.advance(900)
    kids = [key["kid"] for key in ring.keyring.public_keys()]
    assert jwt.get_unverified_header(ring.keyring.sign({}))["kid"] == new["current"]
    assert {jwt.get_unverified_header(old)["kid"], new["current"]} == set(kids)


def test_it_goes_on_with_what_it_has_when_the_secret_cannot_be_read(ring: Ring) -> None:
    token = ring.keyring.sign({})
    ring.clock.advance(900)
    ring.secrets.failing = True
    assert jwt.get_unverified_header(ring.keyring.sign({})) == jwt.get_unverified_header(token)
    ring.secrets.failing = False
    ring.clock.advance(30)
    ring.keyring.sign({})
    assert ring.secrets.reads == 2


def test_without_a_readable_secret_nothing_is_signed() -> None:
    ring = Ring(signing_secret())
    ring.secrets.failing = True
    with pytest.raises(Unavailable):
        ring.keyring.sign({})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "{}",
        '{"keys": {"a": "not a key"}, "pepper": "eA==", "current": "a"}',
        '{"keys": {"a": 7}, "pepper": "eA==", "current": "a"}',
        '{"keys": ["a"], "pepper": "eA==", "current": "a"}',
    ],
)
def test_a_broken_secret_is_told_without_its_content(value: str | None) -> None:
    with pytest.raises(Unavailable) as failure:
        Ring(value).keyring.sign({})
    assert "not a key" not in str(failure.value.facts)
    assert failure.value.__cause__ is None


@pytest.mark.parametrize("missing", ["pepper", "current"])
def test_a_secret_that_lacks_a_part_is_unavailable(missing: str) -> None:
    document = json.loads(signing_secret())
    del document[missing]
    with pytest.raises(Unavailable):
        Ring(json.dumps(document)).keyring.sign({})


def test_the_pepper_is_the_same_in_every_environment_and_differs_between_installations(ring: Ring) -> None:
    other = Ring(None)
    other.keyring.create_unless_there()
    assert ring.keyring.derive("client:1") == Ring(signing_secret()).keyring.derive("client:1")
    assert ring.keyring.derive("client:1") != ring.keyring.derive("client:2")
    assert ring.keyring.derive("client:1") != other.keyring.derive("client:1")


def test_an_open_keyring_shows_no_secret(ring: Ring) -> None:
    ring.keyring.sign({})
    document = json.loads(signing_secret())
    shown = repr(vars(ring.keyring))
    assert document["pepper"] not in shown
    assert "PRIVATE" not in shown
    assert "pepper=" not in shown
