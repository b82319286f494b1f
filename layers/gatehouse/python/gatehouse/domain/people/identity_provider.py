"""An identity provider is somebody else's server that vouches for users: by OpenID Connect, or by SAML 2.0.

A user whom it vouches for is one of the tenant's own, tied to the provider's name for them (issuer and subject) and to nothing
else: neither an equal name nor an equal e-mail address makes two people one.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Conflict, NotFound, Unauthenticated
from gatehouse.domain.portal.organization import ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVIDERS_MAX = 20
"""How many identity providers a tenant may have."""

NAME_MAX = 120

_LOCAL = "http://wso2.org/claims/"
USERNAME, EMAIL = f"{_LOCAL}username", f"{_LOCAL}emailaddress"
GIVEN_NAME, FAMILY_NAME, FULL_NAME = f"{_LOCAL}givenname", f"{_LOCAL}lastname", f"{_LOCAL}fullname"
ORGANIZATION = f"{_LOCAL}{ATTRIBUTE}"

_USUAL_CLAIMS = {
    USERNAME: "preferred_username",
    EMAIL: "email",
    GIVEN_NAME: "given_name",
    FAMILY_NAME: "family_name",
    FULL_NAME: "name",
    ORGANIZATION: "",  # only whom an administrator trusts with it says who belongs to an organization of the tenant
}
_USUAL_ROLES = "groups"
_NOT_IN_NAMES = re.compile(r"[^\w.+\-]+")
_NAME_CHARACTERS_MAX = 60
_NAME_DIGITS = 12


class Protocol(StrEnum):
    """WSO2's names of the authenticators that log users in at a provider."""

    OIDC = "OpenIDConnectAuthenticator"
    SAML = "SAMLSSOAuthenticator"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """An identity provider of a tenant. `document` is what its administrator wrote, without secrets.

    `settings` are the properties of its authenticator; `sealed_secret` is what is kept of the secret that we have there.
    """

    tenant: str
    id: str
    name: str
    protocol: Protocol
    issuer: str
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    document: Mapping[str, Any] = field(default_factory=dict, hash=False)
    sealed_secret: str = field(default="", repr=False)
    version: int = 0

    @property
    def enabled(self) -> bool:
        """Whether users may come from there."""
        return bool(self.document.get("isEnabled", True))

    @property
    def image(self) -> str:
        """The address of its logo; "" for none."""
        return str(self.document.get("image") or "")

    @property
    def provisions(self) -> bool:
        """Whether users who come for the first time are kept, and those who come again are brought up to date."""
        return bool(self._section("provisioning", "jit").get("isEnabled", False))

    @property
    def certificates(self) -> tuple[str, ...]:
        """The certificates that it signs with, in PEM."""
        found = self._section("certificate").get("certificates")
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def keys_url(self) -> str:
        """Where its JWK set is; "" for none."""
        return str(self._section("certificate").get("jwksUri") or "")

    def local_roles(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """The roles that what it says of a user is mapped to."""
        theirs = {role.lower() for role in texts_of(claims.get(self._claim("roleClaim", _USUAL_ROLES)))}
        return frozenset(local for foreign, local in self._mapped_roles() if foreign.lower() in theirs)

    @property
    def given_roles(self) -> frozenset[str]:
        """Every role that it may give, and so may take away."""
        return frozenset(local for _, local in self._mapped_roles())

    def said(self, claims: Mapping[str, Any], local: str) -> str:
        """What it says of a user for one of our claims; "" for nothing."""
        mapped = self._section("claims").get("mappings")
        pairs = mapped if isinstance(mapped, list) else []
        names = [str(each["idpClaim"]) for each in pairs if each.get("localClaim", {}).get("uri") == local]
        return next(iter(texts_of(claims.get(names[0] if names else _USUAL_CLAIMS[local]))), "")

    def subject(self, claims: Mapping[str, Any], named: str) -> str:
        """What it calls a user, for ever: the claim that the administrator chose, else what the protocol names."""
        chosen = self._claim("userIdClaim", "")
        return next(iter(texts_of(claims.get(chosen))), "") if chosen else named

    def _claim(self, which: str, usual: str) -> str:
        found = self._section("claims").get(which)
        return str(found.get("uri") or usual) if isinstance(found, Mapping) else usual

    def _mapped_roles(self) -> list[tuple[str, str]]:
        mapped = self._section("roles").get("mappings")
        return [(str(each["idpRole"]), str(each["localRole"])) for each in mapped] if isinstance(mapped, list) else []

    def _section(self, *path: str) -> Mapping[str, Any]:
        found: Any = self.document
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """Whom a provider vouches for: its own name for them, and what it says of them."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(hash=False)


class IdentityProviderExists(Conflict):
    """The tenant has an identity provider of this name."""

    default_description = "An identity provider with this name exists already."


class IdentityProviderNotFound(NotFound):
    """The tenant has no such identity provider, or it is disabled."""

    default_description = "There is no such identity provider."


class NotVouchedFor(Unauthenticated):
    """What came back from an identity provider proves nobody. The cause is for the log alone."""

    default_description = "The sign-in at the identity provider did not succeed. Try again."


class NotProvisioned(Unauthenticated):
    """The provider vouches for somebody who is nobody here."""

    default_description = "You are not a user here. Ask an administrator to let the identity provider add its users."


def provider_id(tenant: str, name: str) -> str:
    """The id of a provider: its name stands for it, in any case."""
    return str(uuid.UUID(bytes=_digest(tenant, name.lower())[:16], version=5))


def foreign_user_id(tenant: str, issuer: str, subject: str) -> str:
    """The id of the user whom an issuer calls so. It says who they are: no other id of a user is made like this (version 5)."""
    return str(uuid.UUID(bytes=_digest(tenant, issuer, subject)[:16], version=5))


def foreign_user_name(issuer: str, subject: str, wanted: str) -> str:
    """A name for this user that nobody else can have, now or later, whatever the provider says they are called."""
    readable = _NOT_IN_NAMES.sub("-", wanted.partition("@")[0]).strip("-.")[:_NAME_CHARACTERS_MAX] or "user"
    return f"{readable}_{_digest(issuer, subject).hex()[:_NAME_DIGITS]}"


def texts_of(value: object) -> tuple[str, ...]:
    """A claim's values: of a list its texts, of a text itself, of a number its digits."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list | tuple):
        return tuple(text for each in value for text in texts_of(each))
    return (str(value),) if isinstance(value, int) and not isinstance(value, bool) else ()


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(b"".join(_framed(parts))).digest()


def _framed(parts: Iterable[str]) -> Iterable[bytes]:
    # With its length before it, no part can pass for two, nor two for one.
    for part in parts:
        encoded = part.encode()
        yield len(encoded).to_bytes(8, "big") + encoded
