"""The keyring in Secrets Manager: RSA private keys and the pepper, in one JSON secret, read once and kept for 15 minutes.

`{"pepper": "<base64url>", "current": "<kid>", "keys": {"<kid>": "<PKCS #8 PEM>", …}}`. A key that is listed but not
current is either about to sign (its public half is published ahead) or has signed tokens that may still live.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from gatehouse.domain.errors import Unavailable
from gatehouse.ports.signing import ACCESS_TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.adapters.secrets import SecretDocument
    from gatehouse.ports.tokens import Jwk
    from gatehouse.ports.world import Clock

ALGORITHM = "RS256"
KEY_BITS = 2048
PEPPER_BYTES = 32
CACHED_SECONDS = 900.0
RETRY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Opened:
    """The secret, parsed. Without a repr of its own a traceback could show what is in it."""

    pepper: bytes
    current: str
    private_keys: Mapping[str, rsa.RSAPrivateKey]
    public_keys: Sequence[Jwk]
    until: float

    def __repr__(self) -> str:
        return f"_Opened(current={self.current!r})"


class SecretKeyring:
    """Implements `ports.signing.Keyring`."""

    def __init__(self, secret: SecretDocument, clock: Clock) -> None:
        """On this secret."""
        self._secret = secret
        self._clock = clock
        self._opened: _Opened | None = None

    def create_unless_there(self) -> None:
        """Make the first signing key and the pepper, unless they exist."""
        if self._secret.read().get("keys"):
            return
        kid, pem = _new_key()
        pepper = base64.urlsafe_b64encode(secrets.token_bytes(PEPPER_BYTES)).decode()
        self._secret.write({"pepper": pepper, "current": kid, "keys": {kid: pem}})
        self._opened = None

    def sign(self, claims: Mapping[str, object], kind: str = ACCESS_TOKEN) -> str:
        """A JWT with these claims."""
        ring = self._ring()
        headers = {"kid": ring.current, "typ": kind}
        return jwt.encode(dict(claims), ring.private_keys[ring.current], algorithm=ALGORITHM, headers=headers)

    def public_keys(self) -> Sequence[Jwk]:
        """The public half of every key."""
        return self._ring().public_keys

    def derive(self, text: str) -> bytes:
        """HMAC-SHA256 of this text under the pepper."""
        return hmac.new(self._ring().pepper, text.encode(), hashlib.sha256).digest()

    def _ring(self) -> _Opened:
        now = self._clock.now()
        if self._opened is None or self._opened.until <= now:
            try:
                self._opened = self._read(now)
            except Unavailable:
                if self._opened is None:
                    raise
                # Yesterday's key signs as well as today's: tokens shall not depend on every single read.
                self._opened = replace(self._opened, until=now + RETRY_SECONDS)
        return self._opened

    def _read(self, now: float) -> _Opened:
        document = self._secret.read()
        if not document.get("keys"):
            raise Unavailable(cause="the signing secret is empty: its deploy-time provisioning has not run")
        return _open(document, until=now + CACHED_SECONDS)


def thumbprint(jwk: Mapping[str, object]) -> str:
    """RFC 7638 §3: the SHA-256 of an RSA key's required members, in lexicographic order, base64url."""
    members = {name: jwk[name] for name in ("e", "kty", "n")}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def _new_key() -> tuple[str, str]:
    """A fresh key: its kid and its PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return str(_public(key)["kid"]), pem.decode()


def _open(document: dict[str, Any], until: float) -> _Opened:
    try:
        keys = {kid: _private(pem) for kid, pem in document["keys"].items()}
        pepper = base64.urlsafe_b64decode(document["pepper"])
        if not pepper or document["current"] not in keys:
            raise Unavailable(cause="the signing secret lacks its pepper or its current key")
    except (KeyError, AttributeError, TypeError, ValueError, binascii.Error):
        raise Unavailable(cause="the signing secret is not in the shape it was written in") from None
    public = [_public(key) for key in keys.values()]
    return _Opened(pepper, document["current"], keys, public, until)


def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError
    return key


def _public(key: rsa.RSAPrivateKey) -> Jwk:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    members = {name: jwk[name] for name in ("kty", "n", "e")}
    return {**members, "kid": thumbprint(members), "alg": ALGORITHM, "use": "sig"}
