"""An API key opens APIs by itself: whoever shows it calls as its application, with neither token nor client.

It is bound to an application, whose every subscription it opens, or to an API, where it opens nothing until it is associated
with an application that is subscribed. The key is shown once, when it is made; what is kept is its SHA-256 digest. It says
nothing (opaque), or is a JWT that says itself what it opens (`domain/applications/signed_key`).
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.applications.grant import ApiKeyGrant, KeyType
from gatehouse.domain.artifact import Artifact, RevocationKind, Withdrawal, api_key_key, revocation_key
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.people.identity import qualified

if TYPE_CHECKING:
    from gatehouse.domain.artifact import Change

PREFIX = "gatehouse_"
"""Makes a key that leaked somewhere recognisable, to people and to scanners."""

SECRET_BYTES = 32
NEVER = -1
"""As a validity: the key does not expire."""

_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}(?:\.([A-Za-z0-9_-]{{2,400}}))?")  # base64url: 32 bytes, and a tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without what is shown of it once. `owner` is a user name without its tenant; times are epoch seconds.

    `application_id` is what it is bound to, or, when it is bound to an API (`api_id`), what it is associated with. `token_id`
    is the `jti` of a signed key, "" for an opaque one. `last_used_at` is what the gateway tells, 0 when it has told nothing; it
    is kept elsewhere, and set only where keys are shown.
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
    token_id: str = ""
    last_used_at: int = 0
    version: int = 0

    @property
    def self_contained(self) -> bool:
        """Whether the key says by itself what it opens, so that the gateway is told only of its end."""
        return bool(self.token_id) and not self.api_id

    @property
    def expires_at(self) -> int:
        """In epoch seconds; 0 is never."""
        return 0 if self.validity_seconds == NEVER else self.created_at + self.validity_seconds


def new_secret(tenant: str = "") -> str:
    """A key as it is shown to its owner, once. `tenant` is where it is looked up, "" that of the API that is called."""
    secret = f"{PREFIX}{secrets.token_urlsafe(SECRET_BYTES)}"
    return f"{secret}.{base64.urlsafe_b64encode(tenant.encode()).rstrip(b'=').decode()}" if tenant else secret


def tenant_of_key(text: str) -> str:
    """The tenant that a key of ours names, "" for none."""
    shape = _SHAPE.fullmatch(text)
    named = shape[1] if shape else None
    try:
        return base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode() if named else ""
    except ValueError:
        return ""


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


def api_key_grants(key: ApiKey) -> list[Artifact]:
    """What the gateway is told of a key that begins or changes: nothing of one that says everything itself."""
    if key.self_contained:
        return []
    # What has expired may go; until it does, the gateway looks at the time.
    return [Artifact(api_key_key(key.tenant, key.digest), api_key_grant(key).to_body(), expires_at=key.expires_at)]


def api_key_end(key: ApiKey) -> Change:
    """What makes a key open nothing any more."""
    if not key.self_contained:
        return Withdrawal(api_key_key(key.tenant, key.digest))
    revoked = revocation_key(key.tenant, RevocationKind.TOKEN, key.token_id)
    return Artifact(revoked, {"before": key.created_at}, expires_at=key.expires_at)


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
