"""Keeps the webhooks of WebSub APIs and brings events to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import HubSettings
from infra.constructs.concern import Concern
from infra.constructs.table import CHECK, READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House

MEMORY_MEGABYTES = 512
TIMEOUT_SECONDS = 60
"""A callback takes a few seconds at most; it takes longer to start thousands of deliveries."""
WEBHOOKS, HOLDERS, APPLICATIONS = "*#WEBHOOKS#*", "*#HOLDERS#*", "*#APP#*"
"""The partition keys of applications' webhooks, of who has any at an API, and of applications with their subscriptions."""


def hub(house: House) -> Concern:
    """No door leads to it: the gateway invokes it, and it invokes itself."""
    state, stage = house.state, house.stage
    hub = Concern(
        house.scope,
        "hub",
        stage=stage,
        settings=HubSettings(
            **house.counting(),
            stage=stage.name,
            applications_table=state.applications.table_name,
            artifacts_table=state.artifacts.table_name,
            gateway_url=house.gateway_url,
            callback_connect_seconds=stage.callback_connect_seconds,
            callback_read_seconds=stage.callback_read_seconds,
            local_backends_allowed=stage.local,
            max_staleness_seconds=stage.max_staleness_seconds,
        ),
        layers=house.layers,
        memory_megabytes=MEMORY_MEGABYTES,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    for keys in (WEBHOOKS, HOLDERS):
        hub.may_with_keys(state.applications.table_arn, keys, "dynamodb:GetItem", "dynamodb:Query", *WRITE)
    # A webhook is kept only while its subscription stands.
    hub.may_with_keys(state.applications.table_arn, APPLICATIONS, CHECK)
    hub.may(state.artifacts.table_arn, *READ)
    # Deliveries are counted like calls.
    hub.may(state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
    # Each delivery is an invocation of its own, which is run again when it fails.
    hub.may_invoke_itself()
    return hub
