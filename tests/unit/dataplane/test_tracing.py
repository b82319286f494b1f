"""What a trace is told of a call, and what a backend hears of the trace."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.observing.tracing import Tracing
from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.ports.backends import BackendReply, BackendTimeout
from tests.calls import API_ID, APPLICATION_ID, menu_api
from tests.fakes.traces import InMemoryTraces

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.collector import Arrived
    from tests.worlds.gateway import Running

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
THEIRS = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"}
ENTRANCE = ["route", "authenticate", "authorize", "throttle"]


@pytest.fixture
def traces(running: Running) -> InMemoryTraces:
    traces = InMemoryTraces()
    running.gateway = replace(running.gateway, tracing=Tracing(traces))
    return traces


def call(running: Running, method: str = "GET", path: str = "/menu/1.0.0/items/7", **parts: Any) -> Reply:
    return running.call(method, path, token=running.world.token(), **parts)


def forwarded(running: Running) -> dict[str, str]:
    return dict(running.world.backend.requests[-1].headers)


def of_call(traces: InMemoryTraces) -> Arrived:
    [span] = [span for span in traces.spans if span.kind == "SERVER"]
    return span


def steps(traces: InMemoryTraces) -> list[str]:
    return [span.name for span in traces.spans if span.kind != "SERVER"]


def test_untraced_a_callers_trace_passes_through_untouched(running: Running) -> None:
    call(running, headers=THEIRS)
    assert {name: forwarded(running)[name] for name in THEIRS} == THEIRS
    call(running, headers={"traceparent": "nonsense"})
    assert forwarded(running)["traceparent"] == "nonsense"
    call(running)
    assert not set(THEIRS) & set(forwarded(running))
    assert all("trace_id" not in line for line in running.lines)


def test_traced_the_backend_goes_on_from_our_span_at_the_backend(running: Running, traces: InMemoryTraces) -> None:
    call(running, headers=THEIRS)
    [backend] = [span for span in traces.spans if span.name == "backend"]
    assert forwarded(running)["traceparent"] == f"00-{TRACE}-{backend.span_id}-01"
    assert forwarded(running)["tracestate"] == THEIRS["tracestate"]
    assert (of_call(traces).trace_id, of_call(traces).parent_id) == (TRACE, PARENT)
    assert running.lines[-1]["trace_id"] == TRACE


def test_a_state_without_a_trace_is_not_passed_on(running: Running, traces: InMemoryTraces) -> None:
    call(running, headers={"traceparent": "nonsense", "tracestate": "rojo=1"})
    assert forwarded(running)["traceparent"].startswith(f"00-{of_call(traces).trace_id}-")
    assert "tracestate" not in forwarded(running)


def test_each_step_is_a_span_in_its_place(running: Running, traces: InMemoryTraces) -> None:
    call(running)
    assert steps(traces) == [*ENTRANCE, "mediate", "backend", "mediate"]
    spans = [span for span in traces.spans if span.kind != "SERVER"]
    for before, after in pairwise(spans):
        assert before.began <= before.ended == pytest.approx(after.began, abs=1e-5)
    assert of_call(traces).began <= spans[0].began
    assert spans[-1].ended <= of_call(traces).ended


def test_a_call_is_told_of_in_the_names_of_the_conventions(running: Running, traces: InMemoryTraces) -> None:
    headers = {"Host": "api.example", "User-Agent": "kiosk/7", "X-Forwarded-Proto": "https"}
    reply = call(running, headers=headers, query="apikey=secret")
    span = of_call(traces)
    activity = span.attributes.pop("gatehouse.activity_id")
    assert activity == dict(reply.headers)["activityid"]
    assert (span.name, span.failed) == ("GET /menu/1.0.0/items/{id}", False)
    assert span.attributes == {
        "http.request.method": "GET",
        "http.request.body.size": 0,
        "http.response.status_code": 200,
        "http.response.body.size": len(reply.body),
        "http.route": "/menu/1.0.0/items/{id}",
        "url.path": "/menu/1.0.0/items/7",
        "url.scheme": "https",
        "server.address": "api.example",
        "client.address": "203.0.113.7",
        "user_agent.original": "kiosk/7",
        "gatehouse.tenant": "carbon.super",
        "gatehouse.api.id": API_ID,
        "gatehouse.api.name": "Menu",
        "gatehouse.api.version": "1.0.0",
        "gatehouse.api.revision": 1,
        "gatehouse.application.id": APPLICATION_ID,
        "gatehouse.application.name": "Kiosk",
        "gatehouse.key_type": "PRODUCTION",
        "gatehouse.cache_hit": False,
        "gatehouse.backend_status": 200,
    }


def test_nothing_secret_is_told(running: Running, traces: InMemoryTraces) -> None:
    token = running.world.token()
    running.call(token=token, query="apikey=hidden", headers={"Cookie": "session=hidden"}, body=b"hidden")
    text = json.dumps([span.attributes for span in traces.spans])
    assert "hidden" not in text
    assert token not in text


def test_a_refusal_ends_where_it_was_made_and_is_no_failure_of_ours(running: Running, traces: InMemoryTraces) -> None:
    running.world.subscribe(SubscriptionStatus.BLOCKED)
    assert call(running).status == 401
    span = of_call(traces)
    assert set(steps(traces)) == {"route", "authenticate", "authorize"}
    assert span.attributes["gatehouse.error_code"] == "900907"
    assert (span.attributes["http.response.status_code"], span.failed) == (401, False)
    assert "error.type" not in span.attributes


def test_what_matches_no_api_has_no_route(running: Running, traces: InMemoryTraces) -> None:
    running.call("GET", "/nowhere/1.0.0/x")
    span = of_call(traces)
    assert span.name == "GET"
    assert "http.route" not in span.attributes
    assert span.attributes["http.response.status_code"] == 404


def test_a_backend_that_fails_is_a_failure_with_its_code(running: Running, traces: InMemoryTraces) -> None:
    running.world.backend.failure = BackendTimeout()
    reply = call(running)
    span = of_call(traces)
    assert span.failed
    assert span.attributes["http.response.status_code"] == reply.status
    assert span.attributes["error.type"] == span.attributes["gatehouse.error_code"] == "101504"
    assert "backend" in steps(traces)


def test_a_backends_own_500_is_a_failure_of_that_status(running: Running, traces: InMemoryTraces) -> None:
    running.world.backend.reply = BackendReply(status=500, headers=(), body=b"")
    call(running)
    assert of_call(traces).failed
    assert of_call(traces).attributes["error.type"] == "500"


def test_an_answer_of_the_cache_was_at_no_backend(running: Running, traces: InMemoryTraces) -> None:
    running.world.deploy(menu_api(cache_seconds=60))
    call(running)
    traces.spans.clear()
    call(running)
    assert steps(traces) == [*ENTRANCE, "mediate", "cache", "mediate"]
    assert all(span.kind == "INTERNAL" for span in traces.spans if span.kind != "SERVER")
    assert of_call(traces).attributes["gatehouse.cache_hit"] is True


def test_a_caller_cannot_invent_names_of_spans(running: Running, traces: InMemoryTraces) -> None:
    running.call("BREW", "/menu/1.0.0/items")
    span = of_call(traces)
    assert span.name.startswith("HTTP")
    assert span.attributes["http.request.method"] == "_OTHER"
    assert span.attributes["http.request.method_original"] == "BREW"


def test_of_a_trace_that_is_left_out_nothing_is_told_but_the_backend_hears_of_it(running: Running) -> None:
    traces = InMemoryTraces(kept=False)
    running.gateway = replace(running.gateway, tracing=Tracing(traces))
    call(running)
    assert traces.spans == []
    trace_id = running.lines[-1]["trace_id"]
    assert forwarded(running)["traceparent"].startswith(f"00-{trace_id}-")
    assert forwarded(running)["traceparent"].endswith("-00")


def test_the_line_is_written_before_the_trace_is_told(running: Running) -> None:
    lines_by_then: list[int] = []

    class Watching(InMemoryTraces):
        def begin(self, headers: Any) -> Any:
            trace = super().begin(headers)
            told = trace.end
            trace.end = lambda what: (lines_by_then.append(len(running.lines)), told(what))  # type: ignore[method-assign]
            return trace

    running.gateway = replace(running.gateway, tracing=Tracing(Watching()))
    call(running)
    assert lines_by_then == [1]
