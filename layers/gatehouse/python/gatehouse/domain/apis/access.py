"""Which credentials open an API, as its document says it: what the gateway asks for, and what the store tells callers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.throttling.policy import SUBSCRIPTIONLESS

if TYPE_CHECKING:
    from collections.abc import Mapping

OAUTH2 = "oauth2"
OUTBOUND_AUTHORIZATION = "enable_outbound_auth_header"
"""A property of the API: WSO2 has it as a setting of the whole gateway."""


def access_of(document: Mapping[str, Any]) -> Access:
    """What opens the API; a token when the document says nothing."""
    schemes = set(document.get("securityScheme") or (OAUTH2,))
    application = bool(schemes & {OAUTH2, "basic_auth", "api_key"})
    mutual_tls = "mutualssl" in schemes
    properties = {entry["name"]: entry.get("value") for entry in document.get("additionalProperties") or ()}
    return Access(
        oauth2=OAUTH2 in schemes or not (application or mutual_tls),
        api_key="api_key" in schemes,
        basic="basic_auth" in schemes,
        mutual_tls=mutual_tls,
        application_mandatory=not mutual_tls or (application and "oauth_basic_auth_api_key_mandatory" in schemes),
        mutual_tls_mandatory=mutual_tls and ("mutualssl_mandatory" in schemes or not application),
        authorization_header=document.get("authorizationHeader") or "Authorization",
        api_key_header=document.get("apiKeyHeader") or "ApiKey",
        audiences=tuple(document.get("audiences") or ()),
        key_managers=tuple(document.get("keyManagers") or ("all",)),
        outbound_authorization=str(properties.get(OUTBOUND_AUTHORIZATION, "")).lower() == "true",
        subscribed=SUBSCRIPTIONLESS not in (document.get("policies") or ()),
    )
