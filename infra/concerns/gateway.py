"""Answers every call, but those of direct APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import GatewaySettings
from infra.constructs.concern import Concern
from infra.constructs.responses import shared_responses

if TYPE_CHECKING:
    from infra.concerns.house import House

GATEWAY_MEMORY_MEGABYTES = 1024


def gateway(house: House, hub: Concern) -> Concern:
    """What is for the hub it hands over."""
    stage = house.stage
    responses = shared_responses(house.scope, stage)
    gateway = Concern(
        house.scope,
        "gateway",
        stage=stage,
        settings=GatewaySettings(
            **house.deciding(),
            backend_connect_seconds=stage.backend_connect_seconds,
            backend_read_seconds=stage.backend_read_seconds,
            assertion_secret=house.state.assertion_secret.secret_arn,
            call_seconds=stage.call_seconds,
            hub_function=hub.function.function_name,
            hostname_verification=stage.hostname_verification,
            tls_minimum=stage.tls_minimum,
            responses_table=responses.table_name if responses else "",
            responses_seconds=stage.responses_seconds,
            trace_endpoint=stage.trace_endpoint,
            trace_sample_ratio=stage.trace_sample_ratio,
            trace_export_seconds=stage.trace_export_seconds,
        ),
        layers=house.layers,
        memory_megabytes=GATEWAY_MEMORY_MEGABYTES,
        environments_max=stage.environments_max if stage.reserve_concurrency else None,
    )
    house.may_decide(gateway)
    gateway.may(house.state.assertion_secret.secret_arn, "secretsmanager:GetSecretValue")
    gateway.may(hub.function.function_arn, "lambda:InvokeFunction")
    if responses:
        gateway.may(responses.table_arn, "dynamodb:GetItem", "dynamodb:PutItem")
    return gateway
