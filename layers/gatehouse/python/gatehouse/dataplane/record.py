"""Record: one structured line per call, with what the call got as far as knowing. Nothing secret is in it.

Field names are WSO2's analytics names in snake case where there is one. Every call waits for its line, so a line is put
together of JSON that is written in place, and of what many calls have in common, which is written once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.evidence import admission_of, grant_of, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    # What an error is in the end goes before what it was when the fault policies saw it.
    noted = {**notes, "error_code": error_code} if error_code else {**notes}
    parts = (
        f'"event":"call",{_request(call)},"status":{reply.status},"response_latency_ms":{total_seconds * 1000:.2f}',
        *_latencies(laps),
        f'"request_bytes":{len(call.body)},"response_bytes":{len(reply.body)}',
        f'"user_ip":{_encode(call.address)},"config_version":{_encode(config_version)}',
        *_known(evidence, noted),
    )
    return f"{{{','.join(parts)}}}"


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
    parts = (
        f'"event":"decision",{_request(call)},"status":{refusal.status if refusal else 200}',
        f'"allowed":{_encode(refusal is None)},"decision_latency_ms":{total_seconds * 1000:.2f}',
        *_latencies(laps),
        f'"user_ip":{_encode(call.address)},"config_version":{_encode(config_version)}',
        *_known(evidence, {"error_code": refusal.code} if refusal else {}),
    )
    return f"{{{','.join(parts)}}}"


def _request(call: Call) -> str:
    return (
        f'"request_id":{_encode(call.id)},"activity_id":{_encode(call.activity_id)},'
        f'"method":{_encode(call.method)},"path":{_encode(call.path)}'
    )


def _latencies(laps: Mapping[str, float]) -> Iterator[str]:
    return (f'"{step}_latency_ms":{seconds * 1000:.2f}' for step, seconds in laps.items())


def _known(evidence: Evidence | None, noted: dict[str, Any]) -> Iterator[str]:
    """What the call got as far as knowing, and what was noted of it."""
    if (target := target_of(evidence)) is not None:
        yield _of_target(target)
    if (grant := grant_of(evidence)) is not None:
        yield _of_grant(grant)
    admission = admission_of(evidence)
    if admission is not None and admission.counted is not None:
        noted["throttle_remaining"] = {one.name: one.remaining for one in admission.counted.standings}
        if admission.counted.over:  # of a plan that bills what goes beyond its quota
            noted["over_quota"] = [meter.name for meter in admission.counted.over]
    if noted:
        yield _encode(noted)[1:-1]


def _of_target(target: Target) -> str:
    deployed = target.api.deployed
    resource = ",".join([operation.target for operation in target.operations])
    # An operation of a product, which is the API here, comes from a member.
    member = target.behind if target.operation.api_id else None
    return _fields(
        tenant=deployed.tenant,
        api_id=deployed.id,
        api_name=deployed.name,
        api_version=deployed.version,
        api_revision=deployed.revision,
        api_resource_template=resource,
        **(
            dict(member_api_id=member.id, member_api_name=member.name, member_api_version=member.version)
            if member
            else {}
        ),
    )


def _of_grant(grant: Grant) -> str:
    application = grant.application
    if application is None:
        return _fields(key_type=grant.key_type)
    return _fields(
        key_type=grant.key_type, application_id=application.application_id, application_name=application.name
    )


@lru_cache(maxsize=REMEMBERED_MAX)
def _fields(**fields: str | int) -> str:
    """Members of a JSON object, without its braces."""
    return _encode(fields)[1:-1]
