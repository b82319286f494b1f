"""Composition root of the gateway: everything a call needs is made once, when the environment starts."""

from __future__ import annotations

import gc

# Modules leave no garbage, and looking for it takes a tenth of a cold start.
gc.disable()

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.gateway.http import call_of, response_of
from gatehouse.adapters.backends import HttpBackends
from gatehouse.adapters.backends.functions import LambdaFunctions
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.gateway_parts import THREADS, attend, entrance, write_line
from gatehouse.adapters.keys.assertions import Assertions
from gatehouse.adapters.schemas import JsonSchemas
from gatehouse.dataplane.answers.response_cache import ResponseCache
from gatehouse.dataplane.client_address import seen_through
from gatehouse.dataplane.endpoints import EndpointChoice
from gatehouse.dataplane.forward import Forwarder
from gatehouse.dataplane.gateway import Gateway
from gatehouse.dataplane.mediate import Mediator
from gatehouse.settings import GatewaySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.answers.shared_responses import SharedResponses
    from gatehouse.dataplane.observing.tracing import Tracing
    from gatehouse.ports.hub import Hub


def compose(settings: GatewaySettings) -> Gateway:
    """The gateway on the tables and with the numbers of these settings."""
    clock = SystemClock()
    executor = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="beside")
    checks = entrance(settings, clock, executor)
    backends = HttpBackends(
        connect_seconds=settings.backend_connect_seconds,
        read_seconds=settings.backend_read_seconds,
        internal_allowed=settings.local_backends_allowed,
        hostname_verification=settings.hostname_verification,
        tls_minimum=settings.tls_minimum,
    )
    functions = LambdaFunctions(
        connect_seconds=settings.backend_connect_seconds, read_seconds=settings.backend_read_seconds
    )
    return Gateway(
        entrance=checks,
        mediator=Mediator(
            catalogue=checks.catalogue,
            schemas=JsonSchemas(),
            backends=backends,
            functions=functions,
            signer=Assertions(settings.assertion_secret, clock),
        ),
        cache=ResponseCache(clock, _shared_responses(settings, clock)),
        forward=Forwarder(
            catalogue=checks.catalogue,
            backends=backends,
            functions=functions,
            choice=EndpointChoice(clock),
            clock=clock,
            seconds=settings.call_seconds,
            connect_seconds=settings.backend_connect_seconds,
            read_seconds=settings.backend_read_seconds,
            pause=time.sleep,
        ),
        hub=lambda: _hub(settings.hub_function),
        beside=executor,
        now=clock.now,
        write=write_line,
        tracing=_tracing(settings),
    )


def _shared_responses(settings: GatewaySettings, clock: SystemClock) -> SharedResponses | None:
    """None, and nothing is loaded, unless the stage has a table for them."""
    if not settings.responses_table:
        return None
    from gatehouse.adapters.aws import response_client  # noqa: PLC0415
    from gatehouse.adapters.dynamo.responses import ResponseTable  # noqa: PLC0415
    from gatehouse.dataplane.answers.shared_responses import SharedResponses  # noqa: PLC0415

    seconds = settings.responses_seconds
    beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="responses")
    return SharedResponses(
        ResponseTable(response_client(seconds), settings.responses_table), clock, beside, seconds=seconds
    )


@cache
def _hub(function: str) -> Hub:
    """Nothing is loaded before the first call that is for a hub."""
    from gatehouse.adapters.aws import hub_client  # noqa: PLC0415
    from gatehouse.adapters.invoking.hub import LambdaHub  # noqa: PLC0415

    return LambdaHub(hub_client(), function)


def _tracing(settings: GatewaySettings) -> Tracing | None:
    """None, and nothing is loaded, unless the stage has a collector."""
    if not settings.trace_endpoint:
        return None
    from gatehouse.adapters.traces import OtlpTraces  # noqa: PLC0415
    from gatehouse.dataplane.observing.tracing import Tracing  # noqa: PLC0415

    return Tracing(
        OtlpTraces(
            settings.trace_endpoint,
            stage=settings.stage,
            ratio=settings.trace_sample_ratio,
            seconds=settings.trace_export_seconds,
        )
    )


_clock = SystemClock()
_settings = GatewaySettings.from_environment(os.environ)
_gateway = compose(_settings)
attend(_gateway.entrance.quotas, _settings, os.environ.get("AWS_LAMBDA_RUNTIME_API", ""))
# What is loaded lives as long as the environment: no collection needs to look at it again.
gc.freeze()
gc.enable()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Serve one call."""
    call = seen_through(call_of(event, _clock.now()), _settings.trusted_proxies)
    return response_of(_gateway.handle(call))
