"""Identity providers, as the tenant's administrators describe them. Secrets are taken and never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.identity.authority import is_id, only_admins
from gatehouse.controlplane.identity.federation import context_of
from gatehouse.domain.errors import Conflict, Invalid
from gatehouse.domain.people.identity_provider import (
    NAME_MAX,
    PROVIDERS_MAX,
    IdentityProvider,
    IdentityProviderNotFound,
    Protocol,
    provider_id,
)

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.people.identity_providers import IdentityProviders
    from gatehouse.ports.people.user_stores import Seal

"""What is shown, and may be sent back, in place of a secret."""

SECRETS = {Protocol.OIDC: "ClientSecret", Protocol.SAML: ""}
MANDATORY = {
    Protocol.OIDC: ("ClientId", "OAuth2AuthzEPUrl", "OAuth2TokenEPUrl"),
    Protocol.SAML: ("SPEntityId", "SSOUrl"),
}
OPTIONAL = {
    Protocol.OIDC: (
        *("ClientSecret", "callbackUrl", "UserInfoUrl", "OIDCLogoutEPUrl", "IsBasicAuthEnabled", "Scopes"),
        *("IsPKCEEnabled", "IsUserIdInClaims", "commonAuthQueryParams"),
    ),
    Protocol.SAML: ("IdPEntityId", "LogoutReqUrl", "IsAuthnRespSigned", "IsAssertionSigned", "RequestMethod", "ACSUrl"),
}
_ADDRESSES = ("OAuth2AuthzEPUrl", "OAuth2TokenEPUrl", "UserInfoUrl", "SSOUrl")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME = re.compile(r"[\w .\-()&+]+")
_IMAGE_MAX, _VALUE_MAX, _MAPPINGS_MAX = 2_000, 4_000, 40
_PEM = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDraft:
    """What an administrator says about a provider. `document` has all of it but for the authenticator's settings."""

    name: str
    protocol: Protocol
    issuer: str
    settings: Mapping[str, str]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProviderAdministration:
    """Keeps identity providers. Every method raises Forbidden unless the caller administers the tenant, and Unavailable."""

    providers: IdentityProviders
    seal: Seal

    def all(self, caller: Principal) -> list[IdentityProvider]:
        """The caller's tenant's providers, by name."""
        only_admins(caller)
        return self.providers.all(caller.tenant)

    def get(self, caller: Principal, identity: str) -> IdentityProvider:
        """Raises IdentityProviderNotFound."""
        only_admins(caller)
        found = self.providers.get(caller.tenant, identity) if is_id(identity) else None
        if found is None:
            raise IdentityProviderNotFound
        return found

    def create(self, caller: Principal, draft: ProviderDraft) -> IdentityProvider:
        """A new provider. Raises Invalid (the field), IdentityProviderExists, Conflict (too many)."""
        only_admins(caller)
        if not 0 < len(draft.name) <= NAME_MAX or not _NAME.fullmatch(draft.name) or draft.name != draft.name.strip():
            raise Invalid.field("name", f"must have 1 to {NAME_MAX} letters, digits, spaces or any of . - ( ) & +")
        if len(self.providers.all(caller.tenant)) >= PROVIDERS_MAX:
            raise Conflict(f"A tenant may have at most {PROVIDERS_MAX} identity providers.")
        empty = IdentityProvider(
            tenant=caller.tenant,
            id=provider_id(caller.tenant, draft.name),
            name=draft.name,
            protocol=draft.protocol,
            issuer="",
        )
        return self.providers.add(self._described(empty, draft))

    def replace(self, caller: Principal, identity: str, draft: ProviderDraft) -> IdentityProvider:
        """Say everything anew, save the name; a secret that is left out, or sent as it is shown, stays.

        Raises IdentityProviderNotFound, Invalid, Changed.
        """
        known = self.get(caller, identity)
        if draft.name != known.name:
            raise Invalid.field("name", f"is '{known.name}' and cannot be changed: the provider is known by it")
        return self.providers.save(self._described(known, draft))

    def remove(self, caller: Principal, identity: str) -> None:
        """Forget the provider. Its users stay, and cannot come from there any more. Raises IdentityProviderNotFound."""
        self.providers.remove(self.get(caller, identity))

    def _described(self, provider: IdentityProvider, draft: ProviderDraft) -> IdentityProvider:
        """The provider as the draft has it. Raises Invalid."""
        name = SECRETS[draft.protocol]
        told = {key: value for key, value in draft.settings.items() if key != name}
        _refuse_bad_settings(draft.protocol, told)
        _refuse_bad_document(draft)
        given = draft.settings.get(name, "") if name else ""
        sealed = provider.sealed_secret if provider.protocol is draft.protocol else ""
        if _redeemed_at(provider.settings) != _redeemed_at(told):
            # A secret goes where it was given for, and nowhere else.
            sealed = ""
        if given and given != HIDDEN:
            sealed = self.seal.seal(given, context_of(provider))
        elif given == HIDDEN and not sealed:
            raise Invalid.field(name, "must be given again: it would go to another address, or for another client")
        return replace(
            provider,
            protocol=draft.protocol,
            issuer=draft.issuer,
            settings=told,
            document=dict(draft.document),
            sealed_secret=sealed,
        )


def _redeemed_at(settings: Mapping[str, str]) -> tuple[str, str]:
    return settings.get("OAuth2TokenEPUrl", ""), settings.get("ClientId", "")


def _refuse_bad_settings(protocol: Protocol, told: Mapping[str, str]) -> None:
    for name in MANDATORY[protocol]:
        if not told.get(name, "").strip():
            raise Invalid.field(name, "is required")
    for name, value in told.items():
        if name not in {*MANDATORY[protocol], *OPTIONAL[protocol]}:
            raise Invalid.field(name, f"is no property of {protocol}")
        if len(value) > _VALUE_MAX:
            raise Invalid.field(name, f"may have at most {_VALUE_MAX} characters")
        if name in _ADDRESSES and value:
            _refuse_bad_address(name, value)


def _refuse_bad_document(draft: ProviderDraft) -> None:
    document = draft.document
    if not draft.issuer.strip():
        raise Invalid.field("idpIssuerName", "is required: what the provider calls itself in what it signs")
    image = str(document.get("image") or "")
    if image and (len(image) > _IMAGE_MAX or not image.startswith(("https://", "data:image/"))):
        raise Invalid.field("image", "must be an address with https, or a small image as data")
    certificate = document.get("certificate")
    proof: Mapping[str, Any] = certificate if isinstance(certificate, Mapping) else {}
    if draft.protocol is Protocol.OIDC:
        if not proof.get("jwksUri"):
            raise Invalid.field("certificate.jwksUri", "is required: where the provider's keys are")
        _refuse_bad_address("certificate.jwksUri", str(proof["jwksUri"]))
    elif not proof.get("certificates"):
        raise Invalid.field("certificate.certificates", "is required: what the provider signs with, in PEM")
    for number, each in enumerate(proof.get("certificates") or ()):
        if _PEM not in str(each):
            raise Invalid.field(f"certificate.certificates.{number}", "is no certificate in PEM")
    for section in ("roles", "claims"):
        found = document.get(section)
        if isinstance(found, Mapping) and len(found.get("mappings") or ()) > _MAPPINGS_MAX:
            raise Invalid.field(f"{section}.mappings", f"may be at most {_MAPPINGS_MAX}")


def _refuse_bad_address(name: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        good = good and bool(parts.hostname) and not parts.username and not parts.fragment
    except ValueError:
        good = False
    if not good or not value.isprintable() or " " in value:
        raise Invalid.field(name, "must be an address with https")
