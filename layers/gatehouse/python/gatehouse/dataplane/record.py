"""Record: one structured line per call, with what the call got as far as knowing. Nothing secret is in it.

Field names are WSO2's analytics names in snake case where there is one. Every call waits for its line, so most of it is
JSON written in place, and what many calls have in common is written once: an encoder would take half as long again.
"""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _text
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.evidence import admission_of, grant_of, target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Evidence, Grant, Target

REMEMBERED_MAX = 2_000
"""Of how many operations and of how many applications the JSON is kept: half a kilobyte each."""

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
    # The error that was answered goes before the one that the fault policies were given.
    noted = {**notes, "error_code": error_code} if error_code else notes
    return (
        f'{{"event":"call",{_request(call, config_version)},"status":{reply.status},'
        f'"request_bytes":{len(call.body)},"response_bytes":{len(reply.body)},'
        f'"response_latency_ms":{total_seconds * 1000:.2f}{_latencies(laps)}{_known(evidence, noted)}}}'
    )


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
    status, allowed = (200, "true") if refusal is None else (refusal.status, "false")
    noted = {"error_code": refusal.code} if refusal else {}
    return (
        f'{{"event":"decision",{_request(call, config_version)},"status":{status},"allowed":{allowed},'
        f'"decision_latency_ms":{total_seconds * 1000:.2f}{_latencies(laps)}{_known(evidence, noted)}}}'
    )


def _request(call: Call, config_version: str) -> str:
    problem = f',"problem":{_text(call.unreadable)}' if call.unreadable else ""
    return (
        f'"request_id":{_text(call.id)},"activity_id":{_text(call.activity_id)},"method":{_text(call.method)},'
        f'"path":{_text(call.path)},"user_ip":{_text(call.address)},"config_version":{_text(config_version)}{problem}'
    )


def _latencies(laps: Mapping[str, float]) -> str:
    return "".join([f',"{step}_latency_ms":{seconds * 1000:.2f}' for step, seconds in laps.items()])


def _known(evidence: Evidence | None, noted: Mapping[str, Any]) -> str:
    """What the call got as far as knowing, and what was noted of it."""
    target, grant, admission = target_of(evidence), grant_of(evidence), admission_of(evidence)
    known = _of_target(target) if target else ""
    if grant is not None:
        known += _of_grant(grant)
    if admission is not None and (counted := admission.counted) is not None:
        noted = {**noted, "throttle_remaining": {one.name: one.remaining for one in counted.standings}}
        if counted.over:  # of a plan that bills what goes beyond its quota
            noted["over_quota"] = [meter.name for meter in counted.over]
    return f"{known},{_encode(noted)[1:-1]}" if noted else known


def _of_target(target: Target) -> str:
    deployed = target.api.deployed
    resource = ",".join([one.target for one in target.operations]) if target.others else target.operation.target
    api = _api(
        deployed.tenant,
        deployed.id,
        deployed.name,
        deployed.version,
        deployed.revision,
        resource,
        deployed.environment,
    )
    if not target.operation.api_id:
        return api
    # The API is a product, and the operation comes from a member of it.
    member = target.behind
    return f"{api}{_member(member.id, member.name, member.version)}"


def _of_grant(grant: Grant) -> str:
    application = grant.application
    if application is None:
        return f',"key_type":"{grant.key_type}"'
    return _application(grant.key_type, application.application_id, application.name)


@lru_cache(maxsize=REMEMBERED_MAX)
def _api(tenant: str, api_id: str, name: str, version: str, revision: int, resource: str, environment: str) -> str:
    return _members(
        tenant=tenant,
        api_id=api_id,
        api_name=name,
        api_version=version,
        api_revision=revision,
        api_resource_template=resource,
        gateway_environment=environment,
    )


@lru_cache(maxsize=REMEMBERED_MAX)
def _member(api_id: str, name: str, version: str) -> str:
    return _members(member_api_id=api_id, member_api_name=name, member_api_version=version)


@lru_cache(maxsize=REMEMBERED_MAX)
def _application(key_type: str, application_id: str, name: str) -> str:
    return _members(key_type=key_type, application_id=application_id, application_name=name)


def _members(**fields: str | int) -> str:
    """Members of a JSON object, each behind a comma."""
    return f",{_encode(fields)[1:-1]}"
