"""Traces in memory, as a collector would have got them. Verified by tests/contract/test_traces.py."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

from gatehouse.ports.traces import TRACEPARENT, TRACESTATE
from tests.collector import Arrived

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.traces import Told

_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
SAMPLED = 1


class InMemoryTraces:
    """`kept` is whether traces that begin here are told."""

    def __init__(self, *, kept: bool = True) -> None:
        self.spans: list[Arrived] = []
        self._kept = kept

    def begin(self, headers: Mapping[str, str]) -> InMemoryTrace:
        found = _PARENT.fullmatch(headers.get(TRACEPARENT, ""))
        if found is None:
            return InMemoryTrace(self, secrets.token_hex(16), "", "", is_kept=self._kept)
        kept = bool(int(found[3], 16) & SAMPLED)
        return InMemoryTrace(self, found[1], found[2], headers.get(TRACESTATE, ""), is_kept=kept)


class InMemoryTrace:
    def __init__(self, traces: InMemoryTraces, trace_id: str, parent_id: str, state: str, *, is_kept: bool) -> None:
        self._traces = traces
        self._parent_id = parent_id
        self._state = state
        self._own, self._ahead = secrets.token_hex(8), secrets.token_hex(8)
        self._began = time.time()
        self.id = trace_id
        self.is_kept = is_kept

    @property
    def onward(self) -> Mapping[str, str]:
        state = {TRACESTATE: self._state} if self._state else {}
        return {TRACEPARENT: f"00-{self.id}-{self._ahead}-{int(self.is_kept):02x}", **state}

    def end(self, told: Told) -> None:
        self._tell(told.name, "SERVER", self._own, self._parent_id, (0, told.seconds), told)
        for step in told.steps:
            kind, span_id = ("CLIENT", self._ahead) if step.onward else ("INTERNAL", secrets.token_hex(8))
            self._tell(step.name, kind, span_id, self._own, (step.begun_seconds, step.ended_seconds))

    def _tell(
        self, name: str, kind: str, span_id: str, parent_id: str, seconds: tuple[float, float], told: Told | None = None
    ) -> None:
        self._traces.spans.append(
            Arrived(
                name=name,
                kind=kind,
                trace_id=self.id,
                span_id=span_id,
                parent_id=parent_id,
                state=self._state,
                began=self._began + seconds[0],
                ended=self._began + seconds[1],
                failed=told is not None and told.failed,
                attributes=dict(told.attributes) if told else {},
                resource={},
            )
        )
