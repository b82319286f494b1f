"""Placing: a compiled revision as it is served in one gateway environment, at the host and with the backends it has there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.deployed import ApiType, DeployedApi, Endpoint, EndpointGroup, EndpointKind
from gatehouse.domain.publishing.revision import NotServable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.environment import Environment

PRODUCTION_ENDPOINT, SANDBOX_ENDPOINT = "productionEndpoint", "sandboxEndpoint"
PLACED = (PRODUCTION_ENDPOINT, SANDBOX_ENDPOINT)
"""The properties of an API in an environment that the gateway follows."""

_WITH_ADDRESS = frozenset(
    {
        EndpointKind.HTTP,
        EndpointKind.ADDRESS,
        EndpointKind.LOAD_BALANCE,
        EndpointKind.FAILOVER,
        EndpointKind.SERVICE,
    }
)


def placed(compiled: DeployedApi, environment: Environment, host: str, properties: Mapping[str, str]) -> DeployedApi:
    """The API in that environment. Raises NotServable for an address that it has no use for."""
    there = replace(
        compiled,
        environment=environment.name,
        # Whatever leads to the gateway is the stage's own: nobody can list those names.
        host="" if environment.own else host.lower(),
    )
    if compiled.type is ApiType.PRODUCT:
        return there
    return replace(
        there,
        production=_side(compiled.production, compiled.sandbox, properties, PRODUCTION_ENDPOINT),
        sandbox=_side(compiled.sandbox, compiled.production, properties, SANDBOX_ENDPOINT),
    )


def _side(
    group: EndpointGroup | None, other: EndpointGroup | None, properties: Mapping[str, str], name: str
) -> EndpointGroup | None:
    """A side at the address that it has in the environment; as patient, and as secured, as it was designed."""
    url = properties.get(name, "").rstrip("/")
    if not url:
        return group
    model = group or other
    if model is None or model.kind not in _WITH_ADDRESS:
        kind = model.kind if model else "no endpoint"
        raise NotServable.field(name, f"backends of this API have no addresses ({kind}), so there is none to replace")
    if group is None:
        return EndpointGroup(
            kind=EndpointKind.ADDRESS if model.kind is EndpointKind.ADDRESS else EndpointKind.HTTP,
            members=(Endpoint(url=url),),
        )
    if group.client_certificate is not None and not url.startswith("https:"):
        raise NotServable.field(name, "must begin with https: only there is a client certificate shown")
    first = group.members[0] if group.members else Endpoint(url=url)
    kind = group.kind if group.kind in {EndpointKind.HTTP, EndpointKind.ADDRESS} else EndpointKind.HTTP
    return replace(group, kind=kind, members=(replace(first, url=url),), fails_over=False)
