"""Tracing: what a trace is told of a call.

Names are OpenTelemetry's (semantic conventions for HTTP servers), and ours begin with `gatehouse.`. Nothing secret is told:
queries may hold API keys, so neither they nor headers are, but for the names of the host and of the client's software.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.answers.refusal import Refusal
from gatehouse.dataplane.evidence import grant_of, target_of
from gatehouse.dataplane.observing.stopwatch import Stopwatch
from gatehouse.ports.traces import TRACEPARENT, TRACESTATE, Step, Told

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Evidence, Target
    from gatehouse.dataplane.gateway import Ending
    from gatehouse.ports.traces import Trace, Traces

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
"""Methods that the conventions know; another one is told as `_OTHER`, so that callers cannot invent span names."""

FAULTS_FROM = 500
"""From this status on the fault was on the server's side (semantic conventions: the span's status is then an error)."""


class Timeline(Stopwatch):
    """A stopwatch that also remembers when each step was: a repeated step is several."""

    __slots__ = ()

    @property
    def steps(self) -> list[Step]:
        """The steps so far."""
        ends = [ended - self._begun for _, ended in self._marks]
        return [
            Step(name, begun, ended) for (name, _), begun, ended in zip(self._marks, [0.0, *ends], ends, strict=False)
        ]

    @property
    def seconds(self) -> float:
        """What has passed since the beginning."""
        return time.perf_counter() - self._begun


@dataclass(frozen=True, slots=True)
class Traced:
    """A call in its trace. What is forwarded of it names our part of the trace where its caller named theirs."""

    call: Call
    watch: Timeline
    trace: Trace

    def end(self, ending: Ending, reply: Reply) -> None:
        """Tell how it ended."""
        if not self.trace.is_kept:
            return
        route = _route(target_of(ending.evidence))
        method = self.call.method if self.call.method in METHODS else "_OTHER"
        told = Told(
            name=f"{'HTTP' if method == '_OTHER' else method} {route}".rstrip(),
            attributes={
                **_request(self.call, method),
                **({"http.route": route} if route else {}),
                **_evidence(ending.evidence),
                **_outcome(ending, reply),
            },
            failed=reply.status >= FAULTS_FROM,
            seconds=self.watch.seconds,
            steps=_steps(self.watch, cached=ending.notes.get("cache_hit", False)),
        )
        self.trace.end(told)


@dataclass(frozen=True, slots=True)
class Tracing:
    """Puts calls into traces."""

    traces: Traces

    def begin(self, call: Call) -> Traced:
        """The call as the steps shall see it. A `tracestate` without a trace to go on with is dropped (W3C §3.3)."""
        watch, trace = Timeline(), self.traces.begin(call.headers)
        headers = {name: value for name, value in call.headers.items() if name not in {TRACEPARENT, TRACESTATE}}
        return Traced(call._replace(headers=headers | dict(trace.onward)), watch, trace)


def _route(target: Target | None) -> str:
    """The template of the path: one per operation, however many paths match it."""
    if target is None:
        return ""
    template = target.operation.target
    # The operations of a GraphQL API are fields, all behind one path.
    return f"{target.api.deployed.base_path}{template if template.startswith('/') else ''}"


def _request(call: Call, method: str) -> dict[str, str | int | bool]:
    told: dict[str, str | int | bool] = {
        "http.request.method": method,
        "http.request.body.size": len(call.body),
        "url.path": call.path,
        "url.scheme": call.headers.get("x-forwarded-proto", "https"),
        "client.address": call.address,
        "gatehouse.activity_id": call.activity_id,
    }
    if method != call.method:
        told["http.request.method_original"] = call.method
    if host := call.headers.get("host"):
        told["server.address"] = host
    if agent := call.headers.get("user-agent"):
        told["user_agent.original"] = agent
    return told


def _evidence(evidence: Evidence | None) -> dict[str, str | int | bool]:
    told: dict[str, str | int | bool] = {}
    if (target := target_of(evidence)) is not None:
        deployed = target.api.deployed
        told |= {
            "gatehouse.tenant": deployed.tenant,
            "gatehouse.api.id": deployed.id,
            "gatehouse.api.name": deployed.name,
            "gatehouse.api.version": deployed.version,
            "gatehouse.api.revision": deployed.revision,
        }
        if target.operation.api_id:  # the API is a product, and the operation comes from a member of it
            member = target.behind
            told |= {
                "gatehouse.member.id": member.id,
                "gatehouse.member.name": member.name,
                "gatehouse.member.version": member.version,
            }
    if (grant := grant_of(evidence)) is not None:
        told["gatehouse.key_type"] = str(grant.key_type)
        if grant.application is not None:
            told["gatehouse.application.id"] = grant.application.application_id
            told["gatehouse.application.name"] = grant.application.name
    return told


def _outcome(ending: Ending, reply: Reply) -> dict[str, str | int | bool]:
    told: dict[str, str | int | bool] = {
        "http.response.status_code": reply.status,
        "http.response.body.size": len(reply.body),
    }
    notes: dict[str, Any] = ending.notes
    # Fault policies may have made a reply of the error; what it was stands in the notes then.
    code = ending.outcome.code if isinstance(ending.outcome, Refusal) else notes.get("error_code", "")
    if code:
        told["gatehouse.error_code"] = code
    if reply.status >= FAULTS_FROM:
        told["error.type"] = code or str(reply.status)
    if "cache_hit" in notes:
        told["gatehouse.cache_hit"] = bool(notes["cache_hit"])
    if "backend_status" in notes:
        told["gatehouse.backend_status"] = int(notes["backend_status"])
    return told


def _steps(watch: Timeline, *, cached: bool) -> list[Step]:
    """The steps, of which the one at the backend leads onward; where the cache answered, none was there."""
    if cached:
        return [replace(step, name="cache") if step.name == "backend" else step for step in watch.steps]
    return [replace(step, onward=True) if step.name == "backend" else step for step in watch.steps]
