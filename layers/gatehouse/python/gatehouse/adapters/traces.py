"""Traces over OTLP/HTTP, made and sent by OpenTelemetry's SDK. Only who traces loads this module: it takes 0.2 s.

Lambda freezes an environment once it has answered, so that a call's spans are sent before: in one request, on a thread that
the call waits for only so long. A collector that fails is left alone for a while, and what it misses is lost.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span, Tracer

    from gatehouse.ports.traces import Step, Told

PAUSE_SECONDS = 10.0
"""For how long a collector that failed is not asked again: it must not cost every call its time-out."""

_NANOSECONDS = 1_000_000_000
_PROPAGATOR = TraceContextTextMapPropagator()


class OtlpTraces:
    """Implements `ports.traces.Traces`. Not for concurrent calls.

    `endpoint` is the collector's URL for traces (`http://localhost:4318/v1/traces`), `ratio` the share of traces that
    are told when no caller has decided it yet, `seconds` how long a call waits for the collector.
    """

    def __init__(self, endpoint: str, *, stage: str, ratio: float, seconds: float) -> None:
        self._seconds = seconds
        self._ids = _Ids()
        self._finished = _Finished()
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=seconds)
        self._sending = ThreadPoolExecutor(max_workers=1, thread_name_prefix="traces")
        self._sent: Future[SpanExportResult] | None = None
        self._paused_until = 0.0
        provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            resource=Resource.create({"service.name": "gatehouse-gateway", "deployment.environment.name": stage}),
            id_generator=self._ids,
            shutdown_on_exit=False,  # everything is sent when a call ends
        )
        provider.add_span_processor(self._finished)
        self._tracer = provider.get_tracer("gatehouse")

    def begin(self, headers: Mapping[str, str]) -> OtlpTrace:
        """Go on with the trace that these headers name, or begin one."""
        self._finished.spans.clear()
        parent = _PROPAGATOR.extract(dict(headers), Context())
        began = time.time_ns()
        span = self._tracer.start_span("call", parent, kind=SpanKind.SERVER, start_time=began)
        return OtlpTrace(self, self._tracer, self._ids, span, began)

    def send(self) -> None:
        """Send the spans that have ended; wait no longer than is allowed, and leave a collector alone that failed."""
        spans = tuple(self._finished.spans)
        if not spans or time.monotonic() < self._paused_until or not (self._sent is None or self._sent.done()):
            return
        self._sent = self._sending.submit(self._exporter.export, spans)
        wait([self._sent], timeout=self._seconds)
        if not self._sent.done() or self._sent.exception() or self._sent.result() is not SpanExportResult.SUCCESS:
            self._paused_until = time.monotonic() + PAUSE_SECONDS

    def close(self) -> None:
        """Let go of the connection and the thread."""
        self._sending.shutdown()
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


class OtlpTrace:
    """Implements `ports.traces.Trace`. The name of the span at the backend is chosen in advance, so that it can go there."""

    def __init__(self, traces: OtlpTraces, tracer: Tracer, ids: _Ids, span: Span, began: int) -> None:
        self._traces = traces
        self._tracer = tracer
        self._ids = ids
        self._span = span
        self._began = began
        self._onward = ids.generate_span_id()

    @property
    def id(self) -> str:
        """32 hexadecimal digits."""
        return format_trace_id(self._span.get_span_context().trace_id)

    @property
    def is_kept(self) -> bool:
        """Whether the sampler took it, or the caller's did."""
        return self._span.is_recording()

    @property
    def onward(self) -> Mapping[str, str]:
        """`traceparent`, and `tracestate` when there is one."""
        own = self._span.get_span_context()
        ahead = SpanContext(own.trace_id, self._onward, False, own.trace_flags, own.trace_state)
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, set_span_in_context(NonRecordingSpan(ahead), Context()))
        return headers

    def end(self, told: Told) -> None:
        """Tell of the call and its steps."""
        within = set_span_in_context(self._span, Context())
        for step in told.steps:
            self._tell(step, within)
        self._span.update_name(told.name)
        self._span.set_attributes(dict(told.attributes))
        if told.failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end(self._at(told.seconds))
        self._traces.send()

    def _tell(self, step: Step, within: Context) -> None:
        kind = SpanKind.INTERNAL
        if step.onward:
            kind, self._ids.next_span = SpanKind.CLIENT, self._onward
        span = self._tracer.start_span(step.name, within, kind=kind, start_time=self._at(step.begun_seconds))
        span.end(self._at(step.ended_seconds))

    def _at(self, seconds: float) -> int:
        return self._began + int(seconds * _NANOSECONDS)


class _Ids(RandomIdGenerator):
    """Random names, but for a span whose name is known already."""

    def __init__(self) -> None:
        self.next_span = 0

    def generate_span_id(self) -> int:
        chosen, self.next_span = self.next_span, 0
        return chosen or super().generate_span_id()


class _Finished(SpanProcessor):
    """Keeps what has ended until it is sent."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)
