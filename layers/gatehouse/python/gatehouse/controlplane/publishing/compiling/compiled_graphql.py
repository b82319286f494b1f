"""What a GraphQL API may ask of the gateway: a call may be for several of its operations, and has one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.compiling.compiled_endpoints import MOCKED
from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.publishing.deployed import EndpointKind
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import EndpointGroup
    from gatehouse.domain.publishing.revision import Revision

_KINDS = frozenset({EndpointKind.HTTP, EndpointKind.ADDRESS, EndpointKind.LOAD_BALANCE, EndpointKind.FAILOVER})


def check_graphql(revision: Revision, *sides: EndpointGroup | None) -> None:
    """Raises NotServable for what cannot be done for a GraphQL API."""
    document = revision.document
    if not revision.graph:
        raise NotServable.field("type", "the API has no GraphQL schema")
    if is_direct(document):
        raise NotServable.field("gatewayType", "a GraphQL API cannot be direct: its queries are in the bodies of calls")
    if document.get("endpointImplementationType") in MOCKED:
        raise NotServable.field("endpointImplementationType", "a GraphQL API cannot be mocked")
    if any(side is not None and side.kind not in _KINDS for side in sides):
        raise NotServable.field(
            "endpointConfig.endpoint_type", f"of a GraphQL API must be graphql, {', '.join(sorted(_KINDS))}"
        )
    for index, operation in enumerate(document["operations"]):
        if _has_policies(operation.get("operationPolicies")):
            problem = "a call of a GraphQL API may be for several operations; attach policies to the API (apiPolicies)"
            raise NotServable.field(f"operations.{index}.operationPolicies", problem)


def _has_policies(given: object) -> bool:
    return isinstance(given, dict) and any(given.get(flow) for flow in Flow)
