"""The governance function's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.governance.interface import interface
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.linting import SpectralLinter, shipped_rulesets
from gatehouse.adapters.objects.blobs import BucketBlobs, blob_client
from gatehouse.controlplane.governance.compliance import Compliance
from gatehouse.controlplane.governance.judging import Judge
from gatehouse.controlplane.governance.policies import GovernancePolicies
from gatehouse.controlplane.governance.rulesets import Rulesets, RulesetShelf
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import GovernanceSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = GovernanceSettings.from_environment(os.environ)
_clock = SystemClock()
_artifacts = ArtifactTable(_settings.artifacts_table)
_rules = RecordTable(_settings.settings_table, _artifacts)
_results = RecordTable(_settings.apis_table, _artifacts)
_blobs = BucketBlobs(blob_client(), _settings.content_bucket)
_linter = SpectralLinter()
_shelf = RulesetShelf(records=_rules, blobs=_blobs, shipped=shipped_rulesets)
_governance = Surface(
    interface(
        Rulesets(records=_rules, shelf=_shelf, linter=_linter, clock=_clock),
        GovernancePolicies(records=_rules, shelf=_shelf, clock=_clock),
        Compliance(
            results=_results,
            policies=_rules,
            apis=ApiTable(_settings.apis_table, _artifacts),
            judge=Judge(shelf=_shelf, documents=_results, blobs=_blobs, linter=_linter, clock=_clock),
        ),
    ),
    callers(_settings),
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event."""
    return _governance(event, context)
