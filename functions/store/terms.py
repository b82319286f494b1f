"""What a developer asks of keys and tokens, out of the interface's documents.

`additionalProperties` are WSO2's settings of a client; `N/A` stands for the default, as WSO2's own clients send it. Those of an
external key manager are its own business (`key_management/desks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.store.resident_terms import LEFT_OPEN
from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.oauth import GRANT_TYPES, LIFETIME_PROPERTIES, NOT_SERVED, ClientRules, Lifetimes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.store import wire

DEFAULT = LEFT_OPEN
SECONDS_MAX = 2**31 - 1

APPLICATION_TOKEN = "application_access_token_expiry_time"
PKCE_MANDATORY, PKCE_PLAIN, NO_SECRET = "pkceMandatory", "pkceSupportPlain", "bypassClientCredentials"
_SWITCHES = (PKCE_MANDATORY, PKCE_PLAIN, NO_SECRET)

PROPERTIES: dict[str, object] = {
    **dict.fromkeys(LIFETIME_PROPERTIES, DEFAULT),
    **dict.fromkeys(_SWITCHES, False),
}
"""Every additional property, with what it is when it is not given."""


class UnknownProperty(Invalid):
    """An additional property that no key manager of this server knows."""

    code = 900970
    message = "Invalid application additional properties"


def of_generation(body: wire.KeyGenerationBody, *, resident: bool) -> tuple[KeyTerms, TokenTerms]:
    """What the new key and its first token shall be like. Raises Invalid."""
    token = TokenTerms(scopes=tuple(body.scopes or ()), validity_seconds=_validity("validityTime", body.validityTime))
    grants, properties = body.grantTypesToBeSupported, body.additionalProperties
    if not resident:
        return _external(grants, body.callbackUrl, properties), token
    return _terms("grantTypesToBeSupported", grants, body.callbackUrl, properties), token


def of_change(body: wire.KeyBody, *, resident: bool) -> KeyTerms:
    """What the key shall be like from now on. Raises Invalid."""
    grants, properties = body.supportedGrantTypes, body.additionalProperties
    if not resident:
        return _external(grants, body.callbackUrl, properties)
    return _terms("supportedGrantTypes", grants, body.callbackUrl, properties)


def of_token(body: wire.TokenBody) -> TokenTerms:
    """What the token shall be like. Raises Invalid."""
    return TokenTerms(
        scopes=tuple(body.scopes or ()),
        validity_seconds=_validity("validityPeriod", body.validityPeriod),
        secret=body.consumerSecret or None,
        revoke=body.revokeToken or None,
    )


def _terms(path: str, grants: Sequence[str], callback: str | None, properties: Mapping[str, Any] | None) -> KeyTerms:
    for index, grant in enumerate(grants):
        if grant not in GRANT_TYPES:
            problem = NOT_SERVED.get(grant, f"is none of {', '.join(sorted(GRANT_TYPES))}")
            raise Invalid.field(f"{path}.{index}", f"'{grant}' {problem}")
    kept = {name: _property(name, value) for name, value in (properties or {}).items() if value is not None}
    lifetimes = {field: kept[name] for name, field in LIFETIME_PROPERTIES.items() if kept.get(name, DEFAULT) != DEFAULT}
    return KeyTerms(
        grant_types=tuple(dict.fromkeys(grants)),
        callback_url=callback or "",
        lifetimes=Lifetimes(**lifetimes),
        rules=ClientRules(
            pkce_mandatory=bool(kept.get(PKCE_MANDATORY)),
            pkce_plain=bool(kept.get(PKCE_PLAIN)),
            public=bool(kept.get(NO_SECRET)),
        ),
        properties=kept,
    )


def _external(grants: Sequence[str], callback: str | None, properties: Mapping[str, Any] | None) -> KeyTerms:
    given = {name: value for name, value in (properties or {}).items() if value is not None}
    return KeyTerms(grant_types=tuple(dict.fromkeys(grants)), callback_url=callback or "", properties=given)


def _property(name: str, value: Any) -> Any:
    path = f"additionalProperties.{name}"
    if name in _SWITCHES:
        wanted = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        if not isinstance(wanted, bool):
            raise Invalid.field(path, "must be true or false")
        return wanted
    if name not in PROPERTIES:
        raise UnknownProperty.field(path, f"is unknown; known are {', '.join(PROPERTIES)}")
    if value == DEFAULT:
        return DEFAULT
    return _seconds(path, value)


def _seconds(path: str, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool | float) or not text.removeprefix("-").isdigit() or not text.isascii():
        raise Invalid.field(path, f"must be a number of seconds, -1 for no expiry, or {DEFAULT}")
    return _validity(path, int(text)) or 0


def _validity(path: str, seconds: int | None) -> int | None:
    if seconds is not None and (seconds == 0 or seconds < -1 or seconds > SECONDS_MAX):
        raise Invalid.field(path, f"must be -1 (no expiry) or 1 to {SECONDS_MAX} seconds")
    return seconds
