"""Discovery: what a provider publishes of itself (OpenID Connect Discovery §3, RFC 8414 §2), as a key manager's document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.key_management.connectors import connector_of
from gatehouse.controlplane.key_management.documents import ENDPOINTS
from gatehouse.controlplane.key_management.issuers import JWKS
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_PUBLISHED_AS = {
    "introspectionEndpoint": "introspection_endpoint",
    "tokenEndpoint": "token_endpoint",
    "displayTokenEndpoint": "token_endpoint",
    "revokeEndpoint": "revocation_endpoint",
    "displayRevokeEndpoint": "revocation_endpoint",
    "userInfoEndpoint": "userinfo_endpoint",
    "authorizeEndpoint": "authorization_endpoint",
}
_GRANTS = ("authorization_code", "implicit")
"""What a provider has that lists no grant types (RFC 8414 §2)."""


def discovered(metadata: Mapping[str, Any], url: str, kind: str) -> dict[str, Any]:
    """The key manager of these metadata, without a name, to be completed by an admin. Raises Invalid (`url`)."""
    issuer = metadata.get("issuer")
    if not isinstance(issuer, str) or not issuer:
        raise Invalid.field("url", "what is published there names no issuer: it is no OpenID Connect metadata")
    connector = connector_of(kind)
    found = {field: _text(metadata, name) for field, name in _PUBLISHED_AS.items()}
    found["clientRegistrationEndpoint"] = connector.registration_url(metadata)
    found["wellKnownEndpoint"] = url
    endpoints = [{"name": name, "value": found[field]} for name, field in ENDPOINTS.items() if found.get(field)]
    grants = metadata.get("grant_types_supported")
    return {
        "type": kind,
        "issuer": issuer,
        **{field: value for field, value in found.items() if value},
        "endpoints": endpoints,
        "certificates": {"type": JWKS, "value": _text(metadata, "jwks_uri")},
        "availableGrantTypes": [one for one in grants if isinstance(one, str)]
        if isinstance(grants, list)
        else [*_GRANTS],
        "consumerKeyClaim": connector.consumer_key_claim,
        "scopesClaim": connector.scopes_claim,
        "enabled": True,
        "enableSelfValidationJWT": True,
        "enableTokenGeneration": bool(found["tokenEndpoint"]),
        "enableOAuthAppCreation": bool(found["clientRegistrationEndpoint"]),
        "enableMapOAuthConsumerApps": True,
    }


def _text(metadata: Mapping[str, Any], name: str) -> str:
    value = metadata.get(name)
    return value if isinstance(value, str) else ""
