"""Our own key manager in the form of the others. It is kept nowhere, because nothing of it can be changed."""

from __future__ import annotations

from gatehouse.controlplane.key_management.documents import DEFAULTS
from gatehouse.controlplane.key_management.issuers import JWKS
from gatehouse.domain.key_manager import RESIDENT_TYPE, ExternalKeyManager, resident_id
from gatehouse.domain.token import RESIDENT_KEY_MANAGER, issuer_of


def resident(management_url: str, tenant: str) -> ExternalKeyManager:
    """The tenant's, at this address of the management front door."""
    endpoint = issuer_of(management_url, tenant)
    base = endpoint.removesuffix("/token")
    document = {
        **DEFAULTS,
        "type": RESIDENT_TYPE,
        "displayName": RESIDENT_KEY_MANAGER,
        "description": "Clients and tokens of this server",
        "tokenEndpoint": endpoint,
        "revokeEndpoint": f"{base}/revoke",
        "certificates": {"type": JWKS, "value": f"{base}/jwks"},
        "enableTokenGeneration": True,
        "enableOAuthAppCreation": True,
    }
    return ExternalKeyManager(
        tenant=tenant, id=resident_id(tenant), name=RESIDENT_KEY_MANAGER, issuer=endpoint, document=document
    )
