"""A signed API key is a JWT that says itself what an opaque key is looked up for: whose it is, what it opens, from where.

Its claims are those of WSO2's keys. `subscribedAPIs` and `tierInfo` tell a reader how things stood when the key was made;
what is enforced are the subscriptions of the application as they stand at the call. A key without `application` is bound to
an API, and what it stands for is looked up, because it may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.applications.grant import ApiKeyGrant, KeyType
from gatehouse.domain.people.identity import qualified
from gatehouse.domain.tokens.token import TokenInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application

TOKEN_TYPE = "apiKey"
"""The claim `token_type`, which keeps keys and access tokens apart: one opens nothing in the other's place."""

KEY_CLAIMS = frozenset(
    {"sub", "application", "subscribedAPIs", "tierInfo", "permittedIP", "permittedReferer", "keytype", "keyUUID"}
)
"""What a key says, short of what its signer adds: issuer, times, id and kind."""

SUBSCRIBED_APIS_MAX = 20
"""How many APIs a key lists: the front door takes no more than 10 kB of headers."""

_SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class SignedKey:
    """What a verified key says. `application_bound` is False for one whose grant has to be looked up."""

    grant: ApiKeyGrant
    token_id: str  # the claim `jti`
    issued_at: int
    application_bound: bool


def key_claims(
    key: ApiKey,
    application: Application | None,
    apis: Sequence[Mapping[str, object]],
    tiers: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """What a key says, short of what its signer adds. Without an application it is bound to the one API of `apis`."""
    claims: dict[str, object] = {
        "sub": qualified(key.tenant, key.owner),
        "keytype": str(key.key_type),
        "keyUUID": key.id,
        "permittedIP": _SEPARATOR.join(key.addresses),
        "permittedReferer": _SEPARATOR.join(key.referers),
        "subscribedAPIs": [dict(api) for api in apis[:SUBSCRIBED_APIS_MAX]],
        "tierInfo": {name: dict(tier) for name, tier in tiers.items()},
    }
    if application is not None:
        claims["application"] = {
            "uuid": application.id,
            "name": application.name,
            "owner": application.owner,
            "tier": application.policy,
        }
    return claims


def signed_key_of(raw: Mapping[str, Any], issuer: str) -> SignedKey:
    """What a key says whose signature is good. Raises TokenInvalid: another issuer's, or no API key."""
    if raw.get("iss") != issuer or raw.get("token_type") != TOKEN_TYPE:
        raise TokenInvalid("no API key of this tenant")
    application = raw.get("application")
    try:
        grant = ApiKeyGrant(
            key_id=str(raw["keyUUID"]),
            application_id=str(application["uuid"]) if application else "",
            api_id="",
            key_type=KeyType(raw["keytype"]),
            owner=str(raw["sub"]),
            addresses=_parts(raw.get("permittedIP", "")),
            referers=_parts(raw.get("permittedReferer", "")),
            expires_at=int(raw.get("exp", 0)),
        )
        return SignedKey(grant, str(raw["jti"]), int(raw["iat"]), application_bound=bool(application))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TokenInvalid(str(error)) from error


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(_SEPARATOR) if part)
