"""Secrets of user stores, encrypted where they are kept: AES-256-GCM under a key that Secrets Manager keeps.

The context is authenticated with the secret, so that what was sealed for one store opens no other.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from gatehouse.adapters.keys.secrets import SecretDocument

NONCE_BYTES = 12  # NIST SP 800-38D §8.2


class SecretSeal:
    """Implements `ports.people.user_stores.Seal`. The secret's document is `{key}`, random text made when it was deployed."""

    def __init__(self, secret: SecretDocument) -> None:
        self._secret = secret
        self._cipher: AESGCM | None = None

    def seal(self, secret: str, context: str) -> str:
        """The secret, encrypted for this context. Raises Unavailable."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._key().encrypt(nonce, secret.encode(), context.encode())).decode()

    def open(self, sealed: str, context: str) -> str:
        """The secret again. Raises Unavailable."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- only who has user stores pays for it

        try:
            raw = base64.b64decode(sealed)
            return self._key().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unavailable(cause="a secret was sealed with another key or for another store") from error

    def _key(self) -> AESGCM:
        if self._cipher is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- as above

            key = self._secret.read().get("key")
            if not isinstance(key, str) or not key:
                raise Unavailable(cause="the secret of user stores holds no key")
            self._cipher = AESGCM(hashlib.sha256(key.encode()).digest())
        return self._cipher
