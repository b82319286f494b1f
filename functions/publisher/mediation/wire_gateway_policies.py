"""Bodies about gateway policies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from functions.publisher.wire import OperationPolicies
from gatehouse.edge.wire import Wire


class GatewayPolicyBody(Wire):
    """A gateway policy."""

    id: str | None = None
    displayName: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=1000)] | None = None
    policyMapping: OperationPolicies
    appliedGatewayLabels: list[str] | None = None

    def flows(self) -> dict[str, Any]:
        """The policies of the flows, as they are kept."""
        return self.policyMapping.model_dump(exclude_none=True)


class GatewayPolicyDeployment(Wire):
    """Whether a gateway policy shall be deployed in an environment."""

    gatewayLabel: Annotated[str, Field(min_length=1, max_length=255)]
    gatewayDeployment: bool
    mappingUUID: str | None = None
