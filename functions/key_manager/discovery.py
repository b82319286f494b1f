"""The discovery document (OpenID Connect Discovery §3, RFC 8414 §2): what is served, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.oauth.authorization import MODES
from gatehouse.controlplane.oauth.issuing import PASSWORD_LOGIN
from gatehouse.controlplane.openid.asked import PROMPTS
from gatehouse.domain.tokens.scopes import OF_OPENID, ROLES_OF_SCOPE
from gatehouse.domain.tokens.token import issuer_of
from gatehouse.ports.tokens.signing import ALGORITHMS

if TYPE_CHECKING:
    from gatehouse.adapters.oauth.server import ProtocolServer

CLIENT_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
ASSERTION_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
CLAIMS = (
    *("iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"),
    *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile"),
    *("locale", "zoneinfo", "updated_at", "email"),
)


def discovery(management_url: str, tenant: str, server: ProtocolServer) -> dict[str, Any]:
    """The document of a tenant."""
    issuer = issuer_of(management_url, tenant)
    oauth2 = issuer.removesuffix("/token")
    oidc = f"{oauth2.removesuffix('/oauth2')}/oidc"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{oauth2}/authorize",
        "token_endpoint": f"{oauth2}/token",
        "revocation_endpoint": f"{oauth2}/revoke",
        "introspection_endpoint": f"{oauth2}/introspect",
        "device_authorization_endpoint": f"{oauth2}/device_authorize",
        "userinfo_endpoint": f"{oauth2}/userinfo",
        "jwks_uri": f"{oauth2}/jwks",
        "end_session_endpoint": f"{oidc}/logout",
        "check_session_iframe": f"{oidc}/checksession",
        "grant_types_supported": server.grant_types,
        "response_types_supported": server.response_types,
        "response_modes_supported": list(MODES),
        "prompt_values_supported": sorted(PROMPTS),
        "code_challenge_methods_supported": ["S256", "plain"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "token_endpoint_auth_methods_supported": [*CLIENT_METHODS, "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": [*CLIENT_METHODS, "none"],
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(CLIENT_METHODS),
        "acr_values_supported": [PASSWORD_LOGIN],
        "claims_supported": list(CLAIMS),
        "scopes_supported": [*sorted(OF_OPENID), *sorted(ROLES_OF_SCOPE)],
    }
