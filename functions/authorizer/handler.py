"""Composition root of the authorizer: what decides is the gateway's, made once, when the environment starts."""

from __future__ import annotations

import gc

# Modules leave no garbage, and looking for it takes a tenth of a cold start.
gc.disable()

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.authorizer.answers import answer
from functions.authorizer.events import asked
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.gateway_parts import THREADS, attend, entrance, write_line
from gatehouse.dataplane.client_address import seen_through
from gatehouse.dataplane.decision import Decider
from gatehouse.settings import AuthorizerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


def compose(settings: AuthorizerSettings) -> Decider:
    """The decider on the tables and with the numbers of these settings."""
    clock = SystemClock()
    executor = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="beside")
    return Decider(
        entrance=entrance(settings, clock, executor),
        max_staleness_seconds=settings.max_staleness_seconds,
        now=clock.now,
        write=write_line,
    )


_clock = SystemClock()
_settings = AuthorizerSettings.from_environment(os.environ)
_decider = compose(_settings)
attend(_decider.entrance.quotas, _settings, os.environ.get("AWS_LAMBDA_RUNTIME_API", ""))
# What is loaded lives as long as the environment: no collection needs to look at it again.
gc.freeze()
gc.enable()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Decide one call."""
    question = asked(event, _clock.now())
    return answer(question, _decider.decide(seen_through(question.call, _settings.trusted_proxies)))
