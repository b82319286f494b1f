"""How the publisher interface shows gateway environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.environment import GATEWAY_TYPE, PROVIDER, PUBLIC, WRITE_ONLY

if TYPE_CHECKING:
    from gatehouse.domain.publishing.environment import Environment


def environment(found: Environment) -> dict[str, Any]:
    """One with its addresses. `serverUrl` is the first of them."""
    document, hosts = found.document, found.virtual_hosts
    return {
        "id": found.id,
        "name": found.name,
        "displayName": found.display_name,
        "type": found.type,
        "gatewayType": GATEWAY_TYPE,
        "mode": document.get("mode") or WRITE_ONLY,
        "provider": PROVIDER,
        "serverUrl": hosts[0].https_url or hosts[0].http_url if hosts else "",
        "showInApiConsole": True,
        "vhosts": list(document.get("vhosts") or ()),
        "endpointURIs": list(document.get("endpointURIs") or ()),
        "additionalProperties": list(document.get("additionalProperties") or ()),
        "permissions": document.get("permissions") or {"permissionType": PUBLIC, "roles": []},
    }
