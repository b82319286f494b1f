"""An access token says who calls, through which client, with which scopes (RFC 9068; claims as WSO2 names them).

The issuer names the tenant: `{management}/oauth2/token` is the super tenant's, `{management}/t/{tenant}/oauth2/token`
another's. It is compared, never fetched.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import DOMAIN_MAX, SUPER_TENANT

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH = "/oauth2/token"

APPLICATION = "APPLICATION"
APPLICATION_USER = "APPLICATION_USER"

DEFAULT_SCOPE = "default"

RESIDENT_KEY_MANAGER = "Resident Key Manager"
"""WSO2's name for the key manager that a tenant has by itself: ours."""

OPAQUE_CHARACTERS_MAX = 512
_OPAQUE = "ght"

LEEWAY_SECONDS = 5.0
"""How far the issuer's clock and ours may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified token says. Times are epoch seconds.

    `subject` is the full user name (`mary@carbon.super`) of a user's token and the consumer key of an application's;
    `username` is always a full user name: the user, or the owner of the client.
    """

    issuer: str
    subject: str
    username: str
    audience: tuple[str, ...]
    client_id: str
    token_type: str  # the claim `aut`: APPLICATION or APPLICATION_USER
    scopes: frozenset[str]
    token_id: str  # the claim `jti`
    issued_at: int
    not_before: int
    expires_at: int
    raw: Mapping[str, object] = field(default_factory=dict, hash=False, repr=False)  # every claim, as it was issued


class TokenInvalid(Exception):
    """Not a token of ours: malformed, foreign, forged, or signed in a way we do not accept."""


class KeyUnknown(TokenInvalid):
    """No key that we know of could have signed it; its issuer may have published a new one."""


class TokenExpired(TokenInvalid):
    """It was ours, and its time is over."""


class TokenInactive(TokenInvalid):
    """It is ours, and its time has not come."""


def claims_of(raw: Mapping[str, object]) -> Claims:
    """What a token says, from its claims. Raises TokenInvalid."""
    try:
        return Claims(
            issuer=str(raw["iss"]),
            subject=str(raw["sub"]),
            username=str(raw.get("username", raw["sub"])),
            audience=_texts(raw.get("aud", ())),
            client_id=str(raw["azp"]),
            token_type=str(raw.get("aut", "")),
            scopes=frozenset(str(raw.get("scope", "")).split()),
            token_id=str(raw["jti"]),
            issued_at=_seconds(raw["iat"]),
            not_before=_seconds(raw.get("nbf", raw["iat"])),
            expires_at=_seconds(raw["exp"]),
            raw=raw,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TokenInvalid(str(error)) from error


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return (value,)


def _seconds(value: object) -> int:
    return int(value) if isinstance(value, int | float) else int(str(value))


def new_opaque_token(tenant: str) -> str:
    """An access token that says nothing but whose tenant's it is: who is asked for it looks up its digest there."""
    return f"{_OPAQUE}~{base64.urlsafe_b64encode(tenant.encode()).rstrip(b'=').decode()}~{secrets.token_urlsafe(32)}"


def opaque_tenant(token: str) -> str | None:
    """The tenant of an opaque access token of ours; None for everything else."""
    parts = token.split("~") if len(token) <= OPAQUE_CHARACTERS_MAX and token.isascii() else []
    if len(parts) != len((_OPAQUE, "tenant", "secret")) or parts[0] != _OPAQUE:
        return None
    try:
        return base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode()
    except ValueError:
        return None


def opaque_digest(token: str) -> str:
    """What is kept of an opaque token: it has 256 bits of entropy, so it needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def issuer_of(management_url: str, tenant: str) -> str:
    """The issuer that this tenant's tokens carry."""
    prefix = "" if tenant == SUPER_TENANT else f"/t/{tenant}"
    return f"{management_url}{prefix}{_PATH}"


def tenant_of_issuer(management_url: str, issuer: str) -> str | None:
    """The tenant whose tokens carry this issuer; None when it is not one of ours."""
    if not issuer.startswith(management_url) or not issuer.endswith(_PATH):
        return None
    middle = issuer[len(management_url) : -len(_PATH)]
    if not middle:
        return SUPER_TENANT
    tenant = middle.removeprefix("/t/")
    plausible = 0 < len(tenant) <= DOMAIN_MAX and "/" not in tenant
    return tenant if middle.startswith("/t/") and plausible else None


def revokes(revocation: Mapping[str, object] | None, issued_at: int) -> bool:
    """Whether a revocation artifact voids a token issued in that second. One issued in its own second is void too."""
    before = revocation.get("before", 0) if revocation else 0
    return isinstance(before, int) and issued_at <= before
