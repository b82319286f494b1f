"""Certificates and public keys in PEM, read with cryptography into JWKs. The control plane's: the gateway gets the JWKs."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from gatehouse.adapters.keys.jwt_tokens import RSA_BITS_MAX, RSA_BITS_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.ports.tokens.tokens import Jwk

BLOCKS_MAX = 10

_BLOCK = re.compile(r"-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----[^-]+-----END \1-----")
_CURVES = ("secp256r1", "secp384r1")


class PemKeys:
    """Implements `ports.tokens.key_managers.PublicKeys`."""

    def of_pem(self, text: str) -> Sequence[Jwk]:
        """The public keys in this text. Raises ValueError with the reason."""
        if "-----BEGIN" not in text:
            text = _decoded(text)
        if "PRIVATE KEY" in text:
            raise ValueError("holds a private key; send the certificate or the public key only")
        found = [_jwk(block[0], block[1]) for block in _BLOCK.finditer(text)]
        if not 0 < len(found) <= BLOCKS_MAX:
            raise ValueError(f"must hold 1 to {BLOCKS_MAX} certificates or public keys in PEM")
        return found


def _decoded(text: str) -> str:
    """WSO2's portal sends the whole PEM file once more in base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _jwk(block: str, kind: str) -> Jwk:
    key: object
    try:
        if kind == "CERTIFICATE":
            key = x509.load_pem_x509_certificate(block.encode()).public_key()
        else:
            key = serialization.load_pem_public_key(block.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("holds a certificate or a key that cannot be read") from error
    if isinstance(key, rsa.RSAPublicKey):
        if not RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX:
            raise ValueError(f"holds an RSA key that has not {RSA_BITS_MIN} to {RSA_BITS_MAX} bits")
        return dict(RSAAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return dict(ECAlgorithm.to_jwk(key, as_dict=True))
    raise ValueError("holds a key that is neither RSA nor on the curves P-256 and P-384")
