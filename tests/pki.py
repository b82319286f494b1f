"""Certificates to show and to upload, made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_KEY = ec.generate_private_key(ec.SECP256R1())

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@cache
def certificate(name: str = "kiosk", *, start: datetime = FROM, end: datetime = TO) -> x509.Certificate:
    """Self-signed; one of the same name and dates is the same one."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "LK"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Menu"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = x509.CertificateBuilder(subject, subject, _KEY.public_key(), x509.random_serial_number(), start, end)
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    return builder.add_extension(names, critical=False).sign(_KEY, hashes.SHA256())


def private_key() -> bytes:
    """The key of all of them, in PEM."""
    return _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pem(name: str = "kiosk", *, start: datetime = FROM, end: datetime = TO) -> bytes:
    return certificate(name, start=start, end=end).public_bytes(Encoding.PEM)


def der(name: str = "kiosk", *, start: datetime = FROM, end: datetime = TO) -> bytes:
    return certificate(name, start=start, end=end).public_bytes(Encoding.DER)


def fingerprint(name: str = "kiosk", *, start: datetime = FROM, end: datetime = TO) -> str:
    return certificate(name, start=start, end=end).fingerprint(hashes.SHA256()).hex()
