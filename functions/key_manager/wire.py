"""The key manager's shapes on the wire: WSO2's registration, RFC 6749's token answer, OpenID's discovery document."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Literal

from gatehouse.domain.identity import display_username
from gatehouse.domain.scopes import OPENID, ROLES_OF_SCOPE
from gatehouse.domain.token import issuer_of
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.oauth import Client, ClientCredentials, IssuedToken

_APPLICATIONS = uuid.UUID("5b0c3e0a-6b0b-4e7c-9a58-5d0d1f6d5c11")


class ClientRegistration(Wire):
    """A registration. `grantType` lists grant types, separated by spaces. The fields after `saasApp` change nothing."""

    clientName: str
    owner: str
    grantType: str
    callbackUrl: str | None = None
    saasApp: bool | Literal["true", "false"] = False
    tokenScope: str | None = None
    tokenType: Literal["JWT", "DEFAULT", "Default"] | None = None
    userstoreDomainInSubject: bool | Literal["true", "false"] | None = None

    @property
    def saas(self) -> bool:
        """`saasApp`, which some clients send as text."""
        return self.saasApp in {True, "true"}


def registered_client(client: Client, credentials: ClientCredentials) -> dict[str, Any]:
    """The answer to a registration. `jsonString` is JSON text inside JSON, as WSO2's clients expect it."""
    details = {
        "grant_types": " ".join(sorted(client.grant_types)),
        "redirect_uris": client.callback_url,
        "client_name": client.name,
    }
    return {
        "clientId": credentials.client_id,
        "clientName": client.name,
        "callBackURL": client.callback_url,
        "clientSecret": credentials.client_secret,
        "isSaasApplication": client.saas,
        "appOwner": display_username(client.tenant, client.owner),
        "jsonString": json.dumps(details),
        "jsonAppAttribute": "{}",
        "applicationUUID": str(uuid.uuid5(_APPLICATIONS, client.id)),
        "tokenType": "JWT",
    }


def issued_token(issued: IssuedToken) -> dict[str, Any]:
    """RFC 6749 §5.1."""
    body: dict[str, Any] = {
        "access_token": issued.access_token,
        "scope": " ".join(issued.scopes),
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
    }
    if issued.refresh_token is not None:
        body["refresh_token"] = issued.refresh_token
    if issued.id_token is not None:
        body["id_token"] = issued.id_token
    return body


def discovery(management_url: str, tenant: str, grant_types: Collection[str]) -> dict[str, Any]:
    """RFC 8414 §2, under OpenID's name. There is no authorization endpoint yet, so no response type is supported."""
    issuer = issuer_of(management_url, tenant)
    endpoints = issuer.removesuffix("/token")
    methods = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": issuer,
        "token_endpoint": f"{endpoints}/token",
        "revocation_endpoint": f"{endpoints}/revoke",
        "jwks_uri": f"{endpoints}/jwks",
        "grant_types_supported": sorted(grant_types),
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "scopes_supported": [OPENID, *sorted(ROLES_OF_SCOPE)],
    }
