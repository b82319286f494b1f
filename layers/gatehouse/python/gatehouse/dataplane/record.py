"""Record: one structured line per call, with what the call got as far as knowing. Nothing secret is in it.

Field names are WSO2's analytics names in snake case where there is one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.evidence import grant_of, target_of

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Evidence
    from gatehouse.dataplane.refusal import Refusal


def line(
    call: Call,
    reply: Reply,
    *,
    refusal: Refusal | None,
    evidence: Evidence | None,
    total_seconds: float,
    backend_seconds: float,
) -> str:
    """The log line of a call, as JSON."""
    fields: dict[str, Any] = {
        "event": "call",
        "request_id": call.id,
        "method": call.method,
        "path": call.path,
        "status": reply.status,
        "response_latency_ms": round(total_seconds * 1000, 2),
        "backend_latency_ms": round(backend_seconds * 1000, 2),
        "request_bytes": len(call.body),
        "response_bytes": len(reply.body),
        "user_ip": call.source_ip,
    }
    if refusal is not None:
        fields["error_code"] = refusal.code
    if (target := target_of(evidence)) is not None:
        deployed = target.api.deployed
        fields["tenant"] = deployed.tenant
        fields["api_id"] = deployed.id
        fields["api_name"] = deployed.name
        fields["api_version"] = deployed.version
        fields["api_revision"] = deployed.revision
        fields["api_resource_template"] = target.operation.target
    grant = grant_of(evidence)
    if grant is not None and grant.application is not None:
        fields["application_id"] = grant.application.application_id
        fields["key_type"] = grant.key_type
    return json.dumps(fields, separators=(",", ":"))
