"""X.509 certificates (RFC 5280) and their keys, read with `cryptography`, once, by the publisher.

The call path compares digests, and leaves the rest to OpenSSL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from gatehouse.domain.publishing.certificate import (
    CERTIFICATE_BYTES_MAX,
    Certificate,
    CertificateUnreadable,
    KeyTrouble,
    der_of,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

RSA_BITS_MIN = 2048
"""OpenSSL shows no certificate with a smaller key."""

_PEM = b"-----BEGIN"
_LABEL = re.compile(r"-----BEGIN ([^-\r\n]+)-----")
_CERTIFICATE = "CERTIFICATE"
_KEY = re.compile(r"(?:EC |RSA |ENCRYPTED )?PRIVATE KEY")
_PARAMETERS = "EC PARAMETERS"
"""Which curve it is; OpenSSL's command line writes it before a key, which says so again."""


class X509Certificates:
    """Implements `ports.publishing.certificates.CertificateReader`."""

    def read(self, content: bytes) -> Certificate:
        """The certificate in PEM or DER. Raises CertificateUnreadable."""
        der = der_of(content.decode("ascii", "replace")) if _PEM in content else content
        if len(der) > CERTIFICATE_BYTES_MAX:
            raise CertificateUnreadable(f"certificate: has more than {CERTIFICATE_BYTES_MAX} bytes")
        try:
            found = x509.load_der_x509_certificate(der)
            parts = [part.rfc4514_string() for part in reversed(list(found.subject.rdns))]
            return Certificate(
                der=der,
                subject=", ".join(parts),
                version=f"V{found.version.value + 1}",
                not_before=int(found.not_valid_before_utc.timestamp()),
                not_after=int(found.not_valid_after_utc.timestamp()),
            )
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CertificateUnreadable(
                "certificate: is no X.509 certificate in PEM or DER", cause=str(error)
            ) from error

    def chain(self, content: str) -> tuple[Certificate, ...]:
        """The certificates in PEM, in their order; () when one is unreadable, or something else is among them."""
        labels = _LABEL.findall(content)
        if set(labels) != {_CERTIFICATE}:
            return ()
        try:
            found = x509.load_pem_x509_certificates(content.encode())
            return tuple(self.read(one.public_bytes(Encoding.DER)) for one in found)
        except (ValueError, CertificateUnreadable):
            return ()

    def key_trouble(self, certificate: Certificate, private_key: str, password: str) -> KeyTrouble | None:
        """Why this key (PEM) is not the certificate's, None when it is. A password that is not needed is no trouble."""
        labels = [label for label in _LABEL.findall(private_key) if label != _PARAMETERS]
        if len(labels) != 1 or not _KEY.fullmatch(labels[0]):
            return KeyTrouble.UNREADABLE
        try:
            key = _private_key(private_key.encode(), password.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return KeyTrouble.LOCKED if "ENCRYPTED" in private_key else KeyTrouble.UNREADABLE
        if not _is_usable(key):
            return KeyTrouble.UNUSABLE
        own = x509.load_der_x509_certificate(certificate.der).public_key()
        return None if _spki(own) == _spki(key.public_key()) else KeyTrouble.FOREIGN


def _private_key(content: bytes, password: bytes) -> PrivateKeyTypes:
    """Whether it is encrypted is only told by trying; to give a password in vain is an error of its own."""
    try:
        return load_pem_private_key(content, None)
    except TypeError:
        return load_pem_private_key(content, password)


def _is_usable(key: PrivateKeyTypes) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= RSA_BITS_MIN
    return isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)


def _spki(key: PublicKeyTypes) -> bytes:
    """RFC 5280 §4.1.2.7."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
