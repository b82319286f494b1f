"""What a developer decides about keys and tokens, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - `body.from_body` reads the hints of `KeyTerms` at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.domain.tokens.oauth import DEFAULT_LIFETIMES, DEFAULT_RULES, ClientRules, Lifetimes

if TYPE_CHECKING:
    from gatehouse.domain.applications.application import ApplicationKey
    from gatehouse.domain.tokens.oauth import ClientCredentials, IssuedToken


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a developer decides about a key. `properties` are the interface's, kept to be shown again."""

    grant_types: tuple[str, ...]
    callback_url: str = ""
    lifetimes: Lifetimes = DEFAULT_LIFETIMES
    rules: ClientRules = DEFAULT_RULES
    properties: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTerms:
    """What a token shall be like. `validity_seconds` None is the client's own, negative is no expiry.

    `secret` None is not checked: the caller owns the application. `revoke` is an earlier token to void.
    """

    scopes: tuple[str, ...] = ()
    validity_seconds: int | None = None
    secret: str | None = field(default=None, repr=False)
    revoke: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made: the one time its secret is shown. `token` is for trying it out.

    One that waits for an approval has neither.
    """

    key: ApplicationKey
    credentials: ClientCredentials | None = None
    token: IssuedToken | None = None


def told(key: ApplicationKey, terms: KeyTerms) -> ApplicationKey:
    """The key on these terms."""
    return replace(key, grant_types=terms.grant_types, callback_url=terms.callback_url, properties=terms.properties)
