"""Traces: the promises of `ports/traces`, kept by the fake and over OTLP to a collector that listens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters import traces as adapter
from gatehouse.adapters.traces import OtlpTraces
from gatehouse.ports.traces import Step, Told
from tests.collector import Collector
from tests.fakes.traces import SAMPLED, InMemoryTraces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.ports.traces import Trace, Traces
    from tests.collector import Arrived

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
SECONDS = 5.0


def told(*steps: Step, failed: bool = False) -> Told:
    attributes = {"http.route": "/menu", "http.response.status_code": 200, "gatehouse.cache_hit": False}
    return Told(name="GET /menu", attributes=attributes, failed=failed, seconds=0.5, steps=steps)


def sent(trace: Trace) -> list[str]:
    """The parts of the traceparent that goes on to the backend."""
    return trace.onward["traceparent"].split("-")


class Promises:
    def test_a_callers_trace_goes_on_behind_a_span_of_ours(self, traces: Traces) -> None:
        trace = traces.begin({"traceparent": TRACEPARENT, "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"})
        version, trace_id, span_id, flags = sent(trace)
        assert (version, trace_id, flags, trace.id) == ("00", TRACE, "01", TRACE)
        assert span_id != PARENT
        assert trace.onward["tracestate"] == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"tracestate": "rojo=1"},
            {"traceparent": ""},
            {"traceparent": "00-nonsense-01", "tracestate": "rojo=1"},
            {"traceparent": f"00-{'0' * 32}-{PARENT}-01"},
            {"traceparent": f"00-{TRACE}-{'0' * 16}-01"},
            {"traceparent": f"ff-{TRACE}-{PARENT}-01"},
            {"traceparent": f"00-{TRACE}-{PARENT}-01-more"},
        ],
    )
    def test_without_a_trace_to_go_on_with_a_new_one_begins(self, traces: Traces, headers: dict[str, str]) -> None:
        first, second = traces.begin(headers), traces.begin(headers)
        assert len(first.id) == len(second.id) == 32
        assert len({first.id, second.id, TRACE}) == 3
        assert sent(first)[1] == first.id
        assert "tracestate" not in first.onward

    def test_a_call_and_its_steps_arrive_as_one_tree(
        self, traces: Traces, arrived: Callable[[], list[Arrived]]
    ) -> None:
        trace = traces.begin({"traceparent": TRACEPARENT, "tracestate": "rojo=1"})
        ahead = sent(trace)[2]
        trace.end(told(Step("route", 0.0, 0.1), Step("backend", 0.1, 0.4, onward=True), Step("mediate", 0.4, 0.5)))
        spans = {span.name: span for span in arrived()}
        call = spans.pop("GET /menu")
        assert (call.kind, call.parent_id, call.state, call.failed) == ("SERVER", PARENT, "rojo=1", False)
        assert call.attributes == dict(told().attributes)
        assert {name: span.kind for name, span in spans.items()} == {
            "route": "INTERNAL",
            "backend": "CLIENT",
            "mediate": "INTERNAL",
        }
        assert {span.parent_id for span in spans.values()} == {call.span_id}
        assert {span.trace_id for span in spans.values()} == {call.trace_id} == {TRACE}
        assert spans["backend"].span_id == ahead, "the backend is a child of the step that called it"

    def test_steps_keep_their_places_in_time(self, traces: Traces, arrived: Callable[[], list[Arrived]]) -> None:
        traces.begin({}).end(told(Step("route", 0.0, 0.1), Step("backend", 0.1, 0.4)))
        spans = {span.name: span for span in arrived()}
        call = spans["GET /menu"]
        assert abs(call.began - time.time()) < 60
        assert call.ended - call.began == pytest.approx(0.5, abs=0.001)
        assert spans["route"].began == pytest.approx(call.began, abs=0.001)
        assert spans["backend"].began == pytest.approx(spans["route"].ended, abs=0.001)
        assert spans["backend"].ended - call.began == pytest.approx(0.4, abs=0.001)

    def test_a_failure_is_one(self, traces: Traces, arrived: Callable[[], list[Arrived]]) -> None:
        traces.begin({}).end(told(failed=True))
        assert [span.failed for span in arrived()] == [True]

    def test_whoever_began_a_trace_has_decided_whether_it_is_told(
        self, traces: Traces, none_kept: Traces, arrived: Callable[[], list[Arrived]]
    ) -> None:
        left_out = traces.begin({"traceparent": f"00-{TRACE}-{PARENT}-00"})
        assert not left_out.is_kept
        assert sent(left_out)[1:4:2] == [TRACE, "00"]
        wanted = none_kept.begin({"traceparent": TRACEPARENT})
        assert wanted.is_kept
        assert sent(wanted)[3] == "01"
        assert arrived() == []

    def test_a_trace_that_is_left_out_still_goes_on(self, none_kept: Traces) -> None:
        trace = none_kept.begin({})
        assert not trace.is_kept
        _, trace_id, span_id, flags = sent(trace)
        assert (trace_id, int(flags, 16) & SAMPLED) == (trace.id, 0)
        assert int(span_id, 16)


class TestInMemory(Promises):
    @pytest.fixture
    def traces(self) -> InMemoryTraces:
        return InMemoryTraces()

    @pytest.fixture
    def none_kept(self) -> InMemoryTraces:
        return InMemoryTraces(kept=False)

    @pytest.fixture
    def arrived(self, traces: InMemoryTraces) -> Callable[[], list[Arrived]]:
        return lambda: traces.spans


class TestOverOtlp(Promises):
    @pytest.fixture
    def collector(self) -> Iterator[Collector]:
        collector = Collector()
        yield collector
        collector.stop()

    @pytest.fixture
    def made(self, collector: Collector) -> Iterator[Callable[..., OtlpTraces]]:
        all_made: list[OtlpTraces] = []

        def make(endpoint: str = "", *, ratio: float = 1.0, seconds: float = SECONDS) -> OtlpTraces:
            all_made.append(OtlpTraces(endpoint or collector.endpoint, stage="test", ratio=ratio, seconds=seconds))
            return all_made[-1]

        yield make
        for one in all_made:
            one.close()

    @pytest.fixture
    def traces(self, made: Callable[..., OtlpTraces]) -> OtlpTraces:
        return made()

    @pytest.fixture
    def none_kept(self, made: Callable[..., OtlpTraces]) -> OtlpTraces:
        return made(ratio=0.0)

    @pytest.fixture
    def arrived(self, collector: Collector) -> Callable[[], list[Arrived]]:
        return lambda: collector.spans

    def test_what_has_ended_has_arrived_when_end_returns_and_in_one_request(
        self, traces: OtlpTraces, collector: Collector
    ) -> None:
        for number in (1, 2):
            traces.begin({}).end(told(Step("route", 0.0, 0.1)))
            assert collector.requests == number
            assert len(collector.spans) == 2 * number

    def test_spans_say_which_gateway_they_are_of(self, traces: OtlpTraces, collector: Collector) -> None:
        traces.begin({}).end(told())
        [span] = collector.spans
        assert span.resource["service.name"] == "gatehouse-gateway"
        assert span.resource["deployment.environment.name"] == "test"

    def test_a_trace_that_never_ended_leaves_nothing_for_the_next(
        self, traces: OtlpTraces, collector: Collector
    ) -> None:
        traces.begin({})
        traces.begin({}).end(told())
        assert len(collector.spans) == 1

    def test_about_so_many_traces_are_told_as_the_ratio_says(self, made: Callable[..., OtlpTraces]) -> None:
        traces = made(ratio=0.25)
        told_of = sum(traces.begin({}).is_kept for _ in range(2000))
        assert 350 < told_of < 650  # seven standard deviations

    def test_a_slow_collector_is_waited_for_only_so_long_and_then_left_alone(
        self, made: Callable[..., OtlpTraces], collector: Collector
    ) -> None:
        collector.delay_seconds = 1.0
        traces = made(seconds=0.2)
        began = time.monotonic()
        traces.begin({}).end(told())
        assert time.monotonic() - began < 0.8
        began = time.monotonic()
        for _ in range(100):
            traces.begin({}).end(told())
        assert time.monotonic() - began < 0.5
        assert collector.requests <= 2, "the library itself may ask a second time, at once"

    @pytest.mark.parametrize("status", [400, 500])
    def test_a_collector_that_refuses_is_left_alone_for_a_while(
        self,
        made: Callable[..., OtlpTraces],
        collector: Collector,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
    ) -> None:
        monkeypatch.setattr(adapter, "PAUSE_SECONDS", 0.5)
        traces = made()
        collector.status = status
        traces.begin({}).end(told())
        asked = collector.requests
        collector.status = 200
        traces.begin({}).end(told())
        assert collector.requests == asked
        time.sleep(0.6)
        traces.begin({}).end(told())
        assert collector.requests == asked + 1

    def test_a_collector_that_is_not_there_is_no_concern_of_the_calls(self, made: Callable[..., OtlpTraces]) -> None:
        traces = made("http://127.0.0.1:9/v1/traces", seconds=0.3)
        traces.begin({}).end(told())
        assert traces.begin({}).is_kept
