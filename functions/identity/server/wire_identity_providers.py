"""Shapes of identity providers (WSO2's `/api/server/v1/identity-providers`)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.identity.identity_providers import SECRETS, ProviderDraft
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity_provider import IdentityProvider, Protocol
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = "/api/server/v1/identity-providers"


def authenticator_id(protocol: Protocol) -> str:
    """An authenticator as the interface names it: base64url of its name."""
    return base64.urlsafe_b64encode(protocol.value.encode()).decode().rstrip("=")


class Claim(Wire):
    """A claim of ours or of theirs, by its URI. `id` and `displayName` are accepted and ignored."""

    uri: str
    id: str | None = None
    displayName: str | None = None


class ClaimMapping(Wire):
    """Which of their claims says one of ours."""

    idpClaim: str
    localClaim: Claim


class Claims(Wire):
    """What their claims mean. `userIdClaim` says who somebody is, `roleClaim` which roles they have there."""

    userIdClaim: Claim | None = None
    roleClaim: Claim | None = None
    mappings: list[ClaimMapping] = Field(default_factory=list)
    provisioningClaims: list[dict[str, Any]] | None = None


class RoleMapping(Wire):
    """A role of theirs and the one of ours that it brings."""

    idpRole: str
    localRole: str


class Roles(Wire):
    """Roles."""

    mappings: list[RoleMapping] = Field(default_factory=list)
    outboundProvisioningRoles: list[str] | None = None


class JustInTime(Wire):
    """Whether users are kept when they come for the first time. They are the tenant's own, so the store is the primary one."""

    isEnabled: bool = False
    scheme: Literal["PROVISION_SILENTLY"] = "PROVISION_SILENTLY"
    userstore: Literal["PRIMARY"] = "PRIMARY"
    associateLocalUser: Literal[False] = False


class Provisioning(Wire):
    """Provisioning."""

    jit: JustInTime = Field(default_factory=JustInTime)
    outboundConnectors: dict[str, Any] | None = None


class Certificate(Wire):
    """What they sign with: certificates in PEM (also base64 of it), or where their JWK set is."""

    certificates: list[str] = Field(default_factory=list)
    jwksUri: str = ""


class Setting(Wire):
    """A setting of an authenticator."""

    key: str
    value: str


class Authenticator(Wire):
    """How users log in there."""

    authenticatorId: str
    name: str | None = None
    isEnabled: bool = True
    isDefault: bool = True
    properties: list[Setting] = Field(default_factory=list)


class Authenticators(Wire):
    """Exactly one."""

    defaultAuthenticatorId: str | None = None
    authenticators: list[Authenticator] = Field(min_length=1, max_length=1)


class Provider(Wire):
    """An identity provider as it is sent. Fields without a meaning here are kept as they are."""

    name: str
    idpIssuerName: str = ""
    description: str = ""
    image: str = ""
    alias: str = ""
    templateId: str = ""
    homeRealmIdentifier: str = ""
    isEnabled: bool = True
    isPrimary: bool = False
    isFederationHub: bool = False
    certificate: Certificate = Field(default_factory=Certificate)
    claims: Claims = Field(default_factory=Claims)
    roles: Roles = Field(default_factory=Roles)
    federatedAuthenticators: Authenticators
    provisioning: Provisioning = Field(default_factory=Provisioning)

    def draft(self) -> ProviderDraft:
        """Raises Invalid (an authenticator that is none of ours, a setting that comes twice)."""
        (chosen,) = self.federatedAuthenticators.authenticators
        document = self.model_dump(exclude={"name", "federatedAuthenticators"}, exclude_none=True)
        document["certificate"]["certificates"] = list(map(_pem, self.certificate.certificates))
        return ProviderDraft(
            name=self.name,
            protocol=protocol_of(chosen.authenticatorId),
            issuer=self.idpIssuerName,
            settings=settings_of(chosen.properties),
            document=document,
        )


class Change(Wire):
    """One change of a PATCH, to a field at the top."""

    operation: Literal["REPLACE", "ADD", "REMOVE"]
    path: Literal[
        "/description", "/image", "/isEnabled", "/idpIssuerName", "/alias", "/homeRealmIdentifier", "/isPrimary"
    ]
    value: str | bool = ""


def protocol_of(identity: str) -> Protocol:
    """The protocol of an authenticator's id. Raises Invalid."""
    found = next((protocol for protocol in Protocol if authenticator_id(protocol) == identity.rstrip("=")), None)
    if found is None:
        known = ", ".join(f"{authenticator_id(protocol)} ({protocol})" for protocol in Protocol)
        raise Invalid.field("federatedAuthenticators.authenticators.0.authenticatorId", f"is none of {known}")
    return found


def settings_of(properties: Sequence[Setting]) -> dict[str, str]:
    """The settings by name. Raises Invalid when one comes twice."""
    told: dict[str, str] = {}
    for setting in properties:
        if setting.key in told:
            raise Invalid.field(setting.key, "comes twice")
        told[setting.key] = setting.value
    return told


def listed(provider: IdentityProvider) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": provider.id,
        "name": provider.name,
        "description": provider.document.get("description", ""),
        "isEnabled": provider.enabled,
        "image": provider.image,
        "self": f"{BASE}/{provider.id}",
    }


def shown(provider: IdentityProvider) -> dict[str, Any]:
    """A provider with all of its settings, the secret hidden."""
    return {
        "id": provider.id,
        "name": provider.name,
        **provider.document,
        "idpIssuerName": provider.issuer,
        "federatedAuthenticators": {
            "defaultAuthenticatorId": authenticator_id(provider.protocol),
            "authenticators": [authenticator_shown(provider)],
        },
    }


def authenticator_shown(provider: IdentityProvider) -> dict[str, Any]:
    """The provider's authenticator."""
    hidden = {SECRETS[provider.protocol]: HIDDEN} if provider.sealed_secret else {}
    return {
        "authenticatorId": authenticator_id(provider.protocol),
        "name": provider.protocol.value,
        "isEnabled": True,
        "isDefault": True,
        "properties": [{"key": key, "value": value} for key, value in {**provider.settings, **hidden}.items()],
    }


def draft_of(provider: IdentityProvider, **changes: Any) -> ProviderDraft:
    """What there is, as an administrator would send it, with changes to the document or the settings."""
    settings = changes.pop("settings", None)
    document = {**provider.document, **changes}
    return ProviderDraft(
        name=provider.name,
        protocol=provider.protocol,
        issuer=str(document.get("idpIssuerName") or ""),
        settings=provider.settings if settings is None else settings,
        document=document,
    )


def _pem(text: str) -> str:
    """A certificate in PEM, which WSO2's clients send in base64 once more."""
    if text.lstrip().startswith("-----BEGIN"):
        return text
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except ValueError:
        return text
