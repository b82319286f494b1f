"""The key manager's shapes on the wire: WSO2's registration, RFC 6749's token answer."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Literal

from gatehouse.domain.people.identity import display_username
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import Client, ClientCredentials, IssuedToken

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


def issued_token(issued: IssuedToken, issued_type: str | None = None) -> dict[str, Any]:
    """RFC 6749 §5.1, and for a token that was exchanged RFC 8693 §2.2.1."""
    body: dict[str, Any] = {
        "access_token": issued.access_token,
        "scope": " ".join(issued.scopes),
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
    }
    if issued.refresh_token is not None:
        body["refresh_token"] = issued.refresh_token
    if issued_type is not None:
        body["issued_token_type"] = issued_type
    if issued.id_token is not None:
        body["id_token"] = issued.id_token
    return body
