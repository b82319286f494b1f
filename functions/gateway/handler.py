"""Composition root of the gateway: everything a call needs is made once, when the environment starts."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.gateway.http import call_of, response_of
from gatehouse.adapters.aws import counter_client, dynamodb_client
from gatehouse.adapters.backends import HttpBackends
from gatehouse.adapters.backends.functions import LambdaFunctions
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.tokens import JwtVerifier
from gatehouse.dataplane.authenticate import Authenticator
from gatehouse.dataplane.catalogue import Catalogue
from gatehouse.dataplane.credentials.bearer import BearerTokens
from gatehouse.dataplane.endpoints import EndpointChoice
from gatehouse.dataplane.forward import Forwarder
from gatehouse.dataplane.gateway import Gateway
from gatehouse.dataplane.mediate import Mediator
from gatehouse.dataplane.quota import Quotas
from gatehouse.dataplane.response_cache import ResponseCache
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.settings import GatewaySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

THREADS = 4
"""Leases of one call that run at the same time, and upkeep beside the backend call."""


def compose(settings: GatewaySettings) -> Gateway:
    """The gateway on the tables and with the numbers of these settings."""
    clock = SystemClock()
    executor = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="beside")
    catalogue = Catalogue(
        ArtifactLookup(dynamodb_client(), settings.artifacts_table),
        clock,
        max_staleness=settings.max_staleness_seconds,
        refresh_after=settings.refresh_after_seconds,
    )
    counters = CounterTable(counter_client(settings.counter_seconds), settings.counters_table)
    throttle = Throttle(counters, clock, executor, environments_max=settings.environments_max)
    backends = HttpBackends(
        connect_seconds=settings.backend_connect_seconds,
        read_seconds=settings.backend_read_seconds,
        internal_allowed=settings.local_backends_allowed,
    )
    functions = LambdaFunctions()
    return Gateway(
        catalogue=catalogue,
        authenticate=Authenticator(bearer=BearerTokens(catalogue, JwtVerifier(), settings.management_url)),
        quotas=Quotas(catalogue, throttle),
        mediator=Mediator(backends=backends, functions=functions),
        cache=ResponseCache(clock),
        forward=Forwarder(
            catalogue=catalogue,
            backends=backends,
            functions=functions,
            choice=EndpointChoice(clock),
            clock=clock,
            seconds=settings.call_seconds,
            connect_seconds=settings.backend_connect_seconds,
            read_seconds=settings.backend_read_seconds,
            pause=time.sleep,
        ),
        beside=executor,
        now=clock.now,
        write=_write_line,
    )


def _write_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_clock = SystemClock()
_gateway = compose(GatewaySettings.from_environment(os.environ))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Serve one call."""
    return response_of(_gateway.handle(call_of(event, _clock.now())))
