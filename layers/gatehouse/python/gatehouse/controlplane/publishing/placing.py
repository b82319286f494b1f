"""Placing: a compiled revision as it is served in one gateway environment, at the host and with the backends it has there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.apis.product import MEMBERS
from gatehouse.domain.publishing.deployed import ApiType, DeployedApi, Endpoint, EndpointGroup, EndpointKind, Member
from gatehouse.domain.publishing.revision import NotServable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.environment import Environment
    from gatehouse.domain.publishing.revision import Revision

PRODUCTION_ENDPOINT, SANDBOX_ENDPOINT = "productionEndpoint", "sandboxEndpoint"
PLACED = (PRODUCTION_ENDPOINT, SANDBOX_ENDPOINT)
"""The properties of an API in an environment that the gateway follows."""

Served = TypeVar("Served", DeployedApi, Member)

_WITH_ADDRESS = frozenset(
    {
        EndpointKind.HTTP,
        EndpointKind.ADDRESS,
        EndpointKind.LOAD_BALANCE,
        EndpointKind.FAILOVER,
        EndpointKind.SERVICE,
    }
)


def placed(
    revision: Revision,
    compiled: DeployedApi,
    environment: Environment,
    host: str,
    keys: Mapping[str, Mapping[str, Mapping[str, str]]],
) -> DeployedApi:
    """The revision in that environment. `keys` has the properties of an API, or of a product's members, by id and environment.

    Raises NotServable for an address that it has no use for.
    """
    there = _placed(compiled, environment, host, {api: known.get(environment.id, {}) for api, known in keys.items()})
    if is_direct(revision.document) and there.production != compiled.production:
        problem = "leads to one backend from everywhere; take the API's productionEndpoint in this environment away"
        raise NotServable.field("gatewayType", f"the front door of a direct API {problem}")
    return there


def _placed(
    compiled: DeployedApi, environment: Environment, host: str, properties: Mapping[str, Mapping[str, str]]
) -> DeployedApi:
    there = replace(
        compiled,
        environment=environment.name,
        # Whatever leads to the gateway is the stage's own: nobody can list those names.
        host="" if environment.own else host.lower(),
    )
    if compiled.type is ApiType.PRODUCT:
        members = (
            _at(member, properties.get(member.id, {}), f"{MEMBERS}.{index}.")
            for index, member in enumerate(compiled.members)
        )
        return replace(there, members=tuple(members))
    return _at(there, properties.get(compiled.id, {}))


def _at(served: Served, properties: Mapping[str, str], path: str = "") -> Served:
    """What has backends, at the addresses that they have in the environment."""
    return replace(
        served,
        production=_side(served.production, served.sandbox, properties, PRODUCTION_ENDPOINT, path),
        sandbox=_side(served.sandbox, served.production, properties, SANDBOX_ENDPOINT, path),
    )


def _side(
    group: EndpointGroup | None, other: EndpointGroup | None, properties: Mapping[str, str], property_: str, path: str
) -> EndpointGroup | None:
    """A side at the address that it has in the environment; as patient, and as secured, as it was designed."""
    url, name = properties.get(property_, "").rstrip("/"), f"{path}{property_}"
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
