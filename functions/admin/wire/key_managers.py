"""What key managers look like in the admin interface.

Read-only properties (`id`, `global`) may be sent, because clients send back what they got. A secret is shown as asterisks;
sent back so, it stays what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.controlplane.key_management.connectors import CONNECTORS, Connector
from gatehouse.controlplane.key_management.connectors.shape import Setting
from gatehouse.controlplane.key_management.documents import ENDPOINTS, shown
from gatehouse.domain.people.identity import SUPER_TENANT, display_username
from gatehouse.domain.tokens.key_manager import RESIDENT_TYPE
from gatehouse.edge.wire import VISIBLE_ASCII, Wire, spelled

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager

URL_CHARACTERS_MAX = 2000
Url = Annotated[str, Field(max_length=URL_CHARACTERS_MAX)]
Claim = Annotated[str, Field(max_length=255)]
# Names stand in APIs and addresses; issuers are compared, and are keys.
_NAME = spelled(
    r"^[\w.-]([\w .()-]*[\w.)-])?$", "takes letters, digits, '.', '-', '_', parentheses, and spaces in between"
)
_TYPE = spelled(r"^[\w .-]+$", "takes letters, digits, '.', '-', '_' and spaces")
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=_NAME)]
IssuerName = Annotated[str, Field(max_length=512, pattern=VISIBLE_ASCII)]


class Endpoint(Wire):
    """An endpoint by its name, as newer clients send them."""

    name: Annotated[str, Field(max_length=100)]
    value: Url


class Certificates(Wire):
    """Where the keys are: a JWK set's address, or certificates and public keys in PEM."""

    type: Literal["JWKS", "PEM"]
    value: Annotated[str, Field(max_length=50_000)]


class ClaimMapping(Wire):
    """What a claim of the issuer is called here."""

    remoteClaim: Annotated[Claim, Field(min_length=1)]
    localClaim: Annotated[Claim, Field(min_length=1)]


class TokenValidation(Wire):
    """What tokens of the key manager look like: a pattern of opaque tokens (REFERENCE) or of any (CUSTOM), or of claims (JWT)."""

    id: int | None = None
    enable: bool | None = None
    type: Literal["REFERENCE", "JWT", "CUSTOM"] | None = None
    value: Any = None


class Permissions(Wire):
    """Which developers may use the key manager: all, or those with one, or with none, of these roles."""

    permissionType: Literal["PUBLIC", "ALLOW", "DENY"] | None = None
    roles: Annotated[list[Claim], Field(max_length=100)] | None = None


class KeyManagerBody(Wire):
    """A key manager."""

    id: str | None = None
    name: Name
    displayName: Annotated[str, Field(max_length=100)] | None = None
    type: Annotated[str, Field(min_length=1, max_length=45, pattern=_TYPE)]
    description: Annotated[str, Field(max_length=256)] | None = None
    wellKnownEndpoint: Url | None = None
    introspectionEndpoint: Url | None = None
    clientRegistrationEndpoint: Url | None = None
    tokenEndpoint: Url | None = None
    displayTokenEndpoint: Url | None = None
    revokeEndpoint: Url | None = None
    displayRevokeEndpoint: Url | None = None
    userInfoEndpoint: Url | None = None
    authorizeEndpoint: Url | None = None
    scopeManagementEndpoint: Url | None = None
    endpoints: Annotated[list[Endpoint], Field(max_length=20)] | None = None
    certificates: Certificates | None = None
    issuer: IssuerName | None = None
    alias: Annotated[str, Field(max_length=1000)] | None = None
    availableGrantTypes: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=30)] | None = None
    enableTokenGeneration: bool | None = None
    enableTokenEncryption: bool | None = None
    enableTokenHashing: bool | None = None
    enableMapOAuthConsumerApps: bool | None = None
    enableOAuthAppCreation: bool | None = None
    enableSelfValidationJWT: bool | None = None
    claimMapping: Annotated[list[ClaimMapping], Field(max_length=50)] | None = None
    consumerKeyClaim: Claim | None = None
    scopesClaim: Claim | None = None
    tokenValidation: Annotated[list[TokenValidation], Field(max_length=20)] | None = None
    enabled: bool | None = None
    # WSO2's name; the class needs another, because `global` is a word of Python.
    everywhere: Annotated[bool | None, Field(alias="global")] = None
    additionalProperties: Annotated[dict[Claim, Any], Field(max_length=50)] | None = None
    permissions: Permissions | None = None
    tokenType: Literal["DIRECT", "EXCHANGED", "BOTH"] | None = None
    allowedOrganizations: list[str] | None = None


def document_of(body: KeyManagerBody) -> dict[str, Any]:
    """The document a client sent; what is null was not sent."""
    return body.model_dump(exclude_none=True, by_alias=True)


def key_manager(found: ExternalKeyManager, tenant: str = SUPER_TENANT) -> dict[str, Any]:
    """A key manager as the interface shows it; of one that all tenants have, other tenants see no properties."""
    document = shown(found.document)
    if found.is_global and tenant != SUPER_TENANT:
        document["additionalProperties"] = {}
    return {
        "permissions": {"permissionType": "PUBLIC", "roles": []},
        "id": found.id,
        "name": found.name,
        **document,
        "issuer": found.issuer,
        "global": found.is_global,
    }


def key_manager_info(found: ExternalKeyManager, *, is_used: bool) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": found.id,
        "name": found.name,
        "type": found.document.get("type", RESIDENT_TYPE),
        "description": found.document.get("description", ""),
        "enabled": found.enabled,
        "isGlobal": found.is_global,
        "isUsed": is_used,
        "tokenType": found.token_kind,
    }


def using_api(api: ApiSummary) -> dict[str, Any]:
    """An API that names a key manager."""
    kind = str(api.info.get("type", "HTTP"))
    return {
        "id": api.id,
        "type": "APIProduct" if api.is_product else "API",
        "name": api.name,
        "transportType": kind,
        "description": api.info.get("description"),
        "context": api.context,
        "version": api.version,
        "provider": api.provider,
    }


def using_application(application: Application) -> dict[str, Any]:
    """An application that has keys at a key manager; what WSO2 calls its organization is the tenant."""
    return {
        "name": application.name,
        "uuid": application.id,
        "organizationId": None,
        "owner": display_username(application.tenant, application.owner),
        "organization": application.tenant,
    }


def connectors() -> list[dict[str, Any]]:
    """The kinds of providers that portals have forms for."""
    return [_connector(one) for one in CONNECTORS]


def _connector(connector: Connector) -> dict[str, Any]:
    endpoints = [
        Setting(name=name, label=name.replace("_", " ").capitalize(), required=name == "client_registration_endpoint")
        for name in ENDPOINTS
        if name != "wellKnown_endpoint"
    ]
    return {
        "type": connector.type,
        "displayName": connector.display_name,
        "defaultConsumerKeyClaim": connector.consumer_key_claim,
        "defaultScopesClaim": connector.scopes_claim,
        "authConfigurations": [],
        "configurations": [setting.to_document() | {"updateDisabled": False} for setting in connector.settings],
        "endpointConfigurations": [setting.to_document() | {"updateDisabled": False} for setting in endpoints],
        "configurationConstraints": [],
    }
