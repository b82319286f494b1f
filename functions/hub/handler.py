"""The hub's composition root."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.hub.orders import Orders
from gatehouse.adapters.aws import hub_client
from gatehouse.adapters.backends import HttpBackends
from gatehouse.adapters.backends.guard import names_internal
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.applications import WebhookTable
from gatehouse.adapters.gateway_parts import THREADS, attend, judge, write_line
from gatehouse.adapters.invoking.hub import LambdaHub
from gatehouse.dataplane.websub.delivery import Deliveries
from gatehouse.dataplane.websub.desk import Desk
from gatehouse.settings import HubSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRANDS_AT_ONCE = 8
"""How many errands are sent at a time: as many as the client keeps connections."""

_settings = HubSettings.from_environment(os.environ)
_clock = SystemClock()
_webhooks = WebhookTable(_settings.applications_table)
_backends = HttpBackends(
    connect_seconds=_settings.callback_connect_seconds,
    read_seconds=_settings.callback_read_seconds,
    answer_seconds=_settings.callback_connect_seconds + _settings.callback_read_seconds,
    internal_allowed=_settings.local_backends_allowed,
)
# Lambda tells every function its own name.
_errands = LambdaHub(hub_client(), os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
_judge = judge(_settings, _clock, ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="beside"))
_orders = Orders(
    Desk(
        webhooks=_webhooks,
        backends=_backends,
        errands=_errands,
        clock=_clock,
        forbidden=lambda url: not _settings.local_backends_allowed and names_internal(url),
    ),
    Deliveries(
        webhooks=_webhooks,
        backends=_backends,
        errands=_errands,
        judge=_judge,
        clock=_clock,
        executor=ThreadPoolExecutor(max_workers=ERRANDS_AT_ONCE, thread_name_prefix="errand"),
        gateway_url=_settings.gateway_url,
    ),
    write_line,
)
attend(_judge.quotas, _settings, os.environ.get("AWS_LAMBDA_RUNTIME_API", ""))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Carry out one order."""
    return _orders(event)
