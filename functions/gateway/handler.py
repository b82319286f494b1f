"""Composition root of the gateway: everything a call needs is made once, when the environment starts."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.gateway.http import call_of, response_of
from gatehouse.adapters.aws import counter_client, dynamodb_client
from gatehouse.adapters.backends import HttpBackends
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.tokens import JwtVerifier
from gatehouse.dataplane.authenticate import Authenticator
from gatehouse.dataplane.catalogue import Catalogue
from gatehouse.dataplane.gateway import Gateway
from gatehouse.dataplane.quota import Quotas
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
    return Gateway(
        catalogue=catalogue,
        authenticate=Authenticator(catalogue, JwtVerifier(), clock, settings.management_url),
        quotas=Quotas(catalogue, throttle),
        backends=HttpBackends(
            connect_seconds=settings.backend_connect_seconds,
            read_seconds=settings.backend_read_seconds,
            internal_allowed=settings.local_backends_allowed,
        ),
        clock=clock,
        beside=executor,
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
