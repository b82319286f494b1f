"""What older versions of WSO2's tools wrote into `api.yaml`, as it is written today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

GONE = frozenset(
    {"testKey", "destinationStatsEnabled", "gatewayEnvironments", "deploymentEnvironments", "labels", "enableStore"}
)
"""Properties of earlier 4.x versions that mean nothing any more."""

TEXTS = ("name", "version", "context", "provider", "displayName", "description")
"""What people write as numbers and mean as text."""


def upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as today's. Raises ArchiveRefused."""
    # Whether there is a picture is for its own part to say.
    kept = {name: value for name, value in data.items() if name not in {*GONE, "hasThumbnail"}}
    for name in TEXTS:
        if kept.get(name) is not None:
            kept[name] = text_of(kept[name], f"data.{name}")
    properties = kept.get("additionalProperties")
    if isinstance(properties, dict):
        kept["additionalProperties"] = [
            {"name": name, "value": text_of(value, f"data.additionalProperties.{name}"), "display": False}
            for name, value in properties.items()
        ]
    if kept.get("context"):
        # WSO2 writes the tenant into it: an address of another tenant's is of no use here.
        kept["context"] = re.sub(r"^/t/[^/]+(?=/)", "", kept["context"])
    state = kept.get("lifeCycleStatus")
    if isinstance(state, str):
        kept["lifeCycleStatus"] = state.upper()
    return kept
