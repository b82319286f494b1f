"""A client secret is an HMAC of the client's id and generation under the installation's pepper.

So registration can answer the same secret again, and nothing readable is kept: docs/decisions/0003-client-secrets-are-derived.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.tokens.signing import Keyring

_NO_CLIENT = hashlib.sha256(b"no client").hexdigest()


def client_secret(keyring: Keyring, client_id: str, generation: int) -> str:
    """The secret of this generation: 43 URL-safe characters."""
    return base64.urlsafe_b64encode(keyring.derive(f"{client_id}:{generation}")).rstrip(b"=").decode()


def secret_hash(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of entropy, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proves(secret: str, client: Client | None, now: float) -> bool:
    """Whether this is a secret of the client's that is good now. All of them are compared, in constant time.

    None (an unknown client) takes as long as a client with one secret.
    """
    presented = secret_hash(secret)
    kept = [client.secret_hash or _NO_CLIENT] if client else [_NO_CLIENT]
    if client is not None:
        kept += [one.hash for one in client.secrets if not one.expires_at or one.expires_at > now]
    matches = [hmac.compare_digest(presented, one) and one != _NO_CLIENT for one in kept]
    return any(matches)
