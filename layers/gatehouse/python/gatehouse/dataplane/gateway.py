"""The gateway: the story of a call, from the request to the line that records it."""

from __future__ import annotations

import traceback
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane import record
from gatehouse.dataplane.answers.cors import ALLOW_ORIGIN, origin_headers
from gatehouse.dataplane.answers.platform import REQUEST_BYTES_MAX, can_carry
from gatehouse.dataplane.answers.refusal import (
    AUTHENTICATION_DOWN,
    LIMIT_OF_PLATFORM,
    REPLY_TOO_LARGE,
    UNEXPECTED,
    Refusal,
)
from gatehouse.dataplane.answers.rendering import rendered
from gatehouse.dataplane.call import Reply
from gatehouse.dataplane.entrance import Stopped
from gatehouse.dataplane.evidence import Outbound, admission_of, target_of
from gatehouse.dataplane.observing.stopwatch import Stopwatch
from gatehouse.dataplane.route import tenant_and_path
from gatehouse.dataplane.throttle.headers import NAMES, limit_headers
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.mediation.message import Notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from gatehouse.dataplane.answers.response_cache import ResponseCache
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.entrance import Entrance
    from gatehouse.dataplane.evidence import Admission, Evidence
    from gatehouse.dataplane.forward import Forwarder
    from gatehouse.dataplane.mediate import Mediator
    from gatehouse.dataplane.observing.tracing import Tracing
    from gatehouse.ports.hub import Hub

UPKEEP_SECONDS = 0.03
"""How long an answer waits for what was started beside the backend call; what is later is for the next call."""

TRACEBACK_FRAMES = -6
"""How much of the way to a fault of ours is recorded: its end."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended, what is known of it by then, and what there is to be recorded of it."""

    outcome: Reply | Refusal
    evidence: Evidence | None
    notes: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Serves calls, one at a time. `write` takes the line that records a call; `beside` runs upkeep beside the backend.

    `hub` is made by the first call that is for one. `tracing` is None where nothing is traced.
    """

    entrance: Entrance
    mediator: Mediator
    cache: ResponseCache
    forward: Forwarder
    hub: Callable[[], Hub]
    beside: Executor
    now: Callable[[], float]
    write: Callable[[str], object]
    tracing: Tracing | None = None

    def handle(self, call: Call) -> Reply:
        """Serve a call and record it."""
        if self.tracing is not None:
            return self._traced(call, self.tracing)
        watch = Stopwatch()
        ending = self._serve(call, watch)
        return self._record(call, ending, watch)

    def _traced(self, call: Call, tracing: Tracing) -> Reply:
        """As `handle`, within a trace. The line comes first: a collector that keeps the call waiting must not cost it."""
        traced = tracing.begin(call)
        ending = self._serve(traced.call, traced.watch)
        ending.notes["trace_id"] = traced.trace.id
        reply = self._record(traced.call, ending, traced.watch)
        traced.end(ending, reply)
        return reply

    def _serve(self, call: Call, watch: Stopwatch) -> Ending:
        if len(call.body) > REQUEST_BYTES_MAX:
            limit = LIMIT_OF_PLATFORM.description.format(limit=REQUEST_BYTES_MAX)
            return Ending(LIMIT_OF_PLATFORM.because(limit), None)
        try:
            admission = self.entrance.admit(call, watch)
            if isinstance(admission, Stopped):
                return Ending(admission.outcome, admission.evidence)
            if admission.grant.caller.target.api.deployed.type is ApiType.WEBSUB:
                return self._handed_over(call, admission, watch)
            return self._admitted(call, admission, watch)
        except Unavailable:
            return Ending(AUTHENTICATION_DOWN, None)
        except Exception:  # noqa: BLE001 -- a fault of ours is answered and recorded like every other end of a call
            return Ending(UNEXPECTED, None, {"failure": traceback.format_exc(limit=TRACEBACK_FRAMES)})

    def _handed_over(self, call: Call, admission: Admission, watch: Stopwatch) -> Ending:
        """What is for a hub goes no further here."""
        from gatehouse.dataplane.websub.hub import at_the_hub  # noqa: PLC0415 -- only WebSub APIs have one

        outcome = at_the_hub(call, admission, self.hub(), self.entrance.catalogue)
        watch.lap("hub")
        return Ending(outcome, admission)

    def _admitted(self, call: Call, admission: Admission, watch: Stopwatch) -> Ending:
        notes = Notes()
        outbound = self.mediator.request(call, admission, notes)
        watch.lap("mediate")
        if not isinstance(outbound, Outbound):
            self.entrance.quotas.settle(admission, None)
            return Ending(self._faulted(call, admission, outbound, notes), admission, notes)
        cached = self.cache.find(call, outbound)
        notes["cache_hit"] = cached is not None
        outcome = cached or self._forwarded(call, outbound, notes)
        self.entrance.quotas.settle(admission, None if cached else outcome)
        watch.lap("backend")
        if isinstance(outcome, Reply):
            outcome = self.mediator.response(call, outbound, outcome, notes)
            outcome = outcome if isinstance(outcome, Refusal) or can_carry(outcome.body) else REPLY_TOO_LARGE
        outcome = self._faulted(call, admission, outcome, notes)
        watch.lap("mediate")
        return Ending(outcome, outbound, notes)

    def _forwarded(self, call: Call, outbound: Outbound, notes: Notes) -> Reply | Refusal:
        beside = self._upkeep(outbound.admission)
        try:
            sequence = outbound.admission.grant.endpoints.sequence
            outcome = (self.mediator.answer if sequence else self.forward)(call, outbound, notes)
        finally:
            if beside:
                wait(beside, timeout=UPKEEP_SECONDS)
        if isinstance(outcome, Reply):
            notes["backend_status"] = outcome.status
            self.cache.keep(call, outbound, outcome)
        return outcome

    def _faulted(self, call: Call, admission: Admission, outcome: Reply | Refusal, notes: Notes) -> Reply | Refusal:
        """An error that arose behind the admission passes the fault policies; what they make of it is the answer."""
        target = admission.grant.caller.target
        if not isinstance(outcome, Refusal) or not self.mediator.mends(target):
            return outcome
        notes["error_code"] = outcome.code
        return self.mediator.fault(call, admission, rendered(outcome, call, target), notes)

    def _upkeep(self, admission: Admission) -> list[Future[Any]]:
        """Renew knowledge and leases beside the backend call, when they are due: what was started."""
        caller = admission.grant.caller
        tenant = caller.target.api.deployed.tenant
        catalogue = self.entrance.catalogue
        # Custom rules are the super tenant's and about everybody's calls; a caller may be of a third.
        concerned = {tenant, SUPER_TENANT, caller.identity.tenant or tenant}
        due = [known for known in concerned if catalogue.refresh_due(known)]
        started: list[Future[Any]] = [self.beside.submit(catalogue.refresh, known) for known in due]
        if self.entrance.quotas.upkeep_due(admission):
            started.append(self.beside.submit(self.entrance.quotas.upkeep, admission))
        return started

    def _record(self, call: Call, ending: Ending, watch: Stopwatch) -> Reply:
        reply = _dressed(call, ending)
        tenant, _ = tenant_and_path(call.path)
        target = target_of(ending.evidence)
        if target is not None and target.api.levels:
            from gatehouse.dataplane.observing.detail import detail_of  # noqa: PLC0415 -- hardly any call is looked at so closely

            ending.notes.update(detail_of(call, reply, target))
        self.write(
            record.line(
                call,
                reply,
                evidence=ending.evidence,
                error_code=ending.outcome.code if isinstance(ending.outcome, Refusal) else "",
                notes=ending.notes,
                laps=watch.laps,
                total_seconds=self.now() - call.received_at,
                config_version=self.entrance.catalogue.version(tenant),
            )
        )
        return reply


def _dressed(call: Call, ending: Ending) -> Reply:
    """The reply with what every answer carries: where the client stands with its limits, CORS, and the call's id."""
    target = target_of(ending.evidence)
    reply = rendered(ending.outcome, call, target) if isinstance(ending.outcome, Refusal) else ending.outcome
    admission = admission_of(ending.evidence)
    counted = admission.counted if admission else None
    headers = reply.headers
    if counted:
        limits = limit_headers(counted.standings)
        headers = (*[header for header in headers if header[0].lower() not in NAMES], *limits)
    cors = target.api.deployed.cors if target else None
    if cors is not None and "origin" in call.headers and not any(name.lower() == ALLOW_ORIGIN for name, _ in headers):
        headers = (*headers, *origin_headers(call, cors))
    headers = (*headers, ("activityid", call.activity_id))
    return Reply(status=reply.status, headers=headers, body=reply.body)
