"""What mediation needs, put together of what the world gives, and all of its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.mediation import (
    gateway_policies,
    mock_scripts,
    operation_policies,
    resource_policies,
    sequence_backends,
)
from gatehouse.controlplane.gateway_policies import GatewayPolicies
from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
from gatehouse.controlplane.publishing.amending import Amendments
from gatehouse.controlplane.publishing.kinds.sequence_backends import SequenceBackends

if TYPE_CHECKING:
    from functions.publisher.shelves import Shelves
    from gatehouse.edge.operation import Operation


def policies_of(shelves: Shelves) -> OperationPolicies:
    """The operation policies that tenants have of their own."""
    return OperationPolicies(records=shelves.records, apis=shelves.apis, blobs=shelves.blobs, clock=shelves.clock)


def sequences_of(shelves: Shelves) -> SequenceBackends:
    """The sequences that answer in place of backends."""
    amendments = Amendments(apis=shelves.apis, clock=shelves.clock)
    return SequenceBackends(amendments=amendments, blobs=shelves.blobs, archives=shelves.archives)


def mediation_routes(shelves: Shelves) -> tuple[Operation, ...]:
    """Every operation of these concerns."""
    everywhere = GatewayPolicies(
        records=shelves.records,
        policies=policies_of(shelves),
        environments=shelves.environments,
        clock=shelves.clock,
    )
    return (
        *operation_policies.routes(policies_of(shelves), shelves.design, shelves.archives),
        *gateway_policies.routes(everywhere),
        *sequence_backends.routes(sequences_of(shelves), shelves.design),
        *mock_scripts.routes(shelves.design),
        *resource_policies.routes(shelves.design),
    )
