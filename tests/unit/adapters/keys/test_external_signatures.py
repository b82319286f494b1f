"""Signatures of external issuers: every key type with its algorithms, and every way to pretend."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.domain.tokens.token import KeyUnknown, TokenInvalid
from tests.forgery import hs256_with_the_public_key
from tests.worlds.issuers import claims, ec_key, jwk, rsa_key, signed

NOW = 1_700_000_000
DOCUMENT = claims(NOW, jti="token-1")


def read(token: str, *keys: dict[str, Any]) -> Any:
    return JwtVerifier().signed_claims(token, keys)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256"])
def test_an_rsa_key_signs_with_the_algorithms_of_rsa(algorithm: str) -> None:
    assert read(signed(DOCUMENT, algorithm=algorithm), jwk(rsa_key())) == DOCUMENT


@pytest.mark.parametrize(("curve", "algorithm"), [(ec.SECP256R1, "ES256"), (ec.SECP384R1, "ES384")])
def test_a_curve_signs_with_its_own_algorithm(curve: type[ec.EllipticCurve], algorithm: str) -> None:
    key = ec_key("theirs", curve)
    assert read(signed(DOCUMENT, key, algorithm=algorithm), jwk(key)) == DOCUMENT


def test_the_key_that_the_token_names_is_used_among_many() -> None:
    keys = [jwk(rsa_key(), "their-key"), jwk(rsa_key("second"), "second"), jwk(ec_key(), "third")]
    assert read(signed(DOCUMENT, rsa_key("second"), kid="second"), *keys) == DOCUMENT
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT, rsa_key("second"), kid="their-key"), *keys)


def test_a_key_without_a_name_is_tried_and_so_is_a_token_without_one() -> None:
    nameless = [jwk(rsa_key("second"), None), jwk(rsa_key(), None)]
    assert read(signed(DOCUMENT), *nameless) == DOCUMENT
    named = [jwk(rsa_key("second"), "a"), jwk(ec_key(), "b"), jwk(rsa_key(), "c")]
    assert read(signed(DOCUMENT, kid=None), *named) == DOCUMENT


def test_an_unknown_kid_says_that_a_newer_key_may_be_there() -> None:
    with pytest.raises(KeyUnknown):
        read(signed(DOCUMENT, kid="newer"), jwk(rsa_key()))
    with pytest.raises(KeyUnknown):
        read(signed(DOCUMENT))


def test_unsigned_is_never_accepted() -> None:
    for algorithm in ("none", "None", "NONE"):
        token = _raw({"alg": algorithm, "kid": "their-key"}, DOCUMENT, b"")
        with pytest.raises(TokenInvalid):
            read(token, jwk(rsa_key()), jwk(ec_key()))


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    token = hs256_with_the_public_key(DOCUMENT, "their-key", rsa_key().public_key())
    with pytest.raises(TokenInvalid):
        read(token, jwk(rsa_key()))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_in_the_key_set_verifies_nothing(algorithm: str) -> None:
    secret = b"s" * 64
    key = {"kty": "oct", "k": base64.urlsafe_b64encode(secret).decode().rstrip("="), "kid": "their-key"}
    token = jwt.encode(DOCUMENT, secret, algorithm=algorithm, headers={"kid": "their-key"})
    for published in (key, {**key, "alg": algorithm, "use": "sig"}, {**key, "kty": "RSA"}):
        with pytest.raises(TokenInvalid):
            read(token, published)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(rsa_key(), "RS256"), (rsa_key(), "PS256"), (ec_key(), "ES256")],
)
def test_a_key_of_one_type_under_the_algorithm_of_another_is_unknown(key: Any, algorithm: str) -> None:
    other: Any = ec_key() if isinstance(key, rsa.RSAPrivateKey) else rsa_key()
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT, key, algorithm=algorithm), jwk(other))


@pytest.mark.parametrize("algorithm", ["PS384", "PS512", "ES256K", "ES512", "EdDSA"])
def test_an_algorithm_off_the_list_is_not_accepted(algorithm: str) -> None:
    token = _raw({"alg": algorithm, "kid": "their-key"}, DOCUMENT, b"x" * 64)
    with pytest.raises(TokenInvalid):
        read(token, jwk(rsa_key()), jwk(ec_key()))


@pytest.mark.parametrize("members", [{"use": "enc"}, {"alg": "RSA-OAEP"}, {"alg": "RS512"}, {"key_ops": ["encrypt"]}])
def test_a_key_for_something_else_verifies_nothing(members: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT), jwk(rsa_key(), **members))


def test_a_key_that_comes_with_the_token_verifies_nothing() -> None:
    attacker = rsa_key("attacker")
    for header in (
        {"jwk": jwk(attacker)},
        {"jku": "https://attacker.example/jwks"},
        {"x5u": "https://attacker.example"},
    ):
        with pytest.raises(TokenInvalid):
            read(signed(DOCUMENT, attacker, **header), jwk(rsa_key()))


@pytest.mark.parametrize(
    "kid", ["../../etc/passwd", "' OR 1=1 --", "their-key\x00", "*", "", "their-key,second", {"a": 1}, ["their-key"], 7]
)
def test_a_kid_is_compared_and_nothing_else(kid: Any) -> None:
    token = _raw({"alg": "RS256", "kid": kid}, DOCUMENT, b"x" * 256)
    with pytest.raises(TokenInvalid):
        read(token, jwk(rsa_key()))


def test_what_must_be_understood_and_is_not_is_refused() -> None:
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT, crit=["exp"], exp=1), jwk(rsa_key()))


def test_a_weak_or_an_enormous_key_verifies_nothing() -> None:
    weak = rsa_key("weak", 1024)
    with pytest.warns(UserWarning, match="1024"):
        token = signed(DOCUMENT, weak)
    with pytest.raises(TokenInvalid):
        read(token, jwk(weak))
    enormous = base64.urlsafe_b64encode(b"\xff" * 4096).decode().rstrip("=")
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT), {"kty": "RSA", "n": enormous, "e": "AQAB", "kid": "their-key"})


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "RSA"},
        {"kty": "RSA", "n": 7, "e": None},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"},
        {"kty": ["RSA"]},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
    ],
)
def test_a_broken_key_in_the_set_is_passed_over(key: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        read(signed(DOCUMENT), key)
    assert read(signed(DOCUMENT), {**key, "kid": "their-key"}, jwk(rsa_key())) == DOCUMENT


@pytest.mark.parametrize("token", ["", "..", "a.b.c", "a.b", "é.é.é"])
def test_what_is_no_token_is_invalid(token: str) -> None:
    with pytest.raises(TokenInvalid):
        read(token, jwk(rsa_key()))


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _, signature = signed(DOCUMENT).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**DOCUMENT, "azp": "another"}).encode()).decode().rstrip("=")
    with pytest.raises(TokenInvalid):
        read(f"{head}.{body}.{signature}", jwk(rsa_key()))


def _raw(header: dict[str, Any], body: dict[str, Any], signature: bytes) -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
