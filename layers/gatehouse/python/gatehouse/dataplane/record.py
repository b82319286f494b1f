"""Record: one structured line per call, with what the call got as far as knowing. Nothing secret is in it.

Field names are WSO2's analytics names in snake case where there is one. Every call waits for its line: what many calls have
in common is made JSON once, and latencies, which are slow to encode as floats, are written in place.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.evidence import admission_of, grant_of, target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Evidence, Grant, Target
    from gatehouse.dataplane.refusal import Refusal

REMEMBERED_MAX = 2_000
"""Of how many operations, and of how many applications, the JSON is kept: half a kilobyte each."""

_encode = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: `json.dumps` makes an encoder for each line."""


def line(
    call: Call,
    reply: Reply,
    *,
    evidence: Evidence | None,
    error_code: str,
    notes: Mapping[str, Any],
    laps: Mapping[str, float],
    total_seconds: float,
    config_version: str,
) -> str:
    """The log line of a call, as JSON. Latencies are in milliseconds, sizes in bytes."""
    fields = {
        "event": "call",
        "request_id": call.id,
        "activity_id": call.activity_id,
        "method": call.method,
        "path": call.path,
        "status": reply.status,
        "request_bytes": len(call.body),
        "response_bytes": len(reply.body),
        "user_ip": call.address,
        "config_version": config_version,
        **notes,
        **({"error_code": error_code} if error_code else {}),
        **_counted(evidence),
    }
    return _joined(fields, f'"response_latency_ms":{total_seconds * 1000:.2f}{_latencies(laps)}{_known(evidence)}')


def decision_line(
    call: Call,
    *,
    evidence: Evidence | None,
    refusal: Refusal | None,
    laps: Mapping[str, float],
    total_seconds: float,
    config_version: str,
) -> str:
    """The log line of a decision about a call whose backend somebody else calls. `status` is the gateway's for it."""
    fields = {
        "event": "decision",
        "request_id": call.id,
        "activity_id": call.activity_id,
        "method": call.method,
        "path": call.path,
        "status": refusal.status if refusal else 200,
        "allowed": refusal is None,
        "user_ip": call.address,
        "config_version": config_version,
        **({"error_code": refusal.code} if refusal else {}),
        **_counted(evidence),
    }
    return _joined(fields, f'"decision_latency_ms":{total_seconds * 1000:.2f}{_latencies(laps)}{_known(evidence)}')


def _joined(fields: dict[str, Any], members: str) -> str:
    """One JSON object of these fields and of members that are JSON already."""
    return f"{_encode(fields)[:-1]},{members}}}"


def _latencies(laps: Mapping[str, float]) -> str:
    return "".join([f',"{step}_latency_ms":{seconds * 1000:.2f}' for step, seconds in laps.items()])


def _counted(evidence: Evidence | None) -> dict[str, Any]:
    """Where the call stands with its limits, when it got that far."""
    admission = admission_of(evidence)
    if admission is None or admission.counted is None:
        return {}
    counted = admission.counted
    remaining = {"throttle_remaining": {one.name: one.remaining for one in counted.standings}}
    # What is over is of a plan that bills what goes beyond its quota.
    return {**remaining, "over_quota": [meter.name for meter in counted.over]} if counted.over else remaining


def _known(evidence: Evidence | None) -> str:
    """What the call is for and who calls, as far as it got."""
    target, grant = target_of(evidence), grant_of(evidence)
    return f"{_of_target(target) if target else ''}{_of_grant(grant) if grant else ''}"


def _of_target(target: Target) -> str:
    deployed = target.api.deployed
    resource = ",".join([operation.target for operation in target.operations])
    known = {
        "tenant": deployed.tenant,
        "api_id": deployed.id,
        "api_name": deployed.name,
        "api_version": deployed.version,
        "api_revision": deployed.revision,
        "api_resource_template": resource,
    }
    if target.operation.api_id:  # of a product, which is the API here
        member = target.behind
        known |= {"member_api_id": member.id, "member_api_name": member.name, "member_api_version": member.version}
    return _members(**known)


def _of_grant(grant: Grant) -> str:
    application = grant.application
    if application is None:
        return _members(key_type=grant.key_type)
    return _members(
        key_type=grant.key_type, application_id=application.application_id, application_name=application.name
    )


@lru_cache(maxsize=REMEMBERED_MAX)
def _members(**fields: str | int) -> str:
    """Members of a JSON object, each behind a comma."""
    return f",{_encode(fields)[1:-1]}"
