"""The traffic manager's composition root."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from functions.throttling.interface import interface
from gatehouse.adapters.aws import dynamodb_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.adapters.dynamo.denials import DenialTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.expressions import CelExpressions
from gatehouse.adapters.gateway_parts import THREADS, attend, judge
from gatehouse.controlplane.throttling.denials import DenyPolicies
from gatehouse.controlplane.throttling.live import LiveCounters
from gatehouse.controlplane.throttling.policies import ApiAttachments, Throttling
from gatehouse.controlplane.throttling.switches import Switches
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import ThrottlingSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = ThrottlingSettings.from_environment(os.environ)
_client = dynamodb_client()
_clock = SystemClock()
_artifacts = ArtifactTable(_settings.artifacts_table)
_apis = ApiTable(_settings.apis_table, _artifacts)
_applications = ApplicationTable(_settings.applications_table, _artifacts)
_policies = Throttling(
    policies=PolicyTable(_settings.settings_table, _artifacts),
    attachments=(ApiAttachments(_apis), _applications),
    switches=Switches(TenantConfigurationTable(_settings.settings_table)),
    expressions=CelExpressions(),
)
_denials = DenyPolicies(
    denials=DenialTable(_settings.settings_table, _artifacts),
    apis=_apis,
    applications=_applications,
    clock=_clock,
)
_counters = LiveCounters(
    artifacts=ArtifactLookup(_client, _settings.artifacts_table),
    counters=CounterTable(_client, _settings.counters_table),
    clock=_clock,
)
_judge = judge(_settings, _clock, ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="beside"))
_throttling = Surface(
    interface(_policies, _denials, _counters, _judge, _settings.max_staleness_seconds), callers(_settings)
)
attend(_judge.quotas, _settings, os.environ.get("AWS_LAMBDA_RUNTIME_API", ""))


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event."""
    return _throttling(event, context)
