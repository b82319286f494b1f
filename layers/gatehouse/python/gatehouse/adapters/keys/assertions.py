"""Assertions about callers, signed in the gateway with a key of its own, and used again while they last.

The key is not one that signs access tokens: whoever takes the gateway over can vouch for callers towards backends, and
still not make a token.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.aws import secrets_client
from gatehouse.domain.errors import Unavailable
from gatehouse.mediation.message import SigningFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.world import Clock

KIND = "JWT"
ASSERTIONS_MAX = 5_000
"""How many an environment remembers; the least recently used go first."""


class Assertions:
    """Implements `mediation.message.Signer`. The secret is opened when the first assertion is made."""

    def __init__(self, secret_id: str, clock: Clock) -> None:
        """The secret that the key manager provisioned for this."""
        self._secret_id = secret_id
        self._clock = clock
        self._opened: Keyring | None = None
        self._signed: OrderedDict[bytes, tuple[float, str]] = OrderedDict()

    def sign(self, tenant: str, claims: Mapping[str, Any], seconds: int) -> str:
        """A JWT of these claims that lives at least half of so many seconds. Raises SigningFailed."""
        now = self._clock.now()
        text = json.dumps([tenant, seconds, claims], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).digest()
        known = self._signed.get(digest)
        if known is not None and known[0] > now:
            self._signed.move_to_end(digest)
            return known[1]
        issued_at = int(now)
        try:
            token = self._keyring().sign({**claims, "iat": issued_at, "exp": issued_at + seconds}, KIND)
        except Unavailable as error:
            raise SigningFailed from error
        self._signed[digest] = (now + seconds / 2, token)
        if len(self._signed) > ASSERTIONS_MAX:
            self._signed.popitem(last=False)
        return token

    def _keyring(self) -> Keyring:
        if self._opened is None:
            # Loaded here, because only who attaches the policy needs it.
            from gatehouse.adapters.keys.secrets import SecretDocument  # noqa: PLC0415
            from gatehouse.adapters.keys.signing import SecretKeyring  # noqa: PLC0415

            self._opened = SecretKeyring(SecretDocument(secrets_client(), self._secret_id), self._clock)
        return self._opened
