"""An API key opens APIs by itself: whoever shows it calls as its application, with neither token nor client.

It is bound to an application, whose every subscription it opens, or to an API, where it opens nothing until it is associated
with an application that is subscribed. The key is shown once, when it is made; what is kept is its SHA-256 digest.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.grant import ApiKeyGrant, KeyType
from gatehouse.domain.identity import qualified

PREFIX = "gatehouse_"
"""Makes a key that leaked somewhere recognisable, to people and to scanners."""

SECRET_BYTES = 32
NEVER = -1
"""As a validity: the key does not expire."""

_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")  # 32 bytes in base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without what is shown of it once. `owner` is a user name without its tenant; times are epoch seconds.

    `application_id` is what it is bound to, or, when it is bound to an API (`api_id`), what it is associated with.
    """

    tenant: str
    id: str
    name: str
    owner: str
    key_type: KeyType
    digest: str = field(repr=False)
    application_id: str = ""
    api_id: str = ""
    created_at: int = 0
    validity_seconds: int = NEVER
    addresses: tuple[str, ...] = ()
    referers: tuple[str, ...] = ()
    version: int = 0

    @property
    def expires_at(self) -> int:
        """In epoch seconds; 0 is never."""
        return 0 if self.validity_seconds == NEVER else self.created_at + self.validity_seconds


def new_secret() -> str:
    """A key as it is shown to its owner, once."""
    return f"{PREFIX}{secrets.token_urlsafe(SECRET_BYTES)}"


def digest_of(secret: str) -> str:
    """What is kept of a key and looked up by. 256 random bits need neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_shaped_like_a_key(text: str) -> bool:
    """Whether this could be one of our keys; what could not needs no look-up."""
    return _SHAPE.fullmatch(text) is not None


def api_key_grant(key: ApiKey) -> ApiKeyGrant:
    """What the gateway knows of a key."""
    return ApiKeyGrant(
        key_id=key.id,
        application_id=key.application_id,
        api_id=key.api_id,
        key_type=key.key_type,
        owner=qualified(key.tenant, key.owner),
        addresses=key.addresses,
        referers=key.referers,
        expires_at=key.expires_at,
    )


class ApiKeyNotFound(NotFound):
    """There is no such key, or it is somebody else's."""

    message = "API key not found"

    @classmethod
    def by_id(cls, key_id: str) -> ApiKeyNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested API key with Id '{key_id}' not found", key=key_id)


class AssociationRefused(Invalid):
    """The key and the application cannot be brought together, or apart."""

    message = "The API key cannot be associated"
