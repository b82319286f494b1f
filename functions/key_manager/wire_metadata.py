"""Client metadata on the wire (RFC 7591 §2), with WSO2's extensions (`ext_…`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pydantic import ConfigDict, Field

from gatehouse.controlplane.clients.client_metadata import ClientMetadata
from gatehouse.domain.people.identity import SUPER_TENANT, display_username
from gatehouse.domain.tokens.oauth import (
    ACCESS_TOKEN_SECONDS,
    AUTHORIZATION_CODE,
    ID_TOKEN_SECONDS,
    IMPLICIT,
    REFRESH_TOKEN_SECONDS,
    ClientRules,
    Lifetimes,
)
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import Client

BASE = "/api/identity/oauth2/dcr/v1.1/register"
OPAQUE: Literal["Default"] = "Default"
JWT: Literal["JWT"] = "JWT"


class MetadataDocument(Wire):
    """What a client says of itself. Metadata that is not understood is ignored, as RFC 7591 §2 has it."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)

    client_name: str = ""
    redirect_uris: list[str] = Field(default_factory=list)
    grant_types: list[str] = Field(default_factory=lambda: [AUTHORIZATION_CODE])
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] = (
        "client_secret_basic"
    )
    jwks: dict[str, Any] = Field(default_factory=dict)
    post_logout_redirect_uris: list[str] = Field(default_factory=list)
    id_token_signed_response_alg: str = "RS256"
    ext_application_owner: str = ""
    ext_public_client: bool = False
    ext_pkce_mandatory: bool = False
    ext_pkce_support_plain: bool = False
    ext_allowed_audience: list[str] = Field(default_factory=list)
    ext_token_type: Literal["JWT", "Default"] = JWT
    ext_application_access_token_expiry_time: int = ACCESS_TOKEN_SECONDS
    ext_user_access_token_expiry_time: int = ACCESS_TOKEN_SECONDS
    ext_refresh_token_expiry_time: int = REFRESH_TOKEN_SECONDS
    ext_id_token_expiry_time: int = ID_TOKEN_SECONDS

    def metadata(self) -> ClientMetadata:
        """The same, in our words."""
        return ClientMetadata(
            name=self.client_name,
            owner=self.ext_application_owner,
            grant_types=tuple(self.grant_types),
            rules=ClientRules(
                public=self.ext_public_client or self.token_endpoint_auth_method == "none",
                pkce_mandatory=self.ext_pkce_mandatory,
                pkce_plain=self.ext_pkce_support_plain,
                opaque_tokens=self.ext_token_type == OPAQUE,
                redirect_uris=tuple(self.redirect_uris),
                post_logout_redirect_uris=tuple(self.post_logout_redirect_uris),
                audiences=tuple(self.ext_allowed_audience),
                signed_with=self.id_token_signed_response_alg,
                keys=self._keys(),
            ),
            lifetimes=Lifetimes(
                application_seconds=self.ext_application_access_token_expiry_time,
                user_seconds=self.ext_user_access_token_expiry_time,
                refresh_seconds=self.ext_refresh_token_expiry_time,
                id_seconds=self.ext_id_token_expiry_time,
            ),
        )

    def _keys(self) -> tuple[dict[str, Any], ...]:
        if self.token_endpoint_auth_method != "private_key_jwt":
            return ()
        keys = self.jwks.get("keys")
        return tuple(key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else ({},)


def registered(client: Client, secret: str | None, token: str, management_url: str) -> dict[str, Any]:
    """RFC 7591 §3.2.1. A public client has no secret."""
    rules, lifetimes = client.rules, client.lifetimes
    tenant = "" if client.tenant == SUPER_TENANT else f"/t/{client.tenant}"
    responses = [
        *(["code"] if AUTHORIZATION_CODE in client.grant_types else []),
        *(["token", "id_token", "id_token token"] if IMPLICIT in client.grant_types else []),
    ]
    secrets = (
        {} if rules.public or rules.keys or secret is None else {"client_secret": secret, "client_secret_expires_at": 0}
    )
    return {
        "client_id": client.id,
        **secrets,
        "client_id_issued_at": client.created_at,
        "registration_access_token": token,
        "registration_client_uri": f"{management_url}{tenant}{BASE}/{quote(client.id)}",
        "client_name": client.name,
        "redirect_uris": list(rules.redirect_uris),
        "grant_types": sorted(client.grant_types),
        "response_types": responses,
        "token_endpoint_auth_method": _method(rules),
        **({"jwks": {"keys": list(rules.keys)}} if rules.keys else {}),
        "post_logout_redirect_uris": list(rules.post_logout_redirect_uris),
        "id_token_signed_response_alg": rules.signed_with,
        "ext_application_owner": display_username(client.tenant, client.owner),
        "ext_public_client": rules.public,
        "ext_pkce_mandatory": rules.pkce_mandatory,
        "ext_pkce_support_plain": rules.pkce_plain,
        "ext_allowed_audience": list(rules.audiences),
        "ext_token_type": OPAQUE if rules.opaque_tokens else JWT,
        "ext_application_access_token_expiry_time": lifetimes.application_seconds,
        "ext_user_access_token_expiry_time": lifetimes.user_seconds,
        "ext_refresh_token_expiry_time": lifetimes.refresh_seconds,
        "ext_id_token_expiry_time": lifetimes.id_seconds,
    }


def _method(rules: ClientRules) -> str:
    if rules.keys:
        return "private_key_jwt"
    return "none" if rules.public else "client_secret_basic"
