"""A collector of traces: takes OTLP over HTTP, as OpenTelemetry's own does, and remembers the spans."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

PATH = "/v1/traces"


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A span as it came in. Ids are hexadecimal, `parent_id` is "" for the first of a trace, times are epoch seconds."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    state: str
    began: float
    ended: float
    failed: bool
    attributes: dict[str, Any]
    resource: dict[str, Any]


class Collector:
    """Listens on loopback until it is stopped. It answers with `status`, and not before `delay_seconds`."""

    def __init__(self) -> None:
        self.spans: list[Arrived] = []
        self.requests = 0
        self.status = 200
        self.delay_seconds = 0.0
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.headers["content-type"] == "application/x-protobuf"
                body = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                collector.take(self.path, body)
                time.sleep(collector.delay_seconds)
                self.send_response(collector.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def take(self, path: str, body: bytes) -> None:
        self.requests += 1
        assert path == PATH
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = _values(resource.resource.attributes)
            for scope in resource.scope_spans:
                self.spans += [_arrived(span, about) for span in scope.spans]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _arrived(span: Any, resource: dict[str, Any]) -> Arrived:
    return Arrived(
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        state=span.trace_state,
        began=span.start_time_unix_nano / 1e9,
        ended=span.end_time_unix_nano / 1e9,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes=_values(span.attributes),
        resource=resource,
    )


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
