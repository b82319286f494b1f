"""What pieces of an API look like in the publisher interface, on the way in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gatehouse.edge.wire import Wire


class EndpointBody(Wire):
    """An endpoint by name."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)]
    deploymentStage: Literal["PRODUCTION", "SANDBOX"] = "PRODUCTION"
    endpointConfig: dict[str, Any]
    apiDefinition: str | None = None
