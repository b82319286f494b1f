"""An issuer is an external key manager as the gateway knows it: whose tokens it takes, and what it believes of them.

The body of an artifact (`domain/artifact`). What a token says of itself counts for nothing until its signature is checked
or its issuer has confirmed it; only then are its claims `accepted`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.tokens.token import LEEWAY_SECONDS, Claims, TokenExpired, TokenInactive, TokenInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSUMER_KEY_CLAIMS = ("azp", "client_id")
"""Where the consumer key is when nothing else is configured."""

SCOPES_CLAIMS = ("scope", "scp")

NAME_CHARACTERS_MAX = 255
"""Claims become keys of artifacts; what is longer is named by its digest, or refused."""

NUMBER_MAX = 2**53
LONG_AGO = 1
"""When a token was issued that does not say so: before every revocation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """Where an issuer confirms tokens (RFC 7662), and how the gateway proves itself there; no user name is no proof."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """How tokens of an external key manager are checked.

    `key_manager` is its id and `name` what APIs restrict themselves by. `aliases` are other names that its tokens give as
    `iss`. The keys are `keys` (JWKs, of its certificate) or stand at `jwks_url`. `audience` "" accepts every audience; claims
    that are "" are the usual ones. `claims` renames, from the issuer's name to ours. Without `self_validated` its JWTs are
    introspected as if they were opaque.

    `direct`: the gateway takes its tokens. `exchanged`: our token endpoint takes them in exchange for ours (RFC 8693).
    Where there are patterns (RE2, of the whole text) a token is this issuer's only if it fits one: an opaque one by
    `token_patterns`, a JWT by a set of `claim_patterns`, from claim to pattern; `any_patterns` are good for both.
    """

    key_manager: str
    name: str
    issuer: str
    enabled: bool = True
    jwks_url: str = ""
    keys: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    audience: str = ""
    consumer_key_claim: str = ""
    scopes_claim: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    self_validated: bool = True
    introspection: Introspection | None = None
    aliases: tuple[str, ...] = ()
    direct: bool = True
    exchanged: bool = False
    token_patterns: tuple[str, ...] = ()
    claim_patterns: tuple[tuple[tuple[str, str], ...], ...] = ()
    any_patterns: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that its tokens may give as `iss`."""
        return (self.issuer, *self.aliases)

    def to_body(self) -> dict[str, Any]:
        """The artifact's body."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Issuer:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)


def accepted(
    issuer: Issuer,
    raw: Mapping[str, Any],
    token: str,
    now: float,
    *,
    introspected: bool = False,
    client_required: bool = True,
) -> Claims:
    """What a token of this issuer says, once somebody has vouched for `raw`. Raises TokenExpired, TokenInactive, TokenInvalid.

    Issuer, audience and times are held to RFC 7519 §4.1. A JWT must name its issuer and its end; an introspected token may
    leave both to who answered (RFC 7662 §2.2). `subject` and `username` are the issuer's own names. A token to be exchanged
    is a user's and need not name a client: `client_id` is "" then.
    """
    if raw.get("iss", issuer.issuer if introspected else None) not in issuer.names:
        raise TokenInvalid("the token is another issuer's")
    audience = _audience(raw.get("aud", ()))
    if issuer.audience and issuer.audience not in audience:
        raise TokenInvalid("the token is for another audience")
    issued_at = _seconds(raw, "iat", LONG_AGO)
    named = {**raw, **{local: raw[remote] for remote, local in issuer.claims if remote in raw}}
    client_id = _consumer_key(issuer, raw, required=client_required)
    claims = Claims(
        issuer=issuer.issuer,
        audience=audience,
        client_id=client_id,
        subject=_text(raw.get("sub")) or client_id,
        username=_text(raw.get("username")) or _text(raw.get("sub")) or client_id,
        token_type=_text(named.get("aut")),
        scopes=_scopes(issuer, raw),
        token_id=_text(raw.get("jti")) or _digest(token),
        issued_at=issued_at,
        not_before=_seconds(raw, "nbf", issued_at),
        expires_at=_seconds(raw, "exp", NUMBER_MAX if introspected else None),
        raw=named,
    )
    if claims.expires_at + LEEWAY_SECONDS <= now:
        raise TokenExpired
    if claims.not_before - LEEWAY_SECONDS > now:
        raise TokenInactive
    return claims


def revocable(issuer: Issuer, name: str) -> str:
    """The name under which a token, client or user of this issuer is revoked: never taken for one of ours or another's."""
    return f"{issuer.key_manager}/{name if len(name) <= NAME_CHARACTERS_MAX else _digest(name)}"


def _consumer_key(issuer: Issuer, raw: Mapping[str, Any], *, required: bool) -> str:
    wanted = (issuer.consumer_key_claim,) if issuer.consumer_key_claim else CONSUMER_KEY_CLAIMS
    found = next((text for name in wanted if (text := _text(raw.get(name)))), "")
    if len(found) > NAME_CHARACTERS_MAX or (required and not found):
        raise TokenInvalid("the token does not name its client")
    return found


def _scopes(issuer: Issuer, raw: Mapping[str, Any]) -> frozenset[str]:
    wanted = (issuer.scopes_claim,) if issuer.scopes_claim else SCOPES_CLAIMS
    found = next((raw[name] for name in wanted if name in raw), "")
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(scope for scope in found if isinstance(scope, str)) if isinstance(found, list) else frozenset()


def _audience(found: object) -> tuple[str, ...]:
    if isinstance(found, str):
        return (found,)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list | tuple) else ()


def _seconds(raw: Mapping[str, Any], name: str, default: int | None) -> int:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -NUMBER_MAX <= value <= NUMBER_MAX:
        raise TokenInvalid(f"the claim {name} is no time")
    return int(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
