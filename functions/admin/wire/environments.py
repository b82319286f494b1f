"""What gateway environments look like in the admin interface.

Read-only properties may be sent, because clients send back what they got.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.environment import GATEWAY_TYPE, HYBRID, PROVIDER, PUBLIC, TYPES, WRITE_ONLY
from gatehouse.edge.wire import Wire, spelled

if TYPE_CHECKING:
    from gatehouse.domain.publishing.environment import Environment

Port = Annotated[int, Field(ge=0, le=65_535)]
Host = Annotated[str, Field(min_length=1, max_length=255)]
_NAME = spelled(r"^[a-zA-Z0-9_-]+$", "takes letters, digits, '-' and '_'")
_SEGMENT = spelled(
    r"^/?([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])*$",
    "is one part of a path: letters, digits, and '-' in between",
)
Text = Annotated[str, Field(max_length=255)]

WINDOW_MINUTES = 60
"""How often other products look what is at a gateway; nothing is discovered at ours."""


class VirtualHostBody(Wire):
    """A host name, and what stands behind it. Ports of protocols that are not HTTP are kept for clients."""

    host: Host
    httpContext: Annotated[str, Field(max_length=255, pattern=_SEGMENT)] = ""
    httpPort: Port | None = None
    httpsPort: Port | None = None
    wsPort: Port | None = None
    wsHost: Text | None = None
    wssPort: Port | None = None
    wssHost: Text | None = None
    websubHttpPort: Port | None = None
    websubHttpsPort: Port | None = None


class ProtocolUri(Wire):
    """Where a protocol is spoken."""

    protocol: Text
    endpointURI: Annotated[str, Field(max_length=2000)]


class PropertyBody(Wire):
    """A property that means something to whoever made the environment."""

    key: Text | None = None
    value: Annotated[str, Field(max_length=1023)] | None = None


class PermissionsBody(Wire):
    """Which providers see the environment: all, those with one, or those with none of these roles."""

    permissionType: Literal["PUBLIC", "ALLOW", "DENY"] = "PUBLIC"
    roles: Annotated[list[Text], Field(max_length=100)] | None = None


class EnvironmentBody(Wire):
    """A gateway environment."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255, pattern=_NAME)]
    displayName: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    provider: Text | None = None
    type: Text | None = None
    gatewayType: Text | None = None
    description: Annotated[str, Field(max_length=1023)] | None = None
    isReadOnly: bool | None = None
    mode: Literal["READ_ONLY", "READ_WRITE", "WRITE_ONLY"] | None = None
    apiDiscoveryScheduledWindow: int | None = None
    vhosts: Annotated[list[VirtualHostBody], Field(max_length=20)]
    endpointURIs: Annotated[list[ProtocolUri], Field(max_length=20)] | None = None
    additionalProperties: Annotated[list[PropertyBody], Field(max_length=50)] | None = None
    permissions: PermissionsBody | None = None
    status: str | None = None
    vhost: str | None = None
    universalGatewayVersion: str | None = None


def document_of(body: EnvironmentBody) -> dict[str, Any]:
    """What is kept of it. Raises Invalid for a gateway that is not ours."""
    if (body.provider or PROVIDER).lower() != PROVIDER:
        raise Invalid.field("provider", f"'{body.provider}' runs no gateway here; it is '{PROVIDER}'")
    if (body.gatewayType or GATEWAY_TYPE).lower() != GATEWAY_TYPE.lower():
        raise Invalid.field("gatewayType", f"there is no gateway of type '{body.gatewayType}'; it is '{GATEWAY_TYPE}'")
    if (body.type or HYBRID) not in TYPES:
        raise Invalid.field("type", f"'{body.type}' is none of {', '.join(TYPES)}")
    permissions = body.permissions or PermissionsBody()
    if permissions.permissionType != PUBLIC and not permissions.roles:
        raise Invalid.field("permissions.roles", f"is required with {permissions.permissionType}")
    ours = {"id", "name", "provider", "gatewayType", "isReadOnly", "status", "vhost", "universalGatewayVersion"}
    return {
        **body.model_dump(exclude_none=True, exclude=ours),
        "permissions": {"permissionType": permissions.permissionType, "roles": permissions.roles or []},
    }


def environment(found: Environment) -> dict[str, Any]:
    """An environment as the interface shows it."""
    return {
        "displayName": found.display_name,
        "description": "",
        "mode": WRITE_ONLY,
        "apiDiscoveryScheduledWindow": WINDOW_MINUTES,
        "endpointURIs": [],
        "additionalProperties": [],
        "permissions": {"permissionType": PUBLIC, "roles": []},
        **found.document,
        "id": found.id,
        "name": found.name,
        "provider": PROVIDER,
        "type": found.type,
        "gatewayType": GATEWAY_TYPE,
        "isReadOnly": found.own,
        "status": "Active",
    }
