"""The keyring in Secrets Manager: private keys and the pepper, in one JSON secret, read once and kept for 15 minutes.

    {"pepper": "<base64url>", "current": "<kid>", "currents": {"ES256": "<kid>"}, "generation": 1,
     "keys": {"<kid>": "<PKCS #8 PEM>", …}, "lives": {"<kid>": [<created at>, <retired at or 0>], …}}

`current` is the key of RS256. A key that is listed but not current is either about to sign (its public half is published
ahead) or has signed tokens that may still live. `adapters/keys/key_document` changes the document.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jwt

from gatehouse.adapters.keys import key_document
from gatehouse.adapters.keys.key_document import private_key, public_jwk
from gatehouse.domain.errors import Unavailable
from gatehouse.ports.tokens.signing import ACCESS_TOKEN, RS256, SigningKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.adapters.keys.key_document import PrivateKey
    from gatehouse.adapters.keys.secrets import SecretDocument
    from gatehouse.ports.tokens.tokens import Jwk
    from gatehouse.ports.world import Clock

PEPPER_BYTES = 32
CACHED_SECONDS = 900.0
RETRY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Opened:
    """The secret, parsed. Without a repr of its own a traceback could show what is in it."""

    pepper: bytes
    currents: Mapping[str, str]
    private_keys: Mapping[str, PrivateKey]
    public_keys: Sequence[Jwk]
    generation: int
    until: float

    def __repr__(self) -> str:
        return f"_Opened(currents={self.currents!r})"


class SecretKeyring:
    """Implements `ports.tokens.signing.Keyring`."""

    def __init__(self, secret: SecretDocument, clock: Clock, algorithms: Sequence[str] = (RS256,)) -> None:
        """On this secret, with a key for each of these algorithms."""
        self._secret = secret
        self._clock = clock
        self._algorithms = algorithms
        self._opened: _Opened | None = None

    def create_unless_there(self) -> None:
        """Make the first key of each algorithm and the pepper, unless they exist."""
        document = self._secret.read()
        if not document.get("keys"):
            document = {"pepper": base64.urlsafe_b64encode(secrets.token_bytes(PEPPER_BYTES)).decode(), "keys": {}}
        missing = [one for one in self._algorithms if one not in key_document.currents(document)]
        if missing:
            self._write(key_document.with_first_keys(document, missing, int(self._clock.now())))

    def sign(self, claims: Mapping[str, object], kind: str = ACCESS_TOKEN, algorithm: str = RS256) -> str:
        """A JWT with these claims."""
        ring = self._ring()
        kid = ring.currents.get(algorithm)
        if kid is None:
            raise Unavailable(
                cause="there is no key for this algorithm: its provisioning has not run", algorithm=algorithm
            )
        return jwt.encode(dict(claims), ring.private_keys[kid], algorithm=algorithm, headers={"kid": kid, "typ": kind})

    def public_keys(self) -> Sequence[Jwk]:
        """The public half of every key."""
        return self._ring().public_keys

    @property
    def generation(self) -> int:
        """How often the keys have been changed."""
        return self._ring().generation

    def signing_keys(self) -> Sequence[SigningKey]:
        """What keys there are, read anew."""
        return key_document.signing_keys(self._read_document())

    def change(self, *, make: Sequence[str] = (), promote: Sequence[str] = (), drop: Sequence[str] = ()) -> None:
        """Make waiting keys of these algorithms, let these kids sign from now on, forget those."""
        now = int(self._clock.now())
        self._write(key_document.changed(self._read_document(), make=make, promote=promote, drop=drop, now=now))

    def derive(self, text: str) -> bytes:
        """HMAC-SHA256 of this text under the pepper."""
        return hmac.new(self._ring().pepper, text.encode(), hashlib.sha256).digest()

    def _write(self, document: dict[str, Any]) -> None:
        self._secret.write(document)
        self._opened = None

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
        return _open(self._read_document(), until=now + CACHED_SECONDS)

    def _read_document(self) -> dict[str, Any]:
        document = self._secret.read()
        if not document.get("keys"):
            raise Unavailable(cause="the signing secret is empty: its deploy-time provisioning has not run")
        return document


def _open(document: dict[str, Any], until: float) -> _Opened:
    try:
        keys = {kid: private_key(pem) for kid, pem in document["keys"].items()}
        pepper = base64.urlsafe_b64decode(document["pepper"])
        currents = key_document.currents(document)
        if not pepper or RS256 not in currents or not set(currents.values()) <= set(keys):
            raise Unavailable(cause="the signing secret lacks its pepper or its current key")
        generation = int(document.get("generation", 0))
        public = [public_jwk(key) for key in keys.values()]
    except (KeyError, AttributeError, TypeError, ValueError, binascii.Error):
        raise Unavailable(cause="the signing secret is not in the shape it was written in") from None
    return _Opened(pepper, currents, keys, public, generation, until)
