"""The line of a call: JSON whatever is in the call, and each thing said once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.dataplane import record
from gatehouse.dataplane.answers.refusal import MEDIATION_FAILED, NO_SUCH_API
from gatehouse.dataplane.call import Call, Reply
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.publishing.deployed import AttachedPolicy, DeployedOperation, Mediation
from gatehouse.ports.backends import BackendFailed, BackendUnreachable
from tests.calls import MAX_STALENESS, menu_api

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

TEXTS = st.text(max_size=30)
LAPS = {"route": 0.0000049, "throttle": 0.000012, "backend": 1.5}


def said(line: str) -> dict[str, Any]:
    """What a line says; nothing twice."""

    def once(members: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in members]
        assert len(names) == len(set(names)), names
        return dict(members)

    assert "\n" not in line
    told = json.loads(line, object_pairs_hook=once)
    assert isinstance(told, dict)
    return told


def call(**parts: Any) -> Call:
    values = {"method": "GET", "path": "/", "query": "", "headers": {}, "body": b"", "source_ip": "203.0.113.7"}
    return Call(**{"id": "1", "received_at": 0.0, **values, **parts})


@given(method=TEXTS, path=TEXTS, correlation_id=TEXTS, source_ip=TEXTS, config_version=TEXTS, note=TEXTS)
def test_whatever_a_call_holds_is_told_as_it_was(
    method: str, path: str, correlation_id: str, source_ip: str, config_version: str, note: str
) -> None:
    shown = call(method=method, path=path, correlation_id=correlation_id, source_ip=source_ip, body=b"12")
    line = record.line(
        shown,
        Reply(status=200, headers=(), body=b"123"),
        evidence=None,
        error_code="",
        notes={"log": [note]},
        laps=LAPS,
        total_seconds=1.5000199,
        config_version=config_version,
    )
    assert said(line) == {
        "event": "call",
        "request_id": "1",
        "activity_id": correlation_id or "1",
        "method": method,
        "path": path,
        "user_ip": source_ip,
        "config_version": config_version,
        "status": 200,
        "request_bytes": 2,
        "response_bytes": 3,
        "response_latency_ms": 1500.02,
        "route_latency_ms": 0.0,
        "throttle_latency_ms": 0.01,
        "backend_latency_ms": 1500.0,
        "log": [note],
    }


def test_a_decision_says_whether_the_call_was_allowed_and_why_not() -> None:
    for refusal, expected in ((None, (200, True, None)), (NO_SUCH_API, (404, False, NO_SUCH_API.code))):
        line = record.decision_line(
            call(), evidence=None, refusal=refusal, laps=LAPS, total_seconds=0.001, config_version=""
        )
        told = said(line)
        assert (told["status"], told["allowed"], told.get("error_code")) == expected
        assert (told["event"], told["decision_latency_ms"]) == ("decision", 1.0)


def test_an_error_that_a_fault_policy_replaces_by_another_is_told_once(running: Running) -> None:
    lines: list[str] = []
    fault = Mediation(fault=(AttachedPolicy(name="noSuchPolicy"),))
    operation = DeployedOperation(verb="GET", target="/items", authenticated=False, mediation=fault)
    running.world.deploy(menu_api(operations=(operation,)))
    running.world.backend.failure = BackendFailed()
    gateway = running.world.gateway(running.counters, running.executor, lines.append)
    gateway.handle(running.world.call(path="/menu/1.0.0/items"))
    told = said(lines[0])
    assert told["policy_error"].startswith("noSuchPolicy")
    assert told["error_code"] == MEDIATION_FAILED.code


def test_revisions_and_keys_are_told_apart(running: Running) -> None:
    cases = ((1, KeyType.PRODUCTION), (2, KeyType.PRODUCTION), (2, KeyType.SANDBOX))
    for revision, key_type in cases:
        running.world.deploy(menu_api(revision=revision))
        running.world.grant_application(key_type=key_type)
        running.call(token=running.world.token())
        running.world.clock.advance(MAX_STALENESS + 1)
    assert tuple((line["api_revision"], line["key_type"]) for line in running.lines) == cases


def test_the_log_says_why_a_backend_gave_no_reply_and_the_caller_is_not_told(running: Running) -> None:
    running.world.backend.failure = BackendUnreachable("no TLS with kitchen.internal: certificate has expired")
    reply = running.call(token=running.world.token())
    assert reply.status == 503
    assert running.lines[-1]["backend_failure"] == "no TLS with kitchen.internal: certificate has expired"
    assert b"kitchen.internal" not in reply.body
