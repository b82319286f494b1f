"""Record: one structured line per call, with what the call got as far as knowing. Nothing secret is in it.

Field names are WSO2's analytics names in snake case where there is one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.evidence import admission_of, grant_of, target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Evidence, Target
    from gatehouse.dataplane.refusal import Refusal

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
    fields: dict[str, Any] = {
        "event": "call",
        "request_id": call.id,
        "activity_id": call.activity_id,
        "method": call.method,
        "path": call.path,
        "status": reply.status,
        "response_latency_ms": round(total_seconds * 1000, 2),
        **{f"{step}_latency_ms": round(seconds * 1000, 2) for step, seconds in laps.items()},
        "request_bytes": len(call.body),
        "response_bytes": len(reply.body),
        "user_ip": call.address,
        "config_version": config_version,
        **notes,
    }
    if error_code:
        fields["error_code"] = error_code
    _tell(fields, evidence)
    return _encode(fields)


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
    fields: dict[str, Any] = {
        "event": "decision",
        "request_id": call.id,
        "activity_id": call.activity_id,
        "method": call.method,
        "path": call.path,
        "status": refusal.status if refusal else 200,
        "allowed": refusal is None,
        "decision_latency_ms": round(total_seconds * 1000, 2),
        **{f"{step}_latency_ms": round(seconds * 1000, 2) for step, seconds in laps.items()},
        "user_ip": call.address,
        "config_version": config_version,
    }
    if refusal is not None:
        fields["error_code"] = refusal.code
    _tell(fields, evidence)
    return _encode(fields)


def _tell(fields: dict[str, Any], evidence: Evidence | None) -> None:
    """Add what the call got as far as knowing."""
    if (target := target_of(evidence)) is not None:
        deployed = target.api.deployed
        fields |= {
            "tenant": deployed.tenant,
            "api_id": deployed.id,
            "api_name": deployed.name,
            "api_version": deployed.version,
            "api_revision": deployed.revision,
            "api_resource_template": _resource(target),
        }
        if target.operation.api_id:  # of a product, which is the API here
            member = target.behind
            fields |= {"member_api_id": member.id, "member_api_name": member.name, "member_api_version": member.version}
    if (grant := grant_of(evidence)) is not None:
        fields["key_type"] = grant.key_type
        if grant.application is not None:
            fields["application_id"] = grant.application.application_id
            fields["application_name"] = grant.application.name
    admission = admission_of(evidence)
    if admission is not None and admission.counted is not None:
        fields["throttle_remaining"] = {one.name: one.remaining for one in admission.counted.standings}
        if admission.counted.over:  # of a plan that bills what goes beyond its quota
            fields["over_quota"] = [meter.name for meter in admission.counted.over]


def _resource(target: Target) -> str:
    if not target.others:
        return target.operation.target
    return ",".join(operation.target for operation in target.operations)
