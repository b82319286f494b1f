"""Verifying access tokens: what is accepted, and every way to be refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.domain.tokens.token import TokenExpired, TokenInactive, TokenInvalid

NOW = 1_700_000_000
ISSUER = "https://localhost:9443/oauth2/token"
KID = "key-1"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str, kid: str = KID) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True), "kid": kid, "alg": "RS256", "use": "sig"}


def claims(**changes: Any) -> dict[str, Any]:
    document = {
        "iss": ISSUER,
        "sub": "mary@carbon.super",
        "username": "mary@carbon.super",
        "aud": "client",
        "azp": "client",
        "aut": "APPLICATION_USER",
        "scope": "a b",
        "jti": "token-1",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 3600,
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def signed(document: dict[str, Any] | None = None, *, by: str = "ours", kid: str | None = KID) -> str:
    return jwt.encode(document or claims(), key(by), algorithm="RS256", headers={"kid": kid} if kid else None)


def verify(token: str, *, now: float = NOW, issuer: str = ISSUER) -> Any:
    return JwtVerifier().verify(token, [public("ours")], issuer=issuer, now=now)


def encoded(part: dict[str, Any] | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_token_of_ours_says_what_it_says() -> None:
    found = verify(signed())
    assert (found.subject, found.username, found.client_id) == ("mary@carbon.super", "mary@carbon.super", "client")
    assert (found.audience, found.scopes, found.token_type) == (("client",), {"a", "b"}, "APPLICATION_USER")
    assert (found.token_id, found.issued_at, found.expires_at) == ("token-1", NOW, NOW + 3600)


def test_an_audience_may_be_a_list() -> None:
    assert verify(signed(claims(aud=["one", "two"]))).audience == ("one", "two")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("opaque", id="opaque"),
        pytest.param("a.b.c", id="not encoded"),
        pytest.param(f"{encoded({'alg': 'RS256', 'kid': KID})}.{encoded(b'not json')}.x", id="not JSON"),
    ],
)
def test_what_is_no_token_is_invalid(token: str) -> None:
    with pytest.raises(TokenInvalid):
        verify(token)
    assert JwtVerifier().unverified_issuer(token) == ""


def test_a_token_without_a_kid_is_invalid() -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(kid=None))


def test_a_token_without_a_kid_is_invalid_even_when_a_key_has_none() -> None:
    nameless = {name: value for name, value in public("ours").items() if name != "kid"}
    with pytest.raises(TokenInvalid):
        JwtVerifier().verify(signed(kid=None), [nameless], issuer=ISSUER, now=NOW)


def test_a_token_of_an_unknown_key_is_invalid() -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(kid="key-2"))


def test_a_foreign_key_under_our_kid_is_invalid() -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(by="theirs"))


def test_without_keys_every_token_is_invalid() -> None:
    with pytest.raises(TokenInvalid):
        JwtVerifier().verify(signed(), [], issuer=ISSUER, now=NOW)


def test_another_issuer_is_invalid() -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(claims(iss="https://localhost:9443/t/example.com/oauth2/token")))


@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
def test_a_token_that_claims_to_need_no_signature_is_invalid(alg: str) -> None:
    token = f"{encoded({'alg': alg, 'kid': KID, 'typ': 'JWT'})}.{encoded(claims())}."
    with pytest.raises(TokenInvalid):
        verify(token)


@pytest.mark.parametrize("form", ["PEM", "JWK", "modulus"])
def test_a_public_key_is_no_secret_to_sign_with(form: str) -> None:
    pem = (
        key("ours")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    secret = {"PEM": pem, "JWK": json.dumps(public("ours")).encode(), "modulus": public("ours")["n"].encode()}[form]
    signing_input = f"{encoded({'alg': 'HS256', 'kid': KID, 'typ': 'JWT'})}.{encoded(claims())}"
    signature = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    with pytest.raises(TokenInvalid):
        verify(f"{signing_input}.{encoded(signature)}")


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_with_our_key_is_invalid(algorithm: str) -> None:
    token = jwt.encode(claims(), key("ours"), algorithm=algorithm, headers={"kid": KID})
    with pytest.raises(TokenInvalid):
        verify(token)


def test_a_changed_claim_is_invalid() -> None:
    header, _, signature = signed().split(".")
    with pytest.raises(TokenInvalid):
        verify(f"{header}.{encoded(claims(scope='apim:admin'))}.{signature}")


@pytest.mark.parametrize("name", ["iss", "sub", "exp", "iat", "jti", "azp"])
def test_a_missing_claim_is_invalid(name: str) -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(claims(**{name: None})))


@pytest.mark.parametrize("changes", [{"exp": "soon"}, {"iat": []}, {"nbf": {}}, {"aud": 7}])
def test_a_claim_of_the_wrong_kind_is_invalid(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        verify(signed(claims(**changes)))


@pytest.mark.parametrize(("age", "expired"), [(3599, False), (3604, False), (3605, True), (90000, True)])
def test_a_token_expires_five_seconds_late(age: int, *, expired: bool) -> None:
    if expired:
        with pytest.raises(TokenExpired):
            verify(signed(), now=NOW + age)
    else:
        assert verify(signed(), now=NOW + age)


def test_a_forged_token_is_invalid_before_it_is_expired() -> None:
    with pytest.raises(TokenInvalid) as refusal:
        verify(signed(by="theirs"), now=NOW + 90000)
    assert not isinstance(refusal.value, TokenExpired)


@pytest.mark.parametrize(("early", "valid"), [(5, True), (6, False)])
def test_a_token_is_not_valid_before_its_time(early: int, *, valid: bool) -> None:
    token = signed(claims(nbf=NOW + early))
    if valid:
        assert verify(token)
    else:
        with pytest.raises(TokenInactive):
            verify(token)


def test_the_issuer_can_be_read_without_a_key() -> None:
    assert JwtVerifier().unverified_issuer(signed(by="theirs")) == ISSUER
