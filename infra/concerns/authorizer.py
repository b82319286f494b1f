"""Takes the steps before the backend for routes that do not lead to the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import AuthorizerSettings
from infra.concerns.gateway import GATEWAY_MEMORY_MEGABYTES
from infra.constructs.concern import Concern
from infra.stage import AUTHORIZER_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from infra.concerns.house import House


def authorizer(house: House) -> Concern:
    """It is told what the gateway is told, and may do the same."""
    authorizer = Concern(
        house.scope,
        "authorizer",
        stage=house.stage,
        settings=AuthorizerSettings(**house.deciding()),
        layers=house.layers,
        memory_megabytes=GATEWAY_MEMORY_MEGABYTES,
        timeout_seconds=AUTHORIZER_TIMEOUT_SECONDS,
    )
    house.may_decide(authorizer)
    authorizer.may_be_asked(by_service="apigateway.amazonaws.com")
    return authorizer
