"""Public keys out of PEM: what is read, and what is refused with a reason."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gatehouse.adapters.keys.public_keys import BLOCKS_MAX, PemKeys
from tests.worlds.issuers import ec_key, jwk, rsa_key


def public(key: Any, form: Any = serialization.PublicFormat.SubjectPublicKeyInfo) -> str:
    return str(key.public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def certificate(key: Any) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize("key", [rsa_key(), ec_key(), ec_key("theirs", ec.SECP384R1)])
@pytest.mark.parametrize("written", [certificate, public])
def test_a_certificate_and_a_public_key_say_the_same(key: Any, written: Any) -> None:
    assert PemKeys().of_pem(written(key)) == [jwk(key, None)]


def test_an_rsa_key_may_be_in_its_own_form() -> None:
    assert PemKeys().of_pem(public(rsa_key(), serialization.PublicFormat.PKCS1)) == [jwk(rsa_key(), None)]


def test_a_whole_file_may_come_in_base64_as_the_portal_sends_it() -> None:
    text = certificate(rsa_key()) + certificate(ec_key())
    assert PemKeys().of_pem(base64.encodebytes(text.encode()).decode()) == [jwk(rsa_key(), None), jwk(ec_key(), None)]


def private(key: Any) -> str:
    encryption = serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "PEM"),
        ("nothing", "PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "PEM"),
        (private(rsa_key()), "private"),
        (public(rsa_key()) + private(rsa_key()), "private"),
        (public(rsa_key("weak", 1024)), "bits"),
        (public(ec_key("theirs", ec.SECP521R1)), "P-256"),
        (public(ed25519.Ed25519PrivateKey.generate()), "RSA"),
        (public(ec_key()) * (BLOCKS_MAX + 1), str(BLOCKS_MAX)),
    ],
)
def test_a_reason_is_given_for_what_is_no_key(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PemKeys().of_pem(text)
